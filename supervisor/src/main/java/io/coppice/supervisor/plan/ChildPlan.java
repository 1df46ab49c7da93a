package io.coppice.supervisor.plan;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one child is: how it is spawned, watched, restarted and stopped.
 *
 * @param name {@code [a-z0-9-]{1,32}}; of a replica that of its {@link ReplicaSet}, a dot and its number; of a transaction's slot a
 *     {@link SlotName}
 * @param kind a daemon of ours with a segment, a slot of its transactions, or any program without a segment
 * @param argv what is executed, 1 to {@link PlanBounds#MAX_LIST_LENGTH} arguments; for a daemon and a slot the complete java command,
 *     for a command the program itself (the root adds what holds it until it is released)
 * @param environment the complete environment, in the natural order of the names; at most
 *     {@link PlanBounds#MAX_LIST_LENGTH} entries
 * @param workingDirectory absolute path of an existing directory
 * @param log where its output goes
 * @param stateBytes declared for the state, 1 to {@link PlanBounds#MAX_STATE_BYTES}; 0 for a command
 * @param checkpoints areas for checkpoints behind it, 0 to {@link PlanBounds#MAX_CHECKPOINTS}; 0 for all but a daemon
 * @param heartbeatTimeoutMs a silence longer than this is a hang; 0 = not watched, always so for all but a daemon
 * @param startTimeouts longest times from release to ready; without meaning for a command
 * @param restart after which ends a restart follows
 * @param maxRestarts restarts within {@code periodMs} before the child is given up; 0 = never restart, -1 = unlimited; of a slot how
 *     often one request is tried again, 0 to {@link PlanBounds#MAX_RETRIES}, whatever the period
 * @param periodMs the window of {@code maxRestarts}, at least 1
 * @param backoff how long a restart waits
 * @param poison when a daemon's contents are held to be what kills it; {@link Poison#NONE} for all but a daemon
 * @param standbys processes that are kept in reserve, 0 to {@link PlanBounds#MAX_STANDBYS}; 0 for a command. Those of a daemon's first
 *     slot are for all its slots, and the others have none
 * @param shutdown how the child is stopped
 * @param dependsOn what must hold before it starts, in the manifest's order, each name once
 * @param launch stands for what its part of the manifest says of how its processes are started, as opposed to when. What another build,
 *     another JDK or another caller's environment would change is not in it: for those nothing is started anew
 * @param exits what single ways of ending mean
 * @param membership its place among the groups
 * @param probes how it is told from outside that it is up, ready and alive
 * @param timeoutMs how long one attempt of a transaction may take from its release, 1 to {@link PlanBounds#MAX_DURATION_MS}; 0 for all
 *     other kinds
 * @param identity who its processes are; null if they are what the root is
 * @param limits what its process may take; none of an auxiliary child
 * @param restricted whether its processes are in a sandbox each; never of an auxiliary child
 */
public record ChildPlan(
        String name,
        Kind kind,
        List<String> argv,
        SortedMap<String, String> environment,
        String workingDirectory,
        LogTarget log,
        long stateBytes,
        int checkpoints,
        long heartbeatTimeoutMs,
        StartTimeouts startTimeouts,
        RestartPolicy restart,
        int maxRestarts,
        long periodMs,
        Backoff backoff,
        Poison poison,
        int standbys,
        Shutdown shutdown,
        List<Dependency> dependsOn,
        long launch,
        ExitLists exits,
        Membership membership,
        Probes probes,
        long timeoutMs,
        @Nullable Identity identity,
        Limits limits,
        boolean restricted) {

    /** {@code maxRestarts} of a child that is never given up. */
    public static final int UNLIMITED_RESTARTS = -1;

    public ChildPlan {
        PlanBounds.requireChildName("child name", name);
        argv = List.copyOf(argv);
        PlanBounds.require(
                !argv.isEmpty() && !argv.get(0).isEmpty(), () -> "argv of " + name + ": no program to execute");
        PlanBounds.requireLength("argv of " + name, argv, PlanBounds.MAX_LIST_LENGTH);
        for (String argument : argv) {
            PlanBounds.requireText("argv of " + name, argument, PlanBounds.MAX_ARGUMENT_BYTES);
        }
        environment = validated(name, environment);
        PlanBounds.requireAbsolutePath("working directory of " + name, workingDirectory);
        PlanBounds.require(
                (kind == Kind.TRANSACTION) == SlotName.isSlot(name),
                () -> "name of " + name + ": a transaction's slot has one such as thumbs@1, and nothing else has");
        if (kind == Kind.TRANSACTION) {
            PlanBounds.requireBetween("state of " + name, stateBytes, 1, PlanBounds.MAX_STATE_BYTES);
            PlanBounds.requireBetween("timeout of " + name + " (ms)", timeoutMs, 1, PlanBounds.MAX_DURATION_MS);
            PlanBounds.requireBetween("retries of " + name, maxRestarts, 0, PlanBounds.MAX_RETRIES);
        } else {
            PlanBounds.requireBetween("timeout of " + name + " (ms)", timeoutMs, 0, 0);
        }
        if (kind == Kind.DAEMON) {
            PlanBounds.requireBetween("state of " + name, stateBytes, 1, PlanBounds.MAX_STATE_BYTES);
            PlanBounds.requireBetween("checkpoints of " + name, checkpoints, 0, PlanBounds.MAX_CHECKPOINTS);
            PlanBounds.requireBetween(
                    "heartbeat timeout of " + name + " (ms)", heartbeatTimeoutMs, 0, PlanBounds.MAX_DURATION_MS);
            PlanBounds.requireBetween("standbys of " + name, standbys, 0, PlanBounds.MAX_STANDBYS);
        } else if (kind != Kind.TRANSACTION) {
            PlanBounds.require(poison.isNone(), () -> "poison of the plain command " + name + ": it has no state");
            PlanBounds.requireBetween("state of the plain command " + name, stateBytes, 0, 0);
            PlanBounds.requireBetween("checkpoints of the plain command " + name, checkpoints, 0, 0);
            PlanBounds.requireBetween("standbys of the plain command " + name, standbys, 0, 0);
            PlanBounds.requireBetween("heartbeat timeout of the plain command " + name, heartbeatTimeoutMs, 0, 0);
        }
        requireIdentity(name, kind, identity);
        PlanBounds.requireBetween("max_restarts of " + name, maxRestarts, UNLIMITED_RESTARTS, PlanBounds.MAX_RESTARTS);
        PlanBounds.requireBetween("period of " + name + " (ms)", periodMs, 1, PlanBounds.MAX_DURATION_MS);
        dependsOn = List.copyOf(dependsOn);
        PlanBounds.requireLength("dependencies of " + name, dependsOn, PlanBounds.MAX_LIST_LENGTH);
        Set<String> seen = new HashSet<>();
        for (Dependency dependency : dependsOn) {
            PlanBounds.require(
                    seen.add(dependency.name()),
                    () -> "dependencies of " + name + ": " + dependency.name() + " is named twice");
        }
        PlanBounds.require(
                kind != Kind.DAEMON || !probes.decideReadiness(),
                () -> "probes of " + name + ": a daemon says itself when it is ready");
        PlanBounds.require(
                !probes.readLog() || log == LogTarget.FILE,
                () -> "probes of " + name + ": a log line is looked for in its log file, and its log is " + log.text());
        PlanBounds.require(
                kind != Kind.AUXILIARY
                        || (restart == RestartPolicy.ALWAYS
                                && maxRestarts == UNLIMITED_RESTARTS
                                && dependsOn.isEmpty()
                                && probes.isNone()
                                && exits.equals(ExitLists.NONE)
                                && limits.isNone()
                                && !restricted
                                && membership.equals(Membership.PLAIN)),
                () -> "the auxiliary " + name + ": rules of its own");
        PlanBounds.require(
                kind != Kind.TRANSACTION
                        || (restart == RestartPolicy.ON_FAILURE
                                && checkpoints == 0
                                && heartbeatTimeoutMs == 0
                                && poison.isNone()
                                && standbys >= 0
                                && standbys <= (SlotName.numberOf(name) == 1 ? PlanBounds.MAX_STANDBYS : 0)
                                && shutdown.command().isEmpty()
                                && dependsOn.equals(
                                        List.of(new Dependency(SlotName.daemonOf(name), Dependency.Condition.STARTED)))
                                && probes.isNone()
                                && exits.equals(ExitLists.NONE)
                                && membership.equals(Membership.PLAIN)),
                () -> "the slot " + name + ": rules of its own");
    }

    private static void requireIdentity(String name, Kind kind, @Nullable Identity identity) {
        if (identity == null) {
            return;
        }
        PlanBounds.require(
                identity.uids() == 1 || kind == Kind.TRANSACTION,
                () -> "identity of " + name + ": " + identity.uids() + " users, and it has one process at a time");
    }

    /** The daemon that it serves as a slot of transactions; its own name if it is none. */
    public String daemon() {
        return SlotName.daemonOf(name);
    }

    /** Which slot of its daemon's transactions it is, 1 to {@link PlanBounds#MAX_SLOTS}; 0 if it is none. */
    public int slot() {
        return SlotName.numberOf(name);
    }

    /** To make another one that is like it in all that is not said of it. */
    public ChildPlanBuilder toBuilder() {
        return new ChildPlanBuilder(this);
    }

    /** The same rules for processes that are started as another child's are: what is left to differ is what no process is started with. */
    public ChildPlan startedAs(ChildPlan other) {
        return other.toBuilder()
                .name(name)
                .startTimeouts(startTimeouts)
                .restart(restart)
                .maxRestarts(maxRestarts)
                .periodMs(periodMs)
                .backoff(backoff)
                .poison(poison)
                .standbys(standbys)
                .shutdown(shutdown)
                .dependsOn(dependsOn)
                .exits(exits)
                .membership(membership)
                .probes(probes)
                .timeoutMs(timeoutMs)
                .plan();
    }

    private static SortedMap<String, String> validated(String child, SortedMap<String, String> environment) {
        // Not the copy constructor: that one would keep a foreign comparator, and the order is part of the text.
        TreeMap<String, String> copy = new TreeMap<>();
        copy.putAll(environment);
        PlanBounds.requireBetween("environment of " + child, copy.size(), 0, PlanBounds.MAX_LIST_LENGTH);
        for (Map.Entry<String, String> entry : copy.entrySet()) {
            PlanBounds.require(
                    !entry.getKey().isEmpty() && entry.getKey().indexOf('=') < 0,
                    () -> "environment of " + child + ": a name is empty or holds `=`");
            PlanBounds.requireText(
                    "environment of " + child, entry.getKey() + "=" + entry.getValue(), PlanBounds.MAX_ARGUMENT_BYTES);
        }
        return Collections.unmodifiableSortedMap(copy);
    }

    /** What a child is. {@link #text} is the word of the plan's text. */
    public enum Kind {
        /** A JVM that runs one class against the worker module, with a segment of its own. */
        DAEMON("daemon"),
        /** Any program, without a segment. */
        COMMAND("command"),
        /**
         * A program of Coppice's own that serves the others, without a segment: in no group, started again whenever it ends, and no reason
         * for the instance to go on when all others have completed.
         */
        AUXILIARY("auxiliary"),
        /**
         * A slot in which transactions of a daemon run, one at a time, each in a JVM with the slot's segment: in no group, down as long as
         * its daemon has no work for it.
         */
        TRANSACTION("transaction");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** The word that plans use. */
        public String text() {
            return text;
        }

        /** Whether such a child is the owner of a segment. */
        public boolean hasSegment() {
            return this == DAEMON || this == TRANSACTION;
        }
    }
}
