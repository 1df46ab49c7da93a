package io.coppice.supervisor.core;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the core must know of a child.
 *
 * @param index its place among the children, from 0; a child comes after all that it depends on
 * @param name what people call it
 * @param hasSegment true for a worker of ours, false for a plain command
 * @param heartbeatTimeoutNs zero: its heartbeat is not watched
 * @param startTimeouts from release to ready, {@link StartTimeouts#NONE} for a plain command
 * @param maxRestarts restarts allowed within {@code periodNs}: 0 never restarts, {@link #UNLIMITED}; at most {@link
 *     #MAX_RESTARTS_LIMIT}
 * @param periodNs more than 0
 * @param poison when its contents are held to be what kills it; {@link PoisonPolicy#NONE} for a plain command
 * @param shutdownSignal name of the signal that asks it to end, without {@code SIG}
 * @param shutdownTimeoutNs from that signal, or the command, to KILL; zero kills at once, without either
 * @param shutdownCommand a command asks it to end; the signal does where that fails
 * @param launch stands for all that its processes are started with: another number, another way to start it
 * @param standbys how many processes to keep in reserve, 0 to {@link #MAX_STANDBYS}; 0 for a plain command
 * @param exits what single ways of ending mean
 * @param membership its place in the tree of groups
 * @param probed it is ready when a probe says so; without meaning for a worker, which says so itself
 * @param foreign it has a segment, but was not written for it: what its exit codes mean is its own affair
 * @param slot what makes it a slot for transactions; null if it is none
 */
public record ChildSpec(
        int index,
        String name,
        boolean hasSegment,
        long heartbeatTimeoutNs,
        StartTimeouts startTimeouts,
        RestartPolicy restart,
        int maxRestarts,
        long periodNs,
        Backoff backoff,
        PoisonPolicy poison,
        String shutdownSignal,
        long shutdownTimeoutNs,
        boolean shutdownCommand,
        List<Dependency> dependencies,
        long launch,
        int standbys,
        ExitRules exits,
        Membership membership,
        boolean probed,
        boolean foreign,
        @Nullable Slot slot) {

    public static final int UNLIMITED = -1;

    /** Each failure within the period is remembered (8 bytes), so their number is bounded. */
    public static final int MAX_RESTARTS_LIMIT = 65_536;

    /** Each of them is a JVM that does nothing. */
    public static final int MAX_STANDBYS = 4;

    public ChildSpec {
        Objects.requireNonNull(name);
        Objects.requireNonNull(startTimeouts);
        Objects.requireNonNull(restart);
        Objects.requireNonNull(backoff);
        Objects.requireNonNull(poison);
        Objects.requireNonNull(exits);
        Objects.requireNonNull(membership);
        Objects.requireNonNull(shutdownSignal);
        dependencies = List.copyOf(dependencies);
        require(index >= 0, name, "index", index);
        require(heartbeatTimeoutNs >= 0, name, "heartbeatTimeoutNs", heartbeatTimeoutNs);
        require(maxRestarts >= UNLIMITED && maxRestarts <= MAX_RESTARTS_LIMIT, name, "maxRestarts", maxRestarts);
        require(hasSegment || poison.crashes() == 0, name, "poison of a plain command", poison.crashes());
        require(standbys >= 0 && standbys <= (hasSegment ? MAX_STANDBYS : 0), name, "standbys", standbys);
        require(hasSegment || !foreign, name, "foreign without a segment", 1);
        require(periodNs > 0, name, "periodNs", periodNs);
        require(shutdownTimeoutNs >= 0, name, "shutdownTimeoutNs", shutdownTimeoutNs);
        for (Dependency dependency : dependencies) {
            require(
                    dependency.index() >= 0 && dependency.index() < index,
                    name,
                    "dependency on a child that does not come before it",
                    dependency.index());
        }
        if (slot != null) {
            require(slot.daemon() < index && slot.pool() <= index, name, "daemon and pool of a slot", slot.daemon());
            require(slot.pool() == index || standbys == 0, name, "standbys of a slot that is not the first", standbys);
            require(hasSegment && heartbeatTimeoutNs == 0, name, "heartbeat of a slot", heartbeatTimeoutNs);
            require(membership.equals(Membership.UNGROUPED), name, "group of a slot", membership.group());
            require(restart == RestartPolicy.ON_FAILURE && maxRestarts >= 0, name, "retries of a slot", maxRestarts);
            require(poison.crashes() == 0, name, "poison of a slot", poison.crashes());
        } else if (membership.group() == Membership.NO_GROUP) {
            require(restart == RestartPolicy.ALWAYS && maxRestarts == UNLIMITED, name, "an end for good", maxRestarts);
            require(!hasSegment && dependencies.isEmpty(), name, "dependencies of an auxiliary", dependencies.size());
        }
    }

    /** One that is no slot. */
    public ChildSpec(
            int index,
            String name,
            boolean hasSegment,
            long heartbeatTimeoutNs,
            StartTimeouts startTimeouts,
            RestartPolicy restart,
            int maxRestarts,
            long periodNs,
            Backoff backoff,
            PoisonPolicy poison,
            String shutdownSignal,
            long shutdownTimeoutNs,
            boolean shutdownCommand,
            List<Dependency> dependencies,
            long launch,
            int standbys,
            ExitRules exits,
            Membership membership,
            boolean probed,
            boolean foreign) {
        this(
                index,
                name,
                hasSegment,
                heartbeatTimeoutNs,
                startTimeouts,
                restart,
                maxRestarts,
                periodNs,
                backoff,
                poison,
                shutdownSignal,
                shutdownTimeoutNs,
                shutdownCommand,
                dependencies,
                launch,
                standbys,
                exits,
                membership,
                probed,
                foreign,
                null);
    }

    /**
     * Whether it only serves the others: it belongs to no group, is started again whenever it ends, and does not keep the instance alive
     * once all others have completed.
     */
    public boolean auxiliary() {
        return ungrouped() && slot == null;
    }

    /** Whether it is in no group, not even the instance: its end is nobody else's affair, and the instance does not go on for it. */
    public boolean ungrouped() {
        return membership.group() == Membership.NO_GROUP;
    }

    private static void require(boolean holds, String name, String what, long value) {
        if (!holds) {
            throw new IllegalArgumentException("child " + name + ": " + what + ": " + value + " is out of range");
        }
    }
}
