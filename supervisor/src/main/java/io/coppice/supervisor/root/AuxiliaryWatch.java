package io.coppice.supervisor.root;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.plan.ChildPlan;
import java.util.function.Consumer;

/**
 * Whether the auxiliary children still do their work. One has no segment to beat in, so it says so in a line of the control protocol: what
 * a prober would say of any process that is well, said of itself. One that is silent for a minute is ended, as if a probe of its own had failed, and started again.
 *
 * <p>As with heartbeats, what the root itself was away for counts as two periods at most. Nothing else is excused: such a child keeps
 * nothing that another start would lose, and one that is stopped, or gets no CPU for a minute, serves nobody.
 *
 * <p>Duty-cycle thread only; a look that finds all well allocates nothing.
 */
final class AuxiliaryWatch {
    /** Between two looks. */
    static final long PERIOD_NS = 10_000_000_000L;

    /** A JVM that starts on a busy machine takes a part of that. */
    static final long LONGEST_SILENCE_NS = 6 * PERIOD_NS;

    private final ChildTable children;
    private Chore look = Chore.none();
    private long lastLookNs;

    /** A watch of those of the plan that the table has. */
    AuxiliaryWatch(ChildTable children, long nowNs) {
        this.children = children;
        replan(nowNs);
    }

    /** The table has another plan's children; who was there keeps the silence that it has. */
    void replan(long nowNs) {
        boolean any = false;
        for (ChildProcess child : children.all()) {
            any |= isAuxiliary(child);
        }
        if (!any) {
            look = Chore.none();
        } else if (look.nextNs() == Long.MAX_VALUE) {
            look = new Chore(PERIOD_NS, nowNs + PERIOD_NS);
            lastLookNs = nowNs;
        }
    }

    private static boolean isAuxiliary(ChildProcess child) {
        return child.plan.kind() == ChildPlan.Kind.AUXILIARY;
    }

    /** A child has said something of itself, if that incarnation is its present one. */
    void heard(int index, long incarnation) {
        ChildProcess child = children.get(index);
        if (child.incarnation == incarnation) {
            child.silentNs = 0;
        }
    }

    long nextLookNs() {
        return look.nextNs();
    }

    /** Whether a root that is awake now is to {@link #look}. */
    boolean isDue(long nowNs) {
        return look.isDue(nowNs);
    }

    /** @param settle takes in what has become of one that is silent */
    void look(Consumer<Event> settle, long nowNs) {
        long countedNs = Math.min(nowNs - lastLookNs, 2 * PERIOD_NS);
        lastLookNs = nowNs;
        look.done(nowNs);
        for (ChildProcess child : children.all()) {
            if (!isAuxiliary(child) || child.pidFd == null || child.dead) {
                continue;
            }
            child.silentNs += countedNs;
            if (child.silentNs > LONGEST_SILENCE_NS) {
                child.silentNs = 0;
                settle.accept(new Event.ProbeFailed(
                        child.index, child.incarnation, "it has not said for a minute that it does its work", nowNs));
            }
        }
    }
}
