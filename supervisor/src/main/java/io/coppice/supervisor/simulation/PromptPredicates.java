package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.Backoff;
import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.SupervisorState;
import java.util.List;

/** What must not be late: an order that is due, a restart. */
final class PromptPredicates {
    private final Invariants moment;
    private final List<ChildSpec> specs;
    private final ChildBooks books;

    PromptPredicates(Invariants moment, List<ChildSpec> specs, ChildBooks books) {
        this.moment = moment;
        this.specs = specs;
        this.books = books;
    }

    void onStep(SupervisorState before, SupervisorState after, long nowNs) {
        for (int i = 0; i < after.children().size(); i++) {
            ChildState child = after.child(i);
            if (after.phase() == SupervisorState.Phase.RUNNING) {
                ordersAreCarriedOut(child, after);
            }
            if (child.phase() == ChildPhase.BACKOFF && before.child(i).phase() != ChildPhase.BACKOFF) {
                long waitNs = child.deadlineNs() - nowNs;
                moment.check(
                        "RESTARTS_COME_IN_TIME",
                        isDelay(child.spec().backoff(), child.failures().streak(), waitNs),
                        () -> child.spec().name() + " waits " + waitNs + " ns, streak "
                                + child.failures().streak());
            }
        }
    }

    /** One that is to end goes on only for those that depend on it and are to end before it. */
    private void ordersAreCarriedOut(ChildState child, SupervisorState after) {
        boolean runs = child.phase() == ChildPhase.STARTING || child.phase() == ChildPhase.READY;
        if (!runs || !child.orders().endDue()) {
            return;
        }
        boolean needed = false;
        for (ChildSpec other : specs) {
            ChildState dependent = after.child(other.index());
            ChildBook book = books.of(other.index());
            boolean ends = dependent.phase().occupied()
                    && (book.endAsked
                            || book.unhealthy
                            || !book.wantedUp
                            || isEnding(dependent.phase())
                            || (other.slot() != null
                                    && (dependent.stopAsked()
                                            || dependent.orders().endDue())));
            for (Dependency dependency : other.dependencies()) {
                needed |= ends && dependency.index() == child.spec().index();
            }
        }
        moment.check("ORDERS_ARE_CARRIED_OUT", needed, () -> child.spec().name() + " is still " + child.phase());
    }

    private static boolean isEnding(ChildPhase phase) {
        return switch (phase) {
            case ABANDONING, DUMPING, STOPPING, KILLING -> true;
            default -> false;
        };
    }

    /** Whether that is how long the restart of that number in a row waits; by arithmetic of its own. */
    static boolean isDelay(Backoff backoff, int restart, long waitNs) {
        if (restart <= 1 || backoff.initialNs() == 0) {
            return waitNs == 0;
        }
        double fullNs = backoff.initialNs();
        for (int i = 2; i < restart && fullNs < backoff.maxNs(); i++) {
            fullNs *= backoff.factor();
        }
        fullNs = Math.min(fullNs, (double) backoff.maxNs());
        return waitNs <= fullNs + 1 && waitNs >= fullNs * (1 - backoff.jitter()) - 1;
    }
}
