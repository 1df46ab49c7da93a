package io.coppice.supervisor.core;

import io.coppice.supervisor.core.SupervisorState.Phase;

/** The supervisor's decisions. Pure: the same state and event always give an equal step. */
public final class Supervisor {
    private static final String COMPLETED = "every child has completed";

    private Supervisor() {}

    /**
     * What follows from an event. Every pair of state and event has an answer; one that changes nothing gives the very
     * same state.
     *
     * @throws IndexOutOfBoundsException if the event names a child that does not exist
     * @throws IllegalArgumentException if the event's time is below zero, or a new plan lacks a child that has a process
     */
    public static Step step(SupervisorState state, Event event) {
        SupervisorState before =
                event instanceof Event.Replanned replanned ? Replanning.under(state, replanned) : state;
        Transition transition = new Transition(before, event.nowNs());
        event.applyTo(transition);
        settle(transition);
        return transition.toStep();
    }

    /** What has become possible: launches, the next stop in order, the end of the root. */
    private static void settle(Transition transition) {
        switch (transition.phase) {
            case RUNNING -> {
                TransactionRules.settle(transition);
                EndRules.endWhatMay(transition);
                if (allServedCompleted(transition)
                        && noStandbys(transition)
                        && !transition.groupSpecOf(GroupSpec.OUTERMOST).openEnded()) {
                    completed(transition);
                } else {
                    LaunchRules.launchWhatMay(transition);
                    StandbyRules.settle(transition);
                }
            }
            case STOPPING -> {
                EndRules.stopNextInOrder(transition);
                StandbyRules.settle(transition);
                if (noneOccupied(transition) && noStandbys(transition)) {
                    finish(transition, "every child is down");
                }
            }
            case ADOPTING, DONE -> {}
        }
    }

    private static void finish(Transition transition, String reason) {
        transition.phase = Phase.DONE;
        transition.recordRoot(EventType.ROOT_DONE, reason);
        transition.command(new Command.ExitRoot(transition.exitCode));
    }

    /** Nobody is left to be served: what is auxiliary is ended. */
    private static void completed(Transition transition) {
        if (noneOccupied(transition)) {
            for (int i = 0; i < transition.childCount(); i++) {
                if (transition.specOf(i).auxiliary()) {
                    EventRules.wantDown(transition, transition.child(i)); // its restart would be due some time
                }
            }
            finish(transition, COMPLETED);
        } else {
            EventRules.endInstance(transition, 0, EventType.SHUTDOWN_REQUESTED, "", COMPLETED);
            settle(transition);
        }
    }

    private static boolean allServedCompleted(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            if (transition.phaseOf(i) != ChildPhase.COMPLETED
                    && !transition.specOf(i).ungrouped()) {
                return false;
            }
        }
        return true;
    }

    private static boolean noStandbys(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            if (!transition.standbysOf(i).standbys().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static boolean noneOccupied(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            if (transition.phaseOf(i).occupied()) {
                return false;
            }
        }
        return true;
    }
}
