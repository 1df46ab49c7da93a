package io.coppice.supervisor.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes plans of children, of which a test says only what it is about. A new one is of a child that is restarted at once whenever it fails,
 * however often, has {@code TERM} and ten seconds to stop, and depends on nobody.
 */
public final class ChildPlans {
    private final String name;
    private final ChildPlan.Kind kind;
    private List<String> argv = List.of("x");
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
    private Probes probes = Probes.NONE;

    private ChildPlans(String name, ChildPlan.Kind kind) {
        this.name = name;
        this.kind = kind;
    }

    /** Of a plain command. */
    public static ChildPlans command(String name) {
        return new ChildPlans(name, ChildPlan.Kind.COMMAND);
    }

    /** Of a daemon with a mebibyte of state, which may be silent for a minute. */
    public static ChildPlans daemon(String name) {
        return new ChildPlans(name, ChildPlan.Kind.DAEMON).stateBytes(1 << 20).heartbeatTimeoutMs(60_000);
    }

    /** Of one that serves the others. */
    public static ChildPlans auxiliary(String name) {
        return new ChildPlans(name, ChildPlan.Kind.AUXILIARY).restart(RestartPolicy.ALWAYS);
    }

    /** Like another one. */
    public static ChildPlans like(ChildPlan plan) {
        ChildPlans copy = new ChildPlans(plan.name(), plan.kind());
        copy.argv = plan.argv();
        copy.environment = plan.environment();
        copy.workingDirectory = plan.workingDirectory();
        copy.log = plan.log();
        copy.stateBytes = plan.stateBytes();
        copy.checkpoints = plan.checkpoints();
        copy.heartbeatTimeoutMs = plan.heartbeatTimeoutMs();
        copy.startTimeouts = plan.startTimeouts();
        copy.restart = plan.restart();
        copy.maxRestarts = plan.maxRestarts();
        copy.periodMs = plan.periodMs();
        copy.backoff = plan.backoff();
        copy.poison = plan.poison();
        copy.standbys = plan.standbys();
        copy.shutdown = plan.shutdown();
        copy.dependsOn = plan.dependsOn();
        copy.launch = plan.launch();
        copy.probes = plan.probes();
        return copy;
    }

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
                        launch)
                .withProbes(probes);
    }

    public ChildPlans probes(Probes asked) {
        probes = asked;
        return this;
    }

    public ChildPlans argv(List<String> words) {
        argv = words;
        return this;
    }

    public ChildPlans environment(SortedMap<String, String> variables) {
        environment = variables;
        return this;
    }

    public ChildPlans in(Path directory) {
        workingDirectory = directory.toString();
        return this;
    }

    public ChildPlans log(LogTarget target) {
        log = target;
        return this;
    }

    public ChildPlans stateBytes(long bytes) {
        stateBytes = bytes;
        return this;
    }

    public ChildPlans checkpoints(int count) {
        checkpoints = count;
        return this;
    }

    public ChildPlans heartbeatTimeoutMs(long timeoutMs) {
        heartbeatTimeoutMs = timeoutMs;
        return this;
    }

    public ChildPlans startTimeouts(StartTimeouts timeouts) {
        startTimeouts = timeouts;
        return this;
    }

    public ChildPlans restart(RestartPolicy policy) {
        restart = policy;
        return this;
    }

    public ChildPlans maxRestarts(int count) {
        maxRestarts = count;
        return this;
    }

    public ChildPlans backoff(Backoff pauses) {
        backoff = pauses;
        return this;
    }

    public ChildPlans poison(Poison rule) {
        poison = rule;
        return this;
    }

    public ChildPlans standbys(int count) {
        standbys = count;
        return this;
    }

    public ChildPlans shutdown(String signal, long timeoutMs) {
        shutdown = Shutdown.bySignal(signal, timeoutMs);
        return this;
    }

    public ChildPlans dependsOn(Dependency... dependencies) {
        dependsOn = List.of(dependencies);
        return this;
    }

    public ChildPlans launch(long number) {
        launch = number;
        return this;
    }
}
