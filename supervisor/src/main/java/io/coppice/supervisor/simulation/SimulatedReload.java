package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Wanted;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From one plan to the next, one reload at a time, as the real root does it: it takes a while to prepare; then what the new plan does not
 * go on with is stopped, dependents first, under the old plan, also if somebody starts it meanwhile; when it is gone the new plan takes the
 * old one's place. It dies with its root, whose successor begins with the manifest as it is then.
 */
final class SimulatedReload {
    private final Simulation world;
    private final Runnable wake;
    private boolean preparing;
    private @Nullable List<ChildSpec> next;

    /** @param wake has its root take a turn */
    SimulatedReload(Simulation world, Runnable wake) {
        this.world = world;
        this.wake = wake;
    }

    /** Returns false if its root is to be asked again, later. */
    boolean ask(List<ChildSpec> plan, SupervisorState state) {
        if (preparing || next != null || state.phase() == SupervisorState.Phase.ADOPTING) {
            return false;
        }
        if (state.phase() == SupervisorState.Phase.RUNNING) {
            prepare(plan);
        }
        return true;
    }

    private void prepare(List<ChildSpec> plan) {
        preparing = true;
        world.agenda.in(world.kindDraws.ns(0, 50 * MS), () -> {
            preparing = false;
            next = plan;
            wake.run();
        });
    }

    /**
     * Of a root that has begun with the plan of one that died, before anything is launched: what the manifest has no more is not
     * started again.
     */
    void changeTo(List<ChildSpec> plan, SupervisorState state, Consumer<Event> settle) {
        prepare(plan);
        for (ChildState child : state.children()) {
            if (!Kinds.keeps(plan, child.spec())
                    && child.wanted() == Wanted.UP
                    && (!child.phase().occupied() || !isNeeded(state, plan, child))) {
                settle.accept(stop(child));
            }
        }
    }

    /** Goes as far as it can; returns the plan that is to take effect now, or null. */
    @Nullable
    List<ChildSpec> advance(SupervisorState state, Consumer<Event> settle) {
        List<ChildSpec> plan = next;
        if (plan == null) {
            return null;
        }
        if (state.phase() != SupervisorState.Phase.RUNNING) {
            next = null;
            return null;
        }
        boolean gone = true;
        for (ChildState child : state.children()) {
            if (child.isAround() && !Kinds.keeps(plan, child.spec())) {
                gone = false;
                if (child.wanted() == Wanted.UP && !isNeeded(state, plan, child)) {
                    settle.accept(stop(child));
                }
            }
        }
        if (!gone) {
            return null;
        }
        next = null;
        return plan;
    }

    private Event stop(ChildState child) {
        return new Event.StopRequested(child.spec().index(), Event.NO_REQUEST, world.agenda.nowNs());
    }

    /** Whether one that is to go as well depends on it, and is still there. */
    private static boolean isNeeded(SupervisorState state, List<ChildSpec> plan, ChildState child) {
        for (ChildState other : state.children()) {
            if (other.phase().occupied() && !Kinds.keeps(plan, other.spec())) {
                for (Dependency dependency : other.spec().dependencies()) {
                    if (dependency.index() == child.spec().index()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
