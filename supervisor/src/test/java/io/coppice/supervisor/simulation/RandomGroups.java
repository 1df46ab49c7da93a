package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.AutoShutdown;
import io.coppice.supervisor.core.Backoff;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.ExitRules;
import io.coppice.supervisor.core.ExitSet;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.Membership;
import io.coppice.supervisor.core.Strategy;
import java.util.ArrayList;
import java.util.List;

/** A random tree of groups, and children that are members of it and go down with others. */
final class RandomGroups {
    /** Of the three lists. A task that is started again because it has done its work would never come to rest. */
    private static final int FORCE = 2;

    private RandomGroups() {}

    static List<GroupSpec> draw(Draws draws, Draws ends) {
        List<GroupSpec> groups = new ArrayList<>();
        int count = draws.between(0, 3);
        for (int i = 0; i <= count; i++) {
            boolean outermost = i == GroupSpec.OUTERMOST;
            groups.add(new GroupSpec(
                    i,
                    outermost ? "" : "g" + i,
                    outermost ? GroupSpec.NO_PARENT : draws.between(0, i - 1),
                    draws.oneOf(Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE),
                    outermost
                            ? draws.oneOf(ChildSpec.UNLIMITED, ChildSpec.UNLIMITED, 20)
                            : draws.oneOf(ChildSpec.UNLIMITED, 0, 2, 10),
                    draws.ns(SECOND, 30 * SECOND),
                    draws.chance(0.3)
                            ? Backoff.NONE
                            : new Backoff(10 * MS, 2, 2 * SECOND, draws.ns(0, 20 * SECOND), 0.5),
                    ends.oneOf(
                            AutoShutdown.NEVER,
                            AutoShutdown.NEVER,
                            AutoShutdown.ANY_SIGNIFICANT,
                            AutoShutdown.ALL_SIGNIFICANT),
                    !outermost && ends.chance(0.3),
                    draws.chance(0.6),
                    false));
        }
        return groups;
    }

    private static ExitRules exits(Draws ends) {
        List<ExitSet> sets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sets.add(
                    ends.chance(0.5)
                            ? new ExitSet(
                                    List.of(i == FORCE ? ends.oneOf(1, 3, 70, 78) : ends.oneOf(0, 1, 3, 70, 78)),
                                    List.of(ends.oneOf(9, 11, 15)))
                            : ExitSet.EMPTY);
        }
        return new ExitRules(sets.get(0), sets.get(1), sets.get(2));
    }

    static ChildSpec member(ChildSpec spec, List<GroupSpec> groups, Draws draws, Draws ends) {
        List<Dependency> dependencies = new ArrayList<>();
        for (Dependency dependency : spec.dependencies()) {
            boolean health = dependency.condition() == Dependency.Condition.READY && ends.chance(0.3);
            dependencies.add(new Dependency(
                    dependency.index(),
                    health ? Dependency.Condition.HEALTHY : dependency.condition(),
                    draws.chance(0.4)));
        }
        return new ChildSpec(
                spec.index(),
                spec.name(),
                spec.hasSegment(),
                spec.heartbeatTimeoutNs(),
                spec.startTimeouts(),
                spec.restart(),
                spec.maxRestarts(),
                spec.periodNs(),
                spec.backoff(),
                spec.poison(),
                spec.shutdownSignal(),
                spec.shutdownTimeoutNs(),
                ends.chance(0.3),
                dependencies,
                spec.launch(),
                spec.standbys(),
                ends.chance(0.3) ? exits(ends) : ExitRules.NONE,
                new Membership(draws.between(0, groups.size() - 1), ends.chance(0.3), draws.chance(0.2)),
                !spec.hasSegment() && ends.chance(0.4),
                spec.foreign());
    }
}
