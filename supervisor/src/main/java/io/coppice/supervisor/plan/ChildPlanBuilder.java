package io.coppice.supervisor.plan;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the plan of a child, part by part. What is not said: it is restarted at once on failure, however often, has {@code TERM} and ten
 * seconds to stop, stands for itself, and depends on nobody. One thread; nothing is checked before {@link #plan}.
 */
public final class ChildPlanBuilder {
    private String name;
    private final ChildPlan.Kind kind;
    private List<String> argv = List.of();
    private SortedMap<String, String> environment = new TreeMap<>();
    private String workingDirectory = "/";
    private LogTarget log = LogTarget.AUTO;
    private long stateBytes;
    private int checkpoints;
    private long heartbeatTimeoutMs;
    private StartTimeouts startTimeouts = StartTimeouts.of(60_000);
    private RestartPolicy restart = RestartPolicy.ON_FAILURE;
    private int maxRestarts = ChildPlan.UNLIMITED_RESTARTS;
    private long periodMs = 60_000;
    private Backoff backoff = Backoff.NONE;
    private Poison poison = Poison.NONE;
    private int standbys;
    private Shutdown shutdown = Shutdown.bySignal("TERM", 10_000);
    private List<Dependency> dependsOn = List.of();
    private long launch;
    private ExitLists exits = ExitLists.NONE;
    private Membership membership = Membership.PLAIN;
    private Probes probes = Probes.NONE;
    private long timeoutMs;
    private @Nullable Identity identity;
    private Limits limits = Limits.NONE;
    private boolean restricted;

    /** Of a child with this name, which has nothing to execute yet. */
    public ChildPlanBuilder(String name, ChildPlan.Kind kind) {
        this.name = name;
        this.kind = kind;
    }

    ChildPlanBuilder(ChildPlan plan) {
        this(plan.name(), plan.kind());
        argv = plan.argv();
        environment = plan.environment();
        workingDirectory = plan.workingDirectory();
        log = plan.log();
        stateBytes = plan.stateBytes();
        checkpoints = plan.checkpoints();
        heartbeatTimeoutMs = plan.heartbeatTimeoutMs();
        startTimeouts = plan.startTimeouts();
        restart = plan.restart();
        maxRestarts = plan.maxRestarts();
        periodMs = plan.periodMs();
        backoff = plan.backoff();
        poison = plan.poison();
        standbys = plan.standbys();
        shutdown = plan.shutdown();
        dependsOn = plan.dependsOn();
        launch = plan.launch();
        exits = plan.exits();
        membership = plan.membership();
        probes = plan.probes();
        timeoutMs = plan.timeoutMs();
        identity = plan.identity();
        limits = plan.limits();
        restricted = plan.restricted();
    }

    /**
     * The plan as of now.
     *
     * @throws IllegalArgumentException if it breaks a bound, as {@link ChildPlan} has them
     */
    public ChildPlan plan() {
        return new ChildPlan(
                name,
                kind,
                argv,
                environment,
                workingDirectory,
                log,
                stateBytes,
                checkpoints,
                heartbeatTimeoutMs,
                startTimeouts,
                restart,
                maxRestarts,
                periodMs,
                backoff,
                poison,
                standbys,
                shutdown,
                dependsOn,
                launch,
                exits,
                membership,
                probes,
                timeoutMs,
                identity,
                limits,
                restricted);
    }

    public ChildPlanBuilder name(String value) {
        name = value;
        return this;
    }

    public ChildPlanBuilder argv(List<String> value) {
        argv = value;
        return this;
    }

    public ChildPlanBuilder environment(SortedMap<String, String> value) {
        environment = value;
        return this;
    }

    public ChildPlanBuilder workingDirectory(String value) {
        workingDirectory = value;
        return this;
    }

    public ChildPlanBuilder log(LogTarget value) {
        log = value;
        return this;
    }

    public ChildPlanBuilder stateBytes(long value) {
        stateBytes = value;
        return this;
    }

    public ChildPlanBuilder checkpoints(int value) {
        checkpoints = value;
        return this;
    }

    public ChildPlanBuilder heartbeatTimeoutMs(long value) {
        heartbeatTimeoutMs = value;
        return this;
    }

    public ChildPlanBuilder startTimeouts(StartTimeouts value) {
        startTimeouts = value;
        return this;
    }

    public ChildPlanBuilder restart(RestartPolicy value) {
        restart = value;
        return this;
    }

    public ChildPlanBuilder maxRestarts(int value) {
        maxRestarts = value;
        return this;
    }

    public ChildPlanBuilder periodMs(long value) {
        periodMs = value;
        return this;
    }

    public ChildPlanBuilder backoff(Backoff value) {
        backoff = value;
        return this;
    }

    public ChildPlanBuilder poison(Poison value) {
        poison = value;
        return this;
    }

    public ChildPlanBuilder standbys(int value) {
        standbys = value;
        return this;
    }

    public ChildPlanBuilder shutdown(Shutdown value) {
        shutdown = value;
        return this;
    }

    public ChildPlanBuilder dependsOn(List<Dependency> value) {
        dependsOn = value;
        return this;
    }

    public ChildPlanBuilder launch(long value) {
        launch = value;
        return this;
    }

    public ChildPlanBuilder exits(ExitLists value) {
        exits = value;
        return this;
    }

    public ChildPlanBuilder membership(Membership value) {
        membership = value;
        return this;
    }

    public ChildPlanBuilder probes(Probes value) {
        probes = value;
        return this;
    }

    public ChildPlanBuilder timeoutMs(long value) {
        timeoutMs = value;
        return this;
    }

    public ChildPlanBuilder identity(@Nullable Identity value) {
        identity = value;
        return this;
    }

    public ChildPlanBuilder limits(Limits value) {
        limits = value;
        return this;
    }

    public ChildPlanBuilder restricted(boolean value) {
        restricted = value;
        return this;
    }
}
