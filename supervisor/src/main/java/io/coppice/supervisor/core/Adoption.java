package io.coppice.supervisor.core;

/**
 * What a root makes of the state that a dead root had recorded, process by process. A root records what it decided before it
 * acts on it, so the record says what the world may be like, and acting on it once more is enough:
 *
 * <pre>
 *  recorded               what may be                                        what follows
 *  SPAWNING, ABANDONING   none, or one that ends: its pipe was closed        launched anew, or stopped, as wanted
 *    without a process      by the root's death, and it owns nothing
 *  HELD, a standby before alive, and let go or not; or it ended unseen       let go, perhaps again: it reads one line only
 *  HELD                   held, and about to end as above; or released,      it says so itself (its phase), or the shell sees
 *                           if the root died right after that                it; what ends before that is launched anew
 *  STARTING, READY        alive, or it ended unseen                          goes on; or the death rules
 *  ABANDONING, DUMPING    alive, or it ended unseen                          the deadline on record holds
 *  STOPPING, KILLING      the signal was sent, or not                        it is sent again, also in place of a
 *                                                                              shutdown command
 *  all others             no process                                         goes on: backoff, failed, waiting, …
 * </pre>
 *
 * <p>Incarnations, restarts, failures within the period, backoff, what the poison rule counts, deadlines and what operators want
 * go on as if nothing had happened. Nothing is launched before every process on record has been told of.
 */
final class Adoption {
    /** Of a plain command that is to run at most once, and perhaps did. */
    static final String PERHAPS_RAN =
            "the root died while it let it go; whether it ran is not known, and it is not to be restarted";

    /** How long a held process may take to notice that its pipe is closed: a JVM that boots on a busy machine takes seconds. */
    static final long HELD_GRACE_NS = 30_000_000_000L;

    private Adoption() {}

    /** A child as its root had recorded it, before it is told of its process. */
    static ChildState resume(ChildState recorded, ChildSpec spec, boolean endWasAsked, long nowNs) {
        ChildDraft child = new ChildDraft(recorded, spec);
        if (endWasAsked) {
            child.wanted = spec.slot() == null ? Wanted.UP : Wanted.DOWN;
            child.startAfresh();
        }
        child.standbys = StandbyRules.resume(child.standbys);
        switch (recorded.phase()) {
            case SPAWNING -> {
                child.work = child.work.gone();
                child.enter(ChildPhase.WAITING, nowNs, ChildState.NEVER);
            }
            case ABANDONING -> {
                if (!child.hasProcess()) {
                    withoutProcess(child, nowNs);
                }
            }
            case HELD -> {
                if (!child.assigned) {
                    // Its pipe is closed. If it was released before that, it will be heard of.
                    child.stopAsked = true;
                    child.deadlineNs = Transition.after(nowNs, HELD_GRACE_NS);
                }
            }
            case STARTING -> {
                StartTimeouts timeouts = spec.startTimeouts();
                child.deadlineNs = timeouts.ofNs(child.start.stage()) == 0
                        ? ChildState.NEVER
                        : Transition.after(child.start.sinceNs(), Math.max(0, child.start.leftNs(timeouts)));
            }
            case STOPPED, FAILED, COMPLETED -> {
                if (endWasAsked && spec.slot() == null) {
                    child.restartDue = false;
                    child.enter(ChildPhase.WAITING, nowNs, ChildState.NEVER);
                }
            }
            case WAITING, READY, DUMPING, STOPPING, KILLING, BACKOFF -> {}
        }
        return child.state();
    }

    private static void withoutProcess(ChildDraft child, long nowNs) {
        child.clearProcess();
        child.work = child.work.gone();
        child.restartDue = false;
        child.enter(child.wanted == Wanted.UP ? ChildPhase.WAITING : ChildPhase.STOPPED, nowNs, ChildState.NEVER);
    }

    static void adopted(Transition transition, Event.Adopted event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child == null || !child.hasProcess() || transition.phase != SupervisorState.Phase.ADOPTING) {
            return;
        }
        transition.record(child, EventType.ADOPTED, child.phase().published().word());
        if (child.phase() == ChildPhase.STOPPING) {
            EndRules.askAgain(transition, child);
        } else if (child.phase() == ChildPhase.KILLING) {
            transition.command(new Command.KillGroup(child.index(), child.incarnation));
        } else if (child.phase() == ChildPhase.HELD && child.assigned) {
            transition.command(Command.Release.of(child));
        }
    }

    /** It neither ends nor shows that it runs. What may run at most once is not launched again after that. */
    static void heldTooLong(Transition transition, ChildDraft child) {
        child.stopAsked = child.spec.hasSegment() || child.spec.restart() != RestartPolicy.NEVER;
        EndRules.kill(
                transition,
                child,
                EventType.KILLED,
                "the root that launched it died before it recorded whether it had let it go");
    }

    /** Whether one that was found held has been released all the same: its segment tells of it. */
    static boolean ranAfterAll(ChildDraft child, StepProgress progress) {
        boolean assigned = child.phase() == ChildPhase.HELD && child.assigned;
        return (isFoundHeld(child) || assigned) && progress != StepProgress.UNKNOWN;
    }

    /** Whether one that was found held, and ended unseen, may have been released. Of one with a segment, that says so. */
    static boolean perhapsRan(ChildDraft child, ExitStatus status) {
        return isFoundHeld(child) && (status instanceof ExitStatus.Unknown || status instanceof ExitStatus.Unwitnessed);
    }

    /** In HELD an end is asked for of an adopted child only; whom an operator asks for becomes ABANDONING. */
    private static boolean isFoundHeld(ChildDraft child) {
        return child.phase() == ChildPhase.HELD && child.stopAsked;
    }

    static String text(Transition transition) {
        int adopted = 0;
        for (int i = 0; i < transition.childCount(); i++) {
            adopted += transition.childBefore(i).hasProcess() ? 1 : 0;
        }
        return Counted.children(transition.childCount()) + ", " + adopted + " of them taken over from a root that died";
    }
}
