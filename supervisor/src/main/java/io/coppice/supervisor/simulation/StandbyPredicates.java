package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;

/** What must hold of standbys: a reserve, which costs its child nothing and comes after everything that people wait for. */
final class StandbyPredicates {
    private final Invariants moment;

    StandbyPredicates(Invariants moment) {
        this.moment = moment;
    }

    void onStep(SupervisorState before, Event event, Step step) {
        int child = EventParts.childOfStandby(event);
        if (child >= 0) {
            boolean endsAll = before.phase() != step.state().phase();
            costsNothing(before.child(child), step.state().child(child), event, endsAll);
        }
        boolean starting = isAnythingStarting(step.state());
        int booting = 0;
        for (int i = 0; i < step.state().children().size(); i++) {
            ChildState state = step.state().child(i);
            if (state.standbys().standbys().isEmpty()) {
                continue;
            }
            moment.check(
                    "STANDBYS_ARE_BOUNDED",
                    state.standbys().standbys().size() <= ChildSpec.MAX_STANDBYS,
                    state::toString);
            for (Standby standby : state.standbys().standbys()) {
                booting +=
                        standby.phase() == Standby.Phase.SPAWNING || standby.phase() == Standby.Phase.BOOTING ? 1 : 0;
                moment.check(
                        "RECOVERIES_COME_FIRST",
                        step.state().phase() != SupervisorState.Phase.RUNNING
                                || standby.phase() != Standby.Phase.BOOTING
                                || standby.paused() == starting,
                        () -> state.spec().name() + ": " + standby);
                moment.check(
                        "BOOTS_HAVE_AN_END",
                        standby.phase() != Standby.Phase.BOOTING
                                || standby.paused()
                                || standby.deadlineNs() != ChildState.NEVER,
                        standby::toString);
            }
        }
        int boots = booting;
        moment.check("ONE_BOOT_AT_A_TIME", boots <= 1, () -> boots + " standbys boot at once");
        for (Command command : step.commands()) {
            if (command instanceof Command.SpawnStandby) {
                moment.check("RECOVERIES_COME_FIRST", !isAnythingStarting(before), command::toString);
            } else if (command instanceof Command.AssignStandby assign) {
                Standby standby = before.child(assign.pool()).standbys().find(assign.standby());
                moment.check(
                        "ONLY_WHAT_IS_PARKED_IS_ASSIGNED",
                        standby != null
                                && (standby.phase() == Standby.Phase.PARKED || isParkedBy(event, assign))
                                && step.state().child(assign.child()).pid() == standby.pid()
                                && step.state().child(assign.pool()).standbys().find(assign.standby()) == null,
                        command::toString);
            }
        }
    }

    /**
     * Whatever becomes of a standby; only what is due by now, such as a launch that waited for its group's time, may come with it. Where all
     * daemons are completed, the last standby's end is that of the instance: what lingers in a slot is asked to end, too.
     */
    private void costsNothing(ChildState was, ChildState is, Event event, boolean endsAll) {
        boolean launchIsDue = was.phase() == ChildPhase.WAITING
                && was.deadlineNs() <= event.nowNs()
                && (is.phase() == ChildPhase.SPAWNING || is.phase() == ChildPhase.HELD)
                && is.incarnation() == was.incarnation() + 1
                && is.restarts() == was.restarts() + (was.restartDue() ? 1 : 0);
        boolean same = (was.phase() == is.phase() || (endsAll && was.work().leaving()))
                && was.incarnation() == is.incarnation()
                && was.restarts() == is.restarts();
        moment.check(
                "STANDBYS_COST_NOTHING",
                (same || launchIsDue)
                        && was.failures().equals(is.failures())
                        && was.poison().equals(is.poison()),
                () -> "from " + was + " to " + is);
    }

    /** What was due is launched with any event, and so perhaps with what is parked by that very one. */
    private static boolean isParkedBy(Event event, Command.AssignStandby assign) {
        return event instanceof Event.StandbyParked parked
                && parked.child() == assign.pool()
                && parked.standby() == assign.standby();
    }

    private static boolean isAnythingStarting(SupervisorState state) {
        for (int i = 0; i < state.children().size(); i++) {
            ChildState child = state.child(i);
            // A command that waits for its probe may do so for ever.
            boolean waitedFor =
                    child.phase() == ChildPhase.STARTING && child.spec().hasSegment();
            if (waitedFor || child.phase() == ChildPhase.SPAWNING || child.phase() == ChildPhase.HELD) {
                return true;
            }
        }
        return false;
    }
}
