package io.coppice.supervisor.core;

import io.coppice.supervisor.core.ChildState.Verdict;
import io.coppice.supervisor.core.SupervisorState.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Slots: children that are up while there is something to be worked on. What is asked for is a level, read off the daemon's segment: an id, below
 * zero once it is to be discarded, or nothing. It stands until the daemon has adopted what came of it, and only then is the slot used again.
 *
 * <pre>
 *  asked for, and its daemon wanted up   launched, once the daemon runs; again after each death, as often as the retries allow
 *  its result is committed               COMPLETED at its death, however it died and whoever wanted it to: a result is stronger than a timeout
 *  its retries are used up               FAILED, with how it last ended
 *  to be discarded                       asked to end, killed after the shutdown timeout; STOPPED
 *  its daemon wanted down, or completed  the same, but that it goes on from its checkpoint when the daemon is up again
 *  something else is asked for, or       what runs for the old request is ended; the new one is launched when nothing is left of it
 *    nothing
 * </pre>
 *
 * An end that was asked for, an operator's kill and a standby that was lost cost no attempt. A slot is in no group: what dies there is nobody else's affair.
 */
final class TransactionRules {
    /** From the daemon's adoption to the kill of a process that has committed its result and does not end. */
    static final long LINGER_NS = 5_000_000_000L;

    private TransactionRules() {}

    /** What the daemon's segment asks for has changed. */
    static void requested(Transition transition, Event.Requested event) {
        if (transition.specOf(event.child()).slot() == null || transition.phase == Phase.DONE) {
            return;
        }
        ChildDraft child = transition.child(event.child());
        long before = child.work.request();
        child.work = child.work.asked(event.request(), event.discard());
        if (child.work.request() != before) {
            child.startAfresh();
            child.restartDue = false;
            if (child.phase() == ChildPhase.COMPLETED || child.phase() == ChildPhase.FAILED) {
                // That was what the other request came to, and nobody may take it for the end of this one.
                DeathRules.stopped(transition, child);
            }
            boolean runs = child.phase() == ChildPhase.STARTING || child.phase() == ChildPhase.READY;
            if (event.done() && runs && child.work.served() == before && !child.work.leaving()) {
                child.work = child.work.left();
                if (child.phase() == ChildPhase.READY) {
                    child.deadlineNs = transition.after(LINGER_NS);
                }
            }
        }
    }

    /** While the root runs, after each event: what is up that is not wanted, and down that is. */
    static void settle(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            Slot slot = transition.specOf(i).slot();
            if (slot != null) {
                settle(transition, i, slot);
            }
        }
    }

    private static void settle(Transition transition, int index, Slot slot) {
        Work work = transition.workOf(index);
        boolean wanted = isWanted(transition, slot, work);
        ChildPhase phase = transition.phaseOf(index);
        if (wanted != (transition.wantedOf(index) == Wanted.UP)) {
            transition.child(index).wanted = wanted ? Wanted.UP : Wanted.DOWN;
        }
        switch (phase) {
            case WAITING, BACKOFF -> {
                if (!wanted) {
                    down(transition, transition.child(index));
                }
            }
            case STOPPED, FAILED, COMPLETED -> {
                if (wanted) {
                    LaunchRules.launch(transition, transition.child(index));
                } else if (work.discard() && !work.over()) {
                    down(transition, transition.child(index));
                }
            }
            case SPAWNING, HELD, STARTING, READY -> {
                if ((!wanted || work.isObsolete()) && !transition.isEnding(index) && !work.leaving()) {
                    EndRules.endAsAsked(transition, transition.child(index));
                }
            }
            case ABANDONING, DUMPING, STOPPING, KILLING -> {}
        }
    }

    private static boolean isWanted(Transition transition, Slot slot, Work work) {
        return work.request() != Work.NO_REQUEST
                && !work.discard()
                && !work.over()
                && !work.stopped()
                && transition.wantedOf(slot.daemon()) == Wanted.UP
                && transition.phaseOf(slot.daemon()) != ChildPhase.COMPLETED;
    }

    private static void down(Transition transition, ChildDraft child) {
        if (child.work.discard()) {
            child.work = child.work.ended();
        }
        DeathRules.stopped(transition, child);
    }

    /**
     * What follows when its process has ended; the draft has forgotten it.
     *
     */
    static void died(Transition transition, ChildDraft child, StepProgress progress, LastExit exit, Blame blame) {
        boolean obsolete = child.work.isObsolete();
        child.work = child.work.gone();
        if (!obsolete && progress == StepProgress.DONE) {
            child.work = child.work.ended();
            child.wanted = Wanted.DOWN;
            transition.enter(child, ChildPhase.COMPLETED, ChildState.NEVER, EventType.COMPLETED, "");
        } else if (child.wanted == Wanted.DOWN) {
            down(transition, child);
        } else if (obsolete || blame == Blame.NOBODYS) {
            child.restartDue = !obsolete;
            LaunchRules.launch(transition, child);
        } else if (blame == Blame.THE_ROOTS) {
            DeathRules.restart(transition, child);
        } else if (blame == Blame.ITS_OWN_FOR_GOOD) {
            failed(transition, child, "it asked not to be tried again: " + exit.text());
        } else {
            failure(transition, child, exit);
        }
    }

    private static void failure(Transition transition, ChildDraft child, LastExit exit) {
        int retries = child.spec.maxRestarts();
        child.failures = child.failures.withFailure(transition.nowNs, child.spec.periodNs());
        int count = child.failures.recentNs().size();
        if (retries != ChildSpec.UNLIMITED && count > retries) {
            failed(transition, child, Counted.of(count, "attempt") + " failed; the last: " + exit.text());
            return;
        }
        DeathRules.restart(transition, child);
    }

    private static void failed(Transition transition, ChildDraft child, String text) {
        child.work = child.work.ended();
        child.wanted = Wanted.DOWN;
        transition.enter(child, ChildPhase.FAILED, ChildState.NEVER, EventType.FAILED, text);
    }

    /** The time of an attempt, from when it became ready. */
    static long deadlineNs(Transition transition, @Nullable Slot slot) {
        return slot == null || slot.timeoutNs() == 0 ? ChildState.NEVER : transition.after(slot.timeoutNs());
    }

    /** That time is over, or that of one which has committed its result. */
    static void timeIsOver(Transition transition, ChildDraft child) {
        if (child.work.leaving()) {
            EndRules.kill(transition, child, EventType.KILLED, "its result is adopted, and it has not ended");
        } else {
            EndRules.condemn(transition, child, Verdict.TIMEOUT, EventType.HANG, timeoutText(child.spec));
        }
    }

    static String timeoutText(ChildSpec spec) {
        Slot slot = spec.slot();
        return "not done within " + DurationText.of(slot == null ? 0 : slot.timeoutNs());
    }
}
