package io.coppice.supervisor.root;

import io.coppice.supervisor.core.Backoff;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.PoisonPolicy;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StartTimeouts;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the core must know of a plan: policies and times, not argv. Pure. */
final class PlanSpecs {
    private static final long NANOS_PER_MS = 1_000_000;

    private PlanSpecs() {}

    static List<ChildSpec> specs(Plan plan) {
        Map<String, Integer> indexes = new HashMap<>();
        List<ChildSpec> specs = new ArrayList<>();
        for (ChildPlan child : plan.children()) {
            indexes.put(child.name(), specs.size());
            specs.add(spec(specs.size(), child, indexes));
        }
        return specs;
    }

    private static ChildSpec spec(int index, ChildPlan child, Map<String, Integer> indexes) {
        List<Dependency> dependencies = new ArrayList<>();
        for (io.coppice.supervisor.plan.Dependency dependency : child.dependsOn()) {
            // A plan's children come in dependency order, so the name is there.
            dependencies.add(
                    new Dependency(Objects.requireNonNull(indexes.get(dependency.name())), condition(dependency)));
        }
        boolean daemon = child.kind() == ChildPlan.Kind.DAEMON;
        return new ChildSpec(
                index,
                child.name(),
                daemon,
                child.heartbeatTimeoutMs() * NANOS_PER_MS,
                daemon ? startTimeouts(child.startTimeouts()) : StartTimeouts.NONE,
                restart(child),
                child.maxRestarts(),
                child.periodMs() * NANOS_PER_MS,
                backoff(child.backoff()),
                poison(child.poison()),
                child.shutdown().signal(),
                child.shutdown().timeoutMs() * NANOS_PER_MS,
                dependencies,
                child.launch(),
                child.standbys());
    }

    private static StartTimeouts startTimeouts(io.coppice.supervisor.plan.StartTimeouts timeouts) {
        return new StartTimeouts(
                timeouts.startMs() * NANOS_PER_MS,
                timeouts.recoverMs() * NANOS_PER_MS,
                timeouts.migrateMs() * NANOS_PER_MS);
    }

    private static Dependency.Condition condition(io.coppice.supervisor.plan.Dependency dependency) {
        return switch (dependency.condition()) {
            case STARTED -> Dependency.Condition.STARTED;
            case READY -> Dependency.Condition.READY;
            case COMPLETED -> Dependency.Condition.COMPLETED;
        };
    }

    private static RestartPolicy restart(ChildPlan child) {
        return switch (child.restart()) {
            case ALWAYS -> RestartPolicy.ALWAYS;
            case ON_FAILURE -> RestartPolicy.ON_FAILURE;
            case NEVER -> RestartPolicy.NEVER;
        };
    }

    private static Backoff backoff(io.coppice.supervisor.plan.Backoff backoff) {
        return backoff.isNone()
                ? Backoff.NONE
                : new Backoff(
                        backoff.initialMs() * NANOS_PER_MS,
                        backoff.factor(),
                        backoff.maxMs() * NANOS_PER_MS,
                        backoff.resetAfterMs() * NANOS_PER_MS);
    }

    private static PoisonPolicy poison(io.coppice.supervisor.plan.Poison poison) {
        List<Fallback> then = new ArrayList<>();
        for (io.coppice.supervisor.plan.Poison.Fallback fallback : poison.then()) {
            then.add(
                    switch (fallback) {
                        case CHECKPOINT -> Fallback.CHECKPOINT;
                        case EMPTY -> Fallback.EMPTY;
                    });
        }
        return new PoisonPolicy(poison.crashes(), then);
    }

    static long[] heartbeatTimeoutsNs(Plan plan) {
        return plan.children().stream()
                .mapToLong(child -> child.heartbeatTimeoutMs() * NANOS_PER_MS)
                .toArray();
    }
}
