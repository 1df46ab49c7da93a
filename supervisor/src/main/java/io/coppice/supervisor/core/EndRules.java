package io.coppice.supervisor.core;

import io.coppice.supervisor.core.ChildState.Verdict;

/** How the supervisor ends a process: gently, by not releasing it, or by KILL. */
final class EndRules {
    /** From the thread dump of a condemned JVM to its kill: writing some hundred threads to a log takes some 10 ms. */
    static final long DUMP_GRACE_NS = 250_000_000L;

    /** From KILL to the first remark that the process is still there; later remarks come at twice the age each. */
    static final long KILL_REMINDER_NS = 10_000_000_000L;

    private EndRules() {}

    /**
     * Asked for by stop, restart or shutdown: a child without a process, or one that is ending already, keeps its phase.
     */
    static void endAsAsked(Transition transition, ChildDraft child) {
        switch (child.phase()) {
            case SPAWNING, HELD -> abandon(transition, child);
            case STARTING, READY -> stop(transition, child);
            case ABANDONING, DUMPING, STOPPING, KILLING -> child.stopAsked = true;
            case WAITING, BACKOFF, STOPPED, FAILED, COMPLETED -> {}
        }
    }

    /** Sends the shutdown signal to the whole group. */
    static void stop(Transition transition, ChildDraft child) {
        child.stopAsked = true;
        if (child.spec.shutdownTimeoutNs() == 0) {
            kill(transition, child, EventType.KILLED, "its shutdown timeout is 0");
            return;
        }
        String signal = child.spec.shutdownSignal();
        transition.enter(
                child,
                ChildPhase.STOPPING,
                transition.after(child.spec.shutdownTimeoutNs()),
                EventType.STOPPING,
                "signal " + signal);
        transition.command(new Command.Signal(child.index(), child.incarnation, signal, true));
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
