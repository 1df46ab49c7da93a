package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.Backoff;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.ExitRules;
import io.coppice.supervisor.core.Membership;
import io.coppice.supervisor.core.PoisonPolicy;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Slots for the transactions of one or two daemons, behind all other children. */
final class RandomSlots {
    private RandomSlots() {}

    /**
     * Draws them.
     *
     * @param specs all other children
     * @param others what a reload may make of each of them; daemons that may become something else have no slots
     */
    static List<ChildSpec> draw(List<ChildSpec> specs, List<@Nullable ChildSpec> others, Draws draws) {
        List<ChildSpec> slots = new ArrayList<>();
        int daemons = draws.between(1, 2);
        for (ChildSpec spec : specs) {
            boolean stays = others.isEmpty() || others.get(spec.index()) == null;
            if (spec.hasSegment() && stays && daemons > 0) {
                daemons--;
                int first = specs.size() + slots.size();
                int count = draws.between(1, 3);
                int retries = draws.between(0, 3);
                long timeoutNs = draws.ns(SECOND, 5 * SECOND);
                int standbys = draws.oneOf(0, 0, 1, 2);
                for (int number = 1; number <= count; number++) {
                    slots.add(slot(
                            first + number - 1,
                            spec,
                            new Slot(spec.index(), number, first, timeoutNs),
                            retries,
                            number == 1 ? standbys : 0));
                }
            }
        }
        return slots;
    }

    private static ChildSpec slot(int index, ChildSpec daemon, Slot slot, int retries, int standbys) {
        return new ChildSpec(
                index,
                daemon.name() + "@" + slot.number(),
                true,
                0,
                daemon.startTimeouts(),
                RestartPolicy.ON_FAILURE,
                retries,
                1_000_000 * SECOND,
                new Backoff(10 * MS, 2, 10 * SECOND, 60 * SECOND, 0),
                PoisonPolicy.NONE,
                "TERM",
                daemon.shutdownTimeoutNs(),
                false,
                List.of(new Dependency(daemon.index(), Dependency.Condition.STARTED)),
                0,
                standbys,
                ExitRules.NONE,
                Membership.UNGROUPED,
                false,
                false,
                slot);
    }
}
