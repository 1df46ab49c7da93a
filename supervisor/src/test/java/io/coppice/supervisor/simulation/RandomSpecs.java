package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.Backoff;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.ExitRules;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.Membership;
import io.coppice.supervisor.core.PoisonPolicy;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StartTimeouts;
import java.util.ArrayList;
import java.util.List;

/** Random children: 3 to 6 daemons and 0 to 3 plain commands, in random order, with a random DAG of dependencies. */
final class RandomSpecs {
    private RandomSpecs() {}

    static List<ChildSpec> draw(Draws draws) {
        int daemons = draws.between(3, 6);
        int commands = draws.between(0, 3);
        double density = draws.oneOf(0.0, 0.2, 0.5);
        List<ChildSpec> specs = new ArrayList<>();
        while (daemons + commands > 0) {
            boolean daemon = draws.between(1, daemons + commands) <= daemons;
            if (daemon) {
                daemons--;
            } else {
                commands--;
            }
            specs.add(spec(draws, specs.size(), daemon, density));
        }
        return specs;
    }

    static PoisonPolicy poison(Draws draws) {
        return draws.chance(0.2)
                ? PoisonPolicy.NONE
                : new PoisonPolicy(
                        draws.between(1, 5),
                        draws.oneOf(
                                List.of(),
                                List.of(Fallback.CHECKPOINT),
                                List.of(Fallback.EMPTY),
                                List.of(Fallback.CHECKPOINT, Fallback.EMPTY)));
    }

    static StartTimeouts startTimeouts(long startNs) {
        return new StartTimeouts(startNs, startNs / 2, 2 * startNs);
    }

    private static ChildSpec spec(Draws draws, int index, boolean daemon, double density) {
        List<Dependency> dependencies = new ArrayList<>();
        for (int i = 0; i < index; i++) {
            if (draws.chance(density)) {
                dependencies.add(new Dependency(
                        i,
                        draws.oneOf(
                                Dependency.Condition.STARTED,
                                Dependency.Condition.READY,
                                Dependency.Condition.READY,
                                Dependency.Condition.COMPLETED)));
            }
        }
        long initialNs = draws.ns(0, 50 * MS);
        return new ChildSpec(
                index,
                (daemon ? "daemon-" : "command-") + index,
                daemon,
                daemon ? draws.ns(500 * MS, 3 * SECOND) : 0,
                daemon ? startTimeouts(draws.ns(SECOND, 5 * SECOND)) : StartTimeouts.NONE,
                draws.oneOf(
                        RestartPolicy.ALWAYS, RestartPolicy.ON_FAILURE, RestartPolicy.ON_FAILURE, RestartPolicy.NEVER),
                draws.oneOf(ChildSpec.UNLIMITED, ChildSpec.UNLIMITED, ChildSpec.UNLIMITED, 0, 1, 5, 50),
                draws.ns(SECOND, 60 * SECOND),
                draws.chance(0.2)
                        ? Backoff.NONE
                        : new Backoff(
                                initialNs,
                                draws.oneOf(1.0, 1.5, 2.0, 10.0),
                                initialNs + 2 * SECOND,
                                draws.ns(0, 20 * SECOND),
                                0),
                daemon ? poison(draws) : PoisonPolicy.NONE,
                "TERM",
                draws.oneOf(0L, 500 * MS, 3 * SECOND),
                false,
                dependencies,
                0,
                0,
                ExitRules.NONE,
                Membership.PLAIN,
                false,
                false);
    }
}
