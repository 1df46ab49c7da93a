package io.coppice.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Child specs for tests: the defaults of a manifest, and one change at a time. */
final class Specs {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;
    static final Backoff DEFAULT_BACKOFF = new Backoff(10 * MS, 2, 10 * SECOND, 60 * SECOND, 0);

    private final int index;
    private final String name;
    private final boolean worker;
    private RestartPolicy restart = RestartPolicy.ON_FAILURE;
    private int maxRestarts = 5;
    private Backoff backoff = DEFAULT_BACKOFF;
    private PoisonPolicy poison = new PoisonPolicy(5, List.of());
    private StartTimeouts startTimeouts = new StartTimeouts(60 * SECOND, 30 * SECOND, 300 * SECOND);
    private int standbys;
    private long launch;
    private ExitRules exits = ExitRules.NONE;
    private Membership membership = Membership.PLAIN;
    private boolean probed;
    private boolean foreign;
    private boolean shutdownCommand;
    private long shutdownTimeoutNs = 10 * SECOND;
    private @Nullable Slot slot;
    private final List<Dependency> dependencies = new ArrayList<>();

    private Specs(int index, String name, boolean worker) {
        this.index = index;
        this.name = name;
        this.worker = worker;
    }

    static Specs worker(int index, String name) {
        return new Specs(index, name, true);
    }

    static Specs command(int index, String name) {
        return new Specs(index, name, false);
    }

    /** The first slot is the one behind its daemon. */
    static Specs slot(int index, int daemon, int number, int retries, long timeoutNs) {
        Specs specs = new Specs(index, "daemon@" + number, true);
        specs.slot = new Slot(daemon, number, index - number + 1, timeoutNs);
        specs.membership = Membership.UNGROUPED;
        specs.poison = PoisonPolicy.NONE;
        specs.maxRestarts = retries;
        return specs.dependsOn(daemon, Dependency.Condition.STARTED);
    }

    Specs restart(RestartPolicy policy) {
        restart = policy;
        return this;
    }

    Specs maxRestarts(int value) {
        maxRestarts = value;
        return this;
    }

    Specs backoff(Backoff value) {
        backoff = value;
        return this;
    }

    Specs poison(int crashes, Fallback... then) {
        poison = new PoisonPolicy(crashes, List.of(then));
        return this;
    }

    Specs startTimeouts(StartTimeouts value) {
        startTimeouts = value;
        return this;
    }

    Specs shutdownTimeoutNs(long value) {
        shutdownTimeoutNs = value;
        return this;
    }

    Specs dependsOn(int other, Dependency.Condition condition) {
        dependencies.add(new Dependency(other, condition));
        return this;
    }

    Specs restartedWith(int other) {
        return restartedWith(other, Dependency.Condition.READY);
    }

    Specs restartedWith(int other, Dependency.Condition condition) {
        dependencies.add(new Dependency(other, condition, true));
        return this;
    }

    Specs exits(ExitRules value) {
        exits = value;
        return this;
    }

    Specs in(int group) {
        membership = new Membership(group, membership.significant(), membership.escalates());
        return this;
    }

    Specs significant() {
        membership = new Membership(membership.group(), true, membership.escalates());
        return this;
    }

    Specs escalates() {
        membership = new Membership(membership.group(), membership.significant(), true);
        return this;
    }

    Specs auxiliary() {
        membership = Membership.UNGROUPED;
        return this;
    }

    Specs probed() {
        probed = true;
        return this;
    }

    Specs foreign() {
        foreign = true;
        return this;
    }

    Specs shutdownCommand() {
        shutdownCommand = true;
        return this;
    }

    Specs standbys(int value) {
        standbys = value;
        return this;
    }

    Specs launch(long value) {
        launch = value;
        return this;
    }

    ChildSpec build() {
        return new ChildSpec(
                index,
                name,
                worker,
                worker && slot == null ? 5 * SECOND : 0,
                worker ? startTimeouts : StartTimeouts.NONE,
                restart,
                maxRestarts,
                60 * SECOND,
                backoff,
                worker ? poison : PoisonPolicy.NONE,
                "TERM",
                shutdownTimeoutNs,
                shutdownCommand,
                dependencies,
                launch,
                standbys,
                exits,
                membership,
                probed,
                foreign,
                slot);
    }
}
