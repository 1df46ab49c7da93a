package io.coppice.supervisor.core;

import io.coppice.supervisor.core.ChildState.Verdict;
import io.coppice.supervisor.core.SupervisorState.Phase;

/** How the supervisor ends a process: gently, by not releasing it, or by KILL. */
final class EndRules {
    /** From the thread dump of a condemned JVM to its kill: writing some hundred threads to a log takes some 10 ms. */
    static final long DUMP_GRACE_NS = 250_000_000L;

    /** From KILL to the first remark that the process is still there; later remarks come at twice the age each. */
    static final long KILL_REMINDER_NS = 10_000_000_000L;

    private EndRules() {}

    /**
     * Asked for by stop, restart, shutdown, or by its group: a child without a process, or one that is ending already, keeps its phase.
     * Those that are restarted with it are ended before it.
     */
    static void endAsAsked(Transition transition, ChildDraft child) {
        if (child.phase().occupied()) {
            restartDependents(transition, child);
        }
        switch (child.phase()) {
            case SPAWNING, HELD -> abandon(transition, child);
            case STARTING, READY -> {
                // Who else ends by this event is not known yet: all of them are told in order when it is.
                if (transition.phase != Phase.STOPPING || isNeededByEnding(transition, child.index())) {
                    child.orders = child.orders.withEndDue(true);
                } else {
                    stop(transition, child);
                }
            }
            case ABANDONING, DUMPING, STOPPING, KILLING -> child.stopAsked = true;
            case WAITING, BACKOFF, STOPPED, FAILED, COMPLETED -> {}
        }
    }

    /** Ends those that are to be restarted when this child is, or has gone. */
    static void restartDependents(Transition transition, ChildDraft child) {
        for (int i = child.index() + 1; i < transition.childCount(); i++) {
            // One that was found held is to end only as long as it does not turn out to run.
            boolean endsAnyway = transition.isEnding(i) && transition.phaseOf(i) != ChildPhase.HELD;
            if (transition.phaseOf(i).occupied() && !endsAnyway && isRestartedWith(transition, i, child)) {
                ChildDraft dependent = transition.child(i);
                dependent.restartDue = true;
                transition.record(dependent, EventType.RESTARTED_WITH, child.spec.name());
                endAsAsked(transition, dependent);
            }
        }
    }

    private static boolean isRestartedWith(Transition transition, int index, ChildDraft child) {
        for (Dependency dependency : transition.specOf(index).dependencies()) {
            if (dependency.index() == child.index() && dependency.restarts()) {
                return true;
            }
        }
        return false;
    }

    /** Whether something that depends on a child is to end as well, and has not yet. */
    private static boolean isNeededByEnding(Transition transition, int index) {
        for (int i = index + 1; i < transition.childCount(); i++) {
            boolean ends = transition.phase == Phase.STOPPING || transition.isEnding(i);
            if (!transition.phaseOf(i).occupied() || !ends) {
                continue;
            }
            for (Dependency dependency : transition.specOf(i).dependencies()) {
                if (dependency.index() == index) {
                    return true;
                }
            }
        }
        return false;
    }

    /** As at the end of the step, for whoever asked and is answered in it. */
    static void endWhatMayNow(Transition transition) {
        if (transition.phase == Phase.RUNNING) {
            TransactionRules.settle(transition);
            endWhatMay(transition);
        }
    }

    /** Tells those that are to end, and whose dependents have. */
    static void endWhatMay(Transition transition) {
        for (int i = transition.childCount() - 1; i >= 0; i--) {
            ChildPhase phase = transition.phaseOf(i);
            if (transition.ordersOf(i).endDue()
                    && (phase == ChildPhase.STARTING || phase == ChildPhase.READY)
                    && !isNeededByEnding(transition, i)) {
                stop(transition, transition.child(i));
            }
        }
    }

    /** A probe's verdict: it is asked to end, as a stop would, and its end is a failure. */
    static void endUnhealthy(Transition transition, ChildDraft child, String text) {
        child.verdict = Verdict.UNHEALTHY;
        child.operatorKill = null;
        if (child.spec.shutdownTimeoutNs() == 0) {
            kill(transition, child, EventType.UNHEALTHY, text);
            return;
        }
        ask(transition, child, EventType.UNHEALTHY, text);
    }

