package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Slot;
import io.coppice.supervisor.core.SupervisorState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where it must all come to: every child where it may stay, and after a shutdown nothing. */
final class EndPredicates {
    private final Invariants moment;
    private final Simulation world;
    private final ChildBooks books;

    EndPredicates(Invariants moment, Simulation world, ChildBooks books) {
        this.moment = moment;
        this.world = world;
        this.books = books;
    }

    /** Whether every child is where it may stay; none that is not, for people to read. */
    @Nullable
    ChildState firstUnsettled(SupervisorState state) {
        for (ChildState child : state.children()) {
            int index = child.spec().index();
            if (child.spec().slot() != null) {
                if (!isSettledSlot(state, child)) {
                    return child;
                }
                continue;
            }
            boolean settled = switch (child.phase()) {
                case READY ->
                    world.processes.liveReleased(index) == 1
                            && world.processes.runAs(world.manifest.spec(index))
                            && world.manifest.parkedAsPlanned(child)
                                    == child.spec().standbys()
                            && !moment.transactions.isAnyOpen(index);
                case COMPLETED, FAILED -> true;
                case STOPPED -> !books.of(index).wantedUp;
                case WAITING ->
                    child.spec().dependencies().stream()
                            .anyMatch(dependency -> !moment.commands.holds(state, dependency));
                // Nobody looks whether it is ready, and somebody wants it so.
                case STARTING ->
                    child.spec().probed()
                            && world.scenario.looksAfter != Scenario.NOBODY
                            && !books.of(world.scenario.looksAfter).wantedUp;
                default -> false;
            };
            if (!settled || !world.manifest.isAsPlanned(child.spec())) {
                return child;
            }
        }
        return null;
    }

    /** Nothing is being worked on; what waits waits for a daemon that does not run. */
    private boolean isSettledSlot(SupervisorState state, ChildState child) {
        Slot slot = child.spec().slot();
        ChildPhase daemon =
                slot == null ? ChildPhase.STOPPED : state.child(slot.daemon()).phase();
        return !child.phase().occupied()
                && child.phase() != ChildPhase.BACKOFF
                && (child.phase() != ChildPhase.WAITING || daemon != ChildPhase.READY)
                && (daemon != ChildPhase.READY
                        || world.manifest.parkedAsPlanned(child) == child.spec().standbys());
    }

    /** When the time to heal is over. */
    void converged(boolean rootAlive, SupervisorState state) {
        moment.check("ALL_CONVERGE", rootAlive, () -> "no root");
        ChildState unsettled = firstUnsettled(state);
        moment.check("ALL_CONVERGE", unsettled == null, () -> String.valueOf(unsettled));
    }

    void ended(boolean rootEnded, List<Integer> livePids) {
        moment.check("SHUTDOWN_ENDS", rootEnded, () -> "the root is still there");
        moment.check("ROOT_LEAVES_NOTHING_BEHIND", livePids.isEmpty(), () -> "pids " + livePids);
    }
}
