package io.coppice.supervisor.specs;

import io.coppice.supervisor.core.AutoShutdown;
import io.coppice.supervisor.core.Backoff;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.ExitRules;
import io.coppice.supervisor.core.ExitSet;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.Membership;
import io.coppice.supervisor.core.PoisonPolicy;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.Slot;
import io.coppice.supervisor.core.StartTimeouts;
import io.coppice.supervisor.core.Strategy;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.plan.AgentOption;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.SlotName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the core must know of a plan: policies and times, not argv. Pure. */
public final class PlanSpecs {
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long FOR_EVER_NS = Long.MAX_VALUE;

    private PlanSpecs() {}

    /** The groups of a plan, by index. */
    public static List<GroupSpec> groups(Plan plan) {
        Map<String, Integer> indexes = groupIndexes(plan);
        List<GroupSpec> groups = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            int index = groups.size();
            groups.add(new GroupSpec(
                    index,
                    group.name(),
                    index == GroupSpec.OUTERMOST
                            ? GroupSpec.NO_PARENT
                            : Objects.requireNonNull(
                                    indexes.get(group.membership().group())),
                    switch (group.strategy()) {
                        case ONE_FOR_ONE -> Strategy.ONE_FOR_ONE;
                        case ONE_FOR_ALL -> Strategy.ONE_FOR_ALL;
                        case REST_FOR_ONE -> Strategy.REST_FOR_ONE;
                    },
                    group.maxRestarts(),
                    group.periodMs() * NANOS_PER_MS,
                    backoff(group.backoff()),
                    switch (group.autoShutdown()) {
                        case NEVER -> AutoShutdown.NEVER;
                        case ANY_SIGNIFICANT -> AutoShutdown.ANY_SIGNIFICANT;
                        case ALL_SIGNIFICANT -> AutoShutdown.ALL_SIGNIFICANT;
                    },
                    group.membership().significant(),
                    group.membership().escalates(),
                    index == GroupSpec.OUTERMOST && plan.isOpenEnded()));
        }
        return groups;
    }

    private static Map<String, Integer> groupIndexes(Plan plan) {
        Map<String, Integer> indexes = new HashMap<>();
        for (GroupPlan group : plan.groups()) {
            indexes.put(group.name(), indexes.size());
        }
        return indexes;
    }

    /** Of all children, in the order of the plan. */
    public static List<ChildSpec> specs(Plan plan) {
        Map<String, Integer> groups = groupIndexes(plan);
        Map<String, Integer> indexes = new HashMap<>();
        List<ChildSpec> specs = new ArrayList<>();
        for (ChildPlan child : plan.children()) {
            indexes.put(child.name(), specs.size());
            specs.add(spec(specs.size(), child, indexes, groups));
        }
        return specs;
    }

    private static ChildSpec spec(
            int index, ChildPlan child, Map<String, Integer> indexes, Map<String, Integer> groups) {
        List<Dependency> dependencies = new ArrayList<>();
        for (io.coppice.supervisor.plan.Dependency dependency : child.dependsOn()) {
            // A plan's children come in dependency order, so the name is there.
            dependencies.add(new Dependency(
                    Objects.requireNonNull(indexes.get(dependency.name())),
                    condition(dependency),
                    dependency.restart()));
        }
        boolean daemon = child.kind().hasSegment();
        Slot slot = slot(child, indexes);
        return new ChildSpec(
                index,
                child.name(),
                daemon,
                child.heartbeatTimeoutMs() * NANOS_PER_MS,
                daemon ? startTimeouts(child.startTimeouts()) : StartTimeouts.NONE,
                restart(child),
                child.maxRestarts(),
                slot == null ? child.periodMs() * NANOS_PER_MS : FOR_EVER_NS,
                backoff(child.backoff()),
                poison(child.poison()),
                child.shutdown().signal(),
                child.shutdown().timeoutMs() * NANOS_PER_MS,
                !child.shutdown().command().isEmpty(),
                dependencies,
                child.launch(),
                child.standbys(),
                new ExitRules(
                        exits(child.exits().success()),
                        exits(child.exits().prevent()),
                        exits(child.exits().force())),
                membership(child, groups),
                child.probes().decideReadiness(),
                AgentOption.isOf(child),
                slot);
    }

    /** A slot's attempts are counted by request, however long they take. */
    private static @Nullable Slot slot(ChildPlan child, Map<String, Integer> indexes) {
        if (child.slot() == 0) {
            return null;
        }
        int first = Objects.requireNonNull(indexes.get(SlotName.of(child.daemon(), 1)));
        int daemon = Objects.requireNonNull(indexes.get(child.daemon()));
        return new Slot(daemon, child.slot(), first, child.timeoutMs() * NANOS_PER_MS);
    }

    private static Membership membership(ChildPlan child, Map<String, Integer> groups) {
        return child.kind() == ChildPlan.Kind.AUXILIARY || child.kind() == ChildPlan.Kind.TRANSACTION
                ? Membership.UNGROUPED
                : new Membership(
                        Objects.requireNonNull(groups.get(child.membership().group())),
                        child.membership().significant(),
                        child.membership().escalates());
    }

    private static ExitSet exits(io.coppice.supervisor.plan.ExitSet exits) {
        return new ExitSet(
                exits.codes(), exits.signals().stream().map(SignalNumbers::of).toList());
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
            case HEALTHY -> Dependency.Condition.HEALTHY;
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
                        backoff.resetAfterMs() * NANOS_PER_MS,
                        backoff.jitter());
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

    /** By index; zero: not watched. */
    public static long[] heartbeatTimeoutsNs(Plan plan) {
        return plan.children().stream()
                .mapToLong(child -> child.heartbeatTimeoutMs() * NANOS_PER_MS)
                .toArray();
    }
}
