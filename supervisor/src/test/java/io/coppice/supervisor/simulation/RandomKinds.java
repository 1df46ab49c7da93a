package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.Backoff;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ExitRules;
import io.coppice.supervisor.core.Membership;
import io.coppice.supervisor.core.PoisonPolicy;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StartTimeouts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What children become when a reload makes them others, and the one that only serves others. */
final class RandomKinds {
    private RandomKinds() {}

    /** The child that a compiler adds where something is probed, with the rules that it gives it. */
    static ChildSpec prober(int index) {
        return auxiliary(index, "prober");
    }

    private static ChildSpec auxiliary(int index, String name) {
        return new ChildSpec(
                index,
                name,
                false,
                0,
                StartTimeouts.NONE,
                RestartPolicy.ALWAYS,
                ChildSpec.UNLIMITED,
                60 * SECOND,
                new Backoff(10 * MS, 2, 10 * SECOND, 60 * SECOND, 0),
                PoisonPolicy.NONE,
                "TERM",
                5 * SECOND,
                false,
                List.of(),
                0,
                0,
                ExitRules.NONE,
                Membership.UNGROUPED,
                false,
                false);
    }

    /** By index: a worker may become a command, and a command a worker, or one that only serves others; some stay what they are. */
    static List<@Nullable ChildSpec> others(List<ChildSpec> specs, Draws kinds) {
        List<@Nullable ChildSpec> others = new ArrayList<>();
        for (ChildSpec spec : specs) {
            if (spec.auxiliary() || kinds.chance(0.2)) {
                others.add(null);
            } else if (isAlone(spec, specs) && kinds.chance(0.2)) {
                // There is always somebody to serve, or there were no such plan.
                others.add(spec.index() == 0 ? null : auxiliary(spec.index(), spec.name()));
            } else {
                others.add(other(spec, kinds));
            }
        }
        return others;
    }

    private static boolean isAlone(ChildSpec spec, List<ChildSpec> specs) {
        return spec.dependencies().isEmpty()
                && specs.stream()
                        .flatMap(other -> other.dependencies().stream())
                        .noneMatch(dependency -> dependency.index() == spec.index());
    }

    /** With a policy of its own: a worker that is there for ever may become a task that is done once. */
    private static ChildSpec other(ChildSpec spec, Draws kinds) {
        boolean worker = !spec.hasSegment();
        return new ChildSpec(
                spec.index(),
                spec.name(),
                worker,
                worker ? kinds.ns(500 * MS, 3 * SECOND) : 0,
                worker ? RandomSpecs.startTimeouts(kinds.ns(SECOND, 5 * SECOND)) : StartTimeouts.NONE,
                kinds.oneOf(
                        RestartPolicy.ALWAYS, RestartPolicy.ON_FAILURE, RestartPolicy.ON_FAILURE, RestartPolicy.NEVER),
                kinds.oneOf(ChildSpec.UNLIMITED, ChildSpec.UNLIMITED, 0, 5),
                spec.periodNs(),
                spec.backoff(),
                worker ? RandomSpecs.poison(kinds) : PoisonPolicy.NONE,
                spec.shutdownSignal(),
                spec.shutdownTimeoutNs(),
                spec.shutdownCommand(),
                spec.dependencies(),
                spec.launch(),
                worker ? kinds.oneOf(0, 0, 1, 2) : 0,
                spec.exits(),
                spec.membership(),
                !worker && kinds.chance(0.4),
                false);
    }
}
