package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;

/**
 * The instance ends by itself when all have completed, and not before. Children that only serve others are no reason to go on: they are
 * ended then, as in a shutdown, unless they are down anyway.
 */
final class CompletionPredicates {
    private final Invariants moment;
    private final ChildBooks books;

    CompletionPredicates(Invariants moment, ChildBooks books) {
        this.moment = moment;
        this.books = books;
    }

    /** After it is known whether this step ends the instance for another reason. */
    void onStep(Step step) {
        SupervisorState.Phase phase = step.state().phase();
        if (phase == SupervisorState.Phase.RUNNING) {
            moment.check(
                    "ROOT_ENDS_WHEN_ALL_IS_DONE",
                    !isAllDone(step.state()),
                    () -> "it goes on for those that serve none");
        } else if (phase != SupervisorState.Phase.ADOPTING && !books.shutdown()) {
            moment.check("ROOT_STAYS_UNTIL_ALL_IS_DONE", isAllDone(step.state()), () -> "it ends by itself");
            books.ends();
        }
    }

    private static boolean isAllDone(SupervisorState state) {
        if (state.groups().get(GroupSpec.OUTERMOST).spec().openEnded()) {
            return false;
        }
        for (ChildState child : state.children()) {
            boolean completed =
                    child.phase() == ChildPhase.COMPLETED || child.spec().ungrouped();
            if (!completed || !child.standbys().standbys().isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
