package io.coppice.supervisor.core;

import io.coppice.supervisor.core.ChildState.OperatorKill;
import io.coppice.supervisor.core.ChildState.Verdict;

/** What follows when a child has ended, or could not be spawned: the restart policy. */
final class DeathRules {
    private DeathRules() {}

    static void died(Transition transition, ChildDraft child, Event.Exited event) {
        ExitStatus status = event.status();
        boolean neverRan = LastExits.held(child.phase());
        boolean perhapsRan = neverRan && Adoption.perhapsRan(child, status);
        boolean unreleased = neverRan && LastExits.isCode(status, LastExits.NOT_RELEASED_CODE);
        boolean stopAsked = transition.isEnding(child.index());
        boolean byOperator = child.verdict == Verdict.NONE && causedBy(child, status, transition.nowNs);
        LastExit exit = LastExits.of(
                child, status, event.lastWords(), event.killedFor(), stopAsked || byOperator, transition.nowNs);
        if (child.spec.slot() == null || event.progress() != StepProgress.DONE) {
            transition.record(child, EventType.EXITED, exit.text());
        }
        if (!unreleased && !perhapsRan && !event.ofArchive()) {
            child.lastExit = exit;
        }
        boolean unhealthy = child.verdict == Verdict.UNHEALTHY;
        boolean standbyLost = isStandbyLost(child, status, neverRan);
        long readyAtNs = child.readyAtNs;
        boolean poisoned = PoisonRules.isPoisoned(child, status, event.progress());
        PoisonRules.onDeath(child, event.progress(), transition.nowNs);
        transition.gone(child);
        if (child.spec.slot() != null) {
            boolean free = stopAsked || standbyLost || event.ofArchive() || byOperator;
            TransactionRules.died(
                    transition, child, event.progress(), exit, blame(free, unreleased || perhapsRan, status));
            return;
        }

        ExitRules exits = child.spec.exits();
        boolean prevented = !neverRan && exits.prevent().has(status);
        boolean forced = !neverRan && !prevented && exits.force().has(status);
        boolean done = !neverRan
                && !forced
                && !unhealthy
                && exits.isSuccess(status)
                && (prevented || child.spec.restart() != RestartPolicy.ALWAYS);
        if (child.wanted == Wanted.DOWN) {
            if (done && !stopAsked) {
                completed(transition, child);
            } else {
                stopped(transition, child);
            }
        } else if (perhapsRan && child.spec.restart() == RestartPolicy.NEVER) {
            failed(transition, child, Adoption.PERHAPS_RAN);
        } else if (stopAsked) {
            endedAsAsked(transition, child, child.orders.fate());
        } else if (standbyLost || event.ofArchive()) {
            // The next JVM has no archive, so that this happens once.
            child.restartDue = true;
            LaunchRules.launch(transition, child);
        } else if (unreleased) {
            restart(transition, child);
        } else if (child.spec.hasSegment() && LastExits.isCode(status, LastExits.FAIL_CODE)) {
            failed(transition, child, "it asked not to be restarted: " + exit.text());
        } else if (byOperator && (child.spec.restart() != RestartPolicy.NEVER || forced)) {
            child.restartDue = true;
            GroupRules.takeSiblingsDown(transition, child);
            LaunchRules.launch(transition, child);
        } else if (done) {
            completed(transition, child);
        } else if (prevented) {
            failed(transition, child, "not to be restarted after that: " + exit.text());
        } else {
            failure(transition, child, exit, readyAtNs, poisoned, forced);
        }
        if (!stopAsked) {
            SignificantRules.endedByItself(transition, child);
        }
        if (!neverRan && child.phase() != ChildPhase.COMPLETED && transition.phase != SupervisorState.Phase.STOPPING) {
            EndRules.restartDependents(transition, child);
        }
    }

    private static Blame blame(boolean free, boolean notReleased, ExitStatus status) {
        if (free) {
            return Blame.NOBODYS;
        }
        if (notReleased) {
            return Blame.THE_ROOTS;
        }
        return LastExits.isCode(status, LastExits.FAIL_CODE) ? Blame.ITS_OWN_FOR_GOOD : Blame.ITS_OWN;
    }

    /** What follows when it has ended because it was asked to, or is asked to without a process, and is wanted up. */
    static void endedAsAsked(Transition transition, ChildDraft child, Orders.Fate fate) {
        switch (fate) {
            case RESTART -> LaunchRules.launch(transition, child);
            case COMPLETE ->
                transition.enter(
                        child, ChildPhase.COMPLETED, ChildState.NEVER, EventType.COMPLETED, "its group has ended");
            case FAIL -> failed(transition, child, "it was ended with its group, and is not to be started again");
        }
    }

    /**
     * Whether it was a standby that was assigned, and has not got anywhere by no doing of its own: that says nothing of the child, and
     * costs it nothing. There are only as many as were parked; what is launched cold after them is judged as ever.
     */
    private static boolean isStandbyLost(ChildDraft child, ExitStatus status, boolean neverRan) {
        boolean fromOutside = !(status instanceof ExitStatus.Exited)
                && !(status instanceof ExitStatus.Signaled signaled && signaled.signal() != Signals.KILL);
        return child.assigned
                && child.readyAtNs == ChildState.NEVER
                && child.verdict == Verdict.NONE
                && (neverRan || (fromOutside && child.spec.restart() != RestartPolicy.NEVER));
    }