    /** Sends the shutdown signal to the whole group, or has the command run that is there for it. */
    static void stop(Transition transition, ChildDraft child) {
        child.stopAsked = true;
        child.orders = child.orders.withEndDue(false);
        if (child.spec.shutdownTimeoutNs() == 0) {
            kill(transition, child, EventType.KILLED, "its shutdown timeout is 0");
            return;
        }
        ask(
                transition,
                child,
                EventType.STOPPING,
                child.spec.shutdownCommand() ? "by its shutdown command" : "signal " + child.spec.shutdownSignal());
    }

    private static void ask(Transition transition, ChildDraft child, EventType type, String text) {
        transition.enter(child, ChildPhase.STOPPING, transition.after(child.spec.shutdownTimeoutNs()), type, text);
        transition.command(
                child.spec.shutdownCommand()
                        ? new Command.RunShutdownCommand(child.index(), child.incarnation)
                        : signal(child));
    }

    private static Command.Signal signal(ChildDraft child) {
        return new Command.Signal(child.index(), child.incarnation, child.spec.shutdownSignal(), true);
    }

    /** One that has asked leaves the process the rest of its time; where it failed, the signal asks. */
    static void shutdownCommandEnded(Transition transition, Event.ShutdownCommandEnded event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        String failure = event.failure();
        if (child == null || child.phase() != ChildPhase.STOPPING || failure == null) {
            return;
        }
        transition.record(
                child,
                EventType.STOPPING,
                "its shutdown command failed: " + failure + "; signal " + child.spec.shutdownSignal());
        transition.command(signal(child));
    }

    /** A root died while it asked, and perhaps before; nobody knows what came of a command. */
    static void askAgain(Transition transition, ChildDraft child) {
        transition.command(signal(child));
    }

    static void condemn(Transition transition, ChildDraft child, Verdict verdict, EventType type, String text) {
        child.verdict = verdict;
        child.operatorKill = null;
        if (child.spec.hasSegment()) {
            transition.enter(child, ChildPhase.DUMPING, transition.after(DUMP_GRACE_NS), type, text);
            transition.command(new Command.DumpThreads(child.index(), child.incarnation));
        } else {
            kill(transition, child, type, text);
        }
    }

    static void kill(Transition transition, ChildDraft child, EventType type, String text) {
        transition.enter(child, ChildPhase.KILLING, transition.after(KILL_REMINDER_NS), type, text);
        killGroup(transition, child);
    }

    /** Repeats a KILL that has not been answered. */
    static void killAgain(Transition transition, ChildDraft child) {
        long ageNs = transition.nowNs - child.sinceNs();
        child.deadlineNs = transition.after(Math.max(ageNs, KILL_REMINDER_NS));
        transition.record(
                child, EventType.KILL_UNANSWERED, "still there " + DurationText.of(ageNs) + " after it was killed");
        killGroup(transition, child);
    }

    /** In shutdown: stops each child whose dependents are all down. */
    static void stopNextInOrder(Transition transition) {
        boolean[] needed = new boolean[transition.childCount()];
        for (int i = transition.childCount() - 1; i >= 0; i--) {
            if (!needed[i]
                    && (transition.phaseOf(i) == ChildPhase.STARTING || transition.phaseOf(i) == ChildPhase.READY)) {
                stop(transition, transition.child(i));
            }
            // A child that is going down is still needed by nobody else, but it needs its own dependencies until it is
            // gone.
            if (transition.phaseOf(i).occupied()) {
                for (Dependency dependency : transition.childBefore(i).spec().dependencies()) {
                    needed[dependency.index()] = true;
                }
            }
        }
    }

    /** Shutdown was asked for again. */
    static void killAll(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            ChildDraft child = transition.child(i);
            if (child.phase() == ChildPhase.KILLING) {
                killGroup(transition, child);
            } else if (child.hasProcess()) {
                child.stopAsked = true;
                kill(transition, child, EventType.KILLED, "shutdown was asked for again");
            }
        }
    }

    private static void abandon(Transition transition, ChildDraft child) {
        child.stopAsked = true;
        long deadlineNs = child.hasProcess() ? transition.after(child.spec.shutdownTimeoutNs()) : ChildState.NEVER;
        transition.enter(child, ChildPhase.ABANDONING, deadlineNs, EventType.ABANDONED, "it will not be released");
        transition.command(new Command.AbandonHeld(child.index(), child.incarnation));
    }

    private static void killGroup(Transition transition, ChildDraft child) {
        transition.command(new Command.KillGroup(child.index(), child.incarnation));
    }
}