    static void spawnFailed(Transition transition, ChildDraft child, String reason) {
        boolean stopAsked = transition.isEnding(child.index());
        transition.gone(child);
        LastExit exit = LastExits.spawnFailed(child, reason, transition.nowNs);
        transition.record(child, EventType.SPAWN_FAILED, reason);
        if (child.spec.slot() != null) {
            child.lastExit = exit;
            TransactionRules.died(
                    transition, child, StepProgress.UNKNOWN, exit, stopAsked ? Blame.NOBODYS : Blame.ITS_OWN);
        } else if (!stopAsked) {
            child.lastExit = exit;
            failure(transition, child, exit, ChildState.NEVER, false, false);
            SignificantRules.endedByItself(transition, child);
        } else if (child.wanted == Wanted.DOWN) {
            stopped(transition, child);
        } else {
            endedAsAsked(transition, child, child.orders.fate());
        }
    }

    static void stopped(Transition transition, ChildDraft child) {
        child.restartDue = false;
        boolean asked = transition.exitCode != GroupRules.GAVE_UP_CODE;
        transition.enter(
                child,
                ChildPhase.STOPPED,
                ChildState.NEVER,
                EventType.STOPPED,
                asked ? "as asked" : "because the root gave up");
        LaunchRules.tellThoseWaitingFor(transition, child);
    }

    private static void completed(Transition transition, ChildDraft child) {
        transition.enter(child, ChildPhase.COMPLETED, ChildState.NEVER, EventType.COMPLETED, "");
    }

    private static void failed(Transition transition, ChildDraft child, String text) {
        transition.enter(child, ChildPhase.FAILED, ChildState.NEVER, EventType.FAILED, text);
        LaunchRules.tellThoseWaitingFor(transition, child);
    }

    private static void failure(
            Transition transition, ChildDraft child, LastExit exit, long readyAtNs, boolean poisoned, boolean forced) {
        ChildSpec spec = child.spec;
        if (spec.restart() == RestartPolicy.NEVER && !forced) {
            failed(transition, child, exit.text());
            return;
        }
        if (readyAtNs != ChildState.NEVER
                && transition.nowNs - readyAtNs >= spec.backoff().resetAfterNs()) {
            child.failures = child.failures.withoutStreak();
        }
        // A fall-back that is still to come must not be cut off by the restarts that lead to it; each counts as one.
        boolean ofPoisonOnly = poisoned && spec.maxRestarts() != 0 && PoisonRules.mayFallBack(child);
        int fallbacksBefore = child.poison.fallbacks();
        if (poisoned && PoisonRules.countAndGiveUp(transition, child)) {
            gaveUp(transition, child, PoisonRules.reason(child, exit));
            return;
        }
        boolean counts = !ofPoisonOnly || child.poison.fallbacks() > fallbacksBefore;
        if (counts && spec.maxRestarts() != ChildSpec.UNLIMITED) {
            child.failures = child.failures.withFailure(transition.nowNs, spec.periodNs());
            int count = child.failures.recentNs().size();
            if (count > spec.maxRestarts()) {
                gaveUp(
                        transition,
                        child,
                        "gave up: " + Counted.of(count, "failure") + " within " + DurationText.of(spec.periodNs())
                                + ", " + Counted.of(spec.maxRestarts(), "restart") + " allowed; last: " + exit.text());
                return;
            }
        }
        if (GroupRules.memberRestarts(transition, child, exit.text())) {
            restart(transition, child);
        }
    }

    /** Its restarts are used up. */
    private static void gaveUp(Transition transition, ChildDraft child, String text) {
        if (child.spec.membership().escalates()) {
            GroupRules.memberGaveUp(transition, child, text);
        } else {
            failed(transition, child, text);
        }
    }

    static void restart(Transition transition, ChildDraft child) {
        child.restartDue = true;
        child.failures = child.failures.withRestart();
        long delayNs = child.spec.backoff().delayNs(child.failures.streak(), salt(transition, child));
        if (delayNs == 0) {
            LaunchRules.launch(transition, child);
        } else {
            transition.enter(
                    child,
                    ChildPhase.BACKOFF,
                    transition.after(delayNs),
                    EventType.BACKOFF,
                    "restart in " + DurationText.of(delayNs));
        }
    }

    /** Differs from child to child and from time to time; the clock differs from machine to machine. */
    private static long salt(Transition transition, ChildDraft child) {
        return transition.nowNs * 31 + child.spec.name().hashCode();
    }

    /**
     * Whether this death is the one that the operator's kill asked for: it names that signal; or it came within the time
     * that the child has for a shutdown, and is not a plain completion. A signal that asks for an orderly end (TERM, INT;
     * of JVMs HUP; of others QUIT) may be answered by exit code 0: that child was cut short and has not completed.
     */
    private static boolean causedBy(ChildDraft child, ExitStatus status, long nowNs) {
        OperatorKill kill = child.operatorKill;
        if (kill == null) {
            return false;
        }
        if (status instanceof ExitStatus.Signaled signaled && signaled.signal() == kill.signalNumber()) {
            return true;
        }
        if (LastExits.isCode(status, LastExits.SIGNAL_CODE_BASE + kill.signalNumber())) {
            return true;
        }
        if (nowNs - kill.atNs() > child.spec.shutdownTimeoutNs()) {
            return false;
        }
        return !LastExits.isCode(status, 0) || Signals.asksForOrderlyEnd(kill.signalNumber(), child.spec.hasSegment());
    }
}
