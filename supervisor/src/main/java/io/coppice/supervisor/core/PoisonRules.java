package io.coppice.supervisor.core;

import io.coppice.supervisor.core.ChildState.Verdict;

/**
 * The poison rule: a daemon that dies again and again, by its own doing, before any step of it has committed is most likely
 * killed by the contents that it resumes from. Restarting it once more on the same contents is in vain, so it falls back to
 * others where the manifest says so, or is given up; its contents are kept in both cases.
 *
 * <p>What comes from outside never counts and never resets the count: a kill by whomever, the OOM killer (SIGKILL, like any
 * other kill), an end that was asked for. Nor does what only the new code is to blame for: it wants another layout, which the
 * manifest refuses, or its recover or migrate threw, crashed, or did not return in time. A commit by a step resets it.
 *
 * <p>Which fall-backs have been made is forgotten only when an incarnation of which a step committed was ready for the
 * {@code period} of {@code max_restarts}. A commit alone is not enough: contents may let one step commit and kill the next,
 * and the same checkpoint would be gone back to for ever. So a child that does not last comes to each of its fall-backs at most
 * once, and then is given up.
 */
final class PoisonRules {
    /** Faults, aborts and forbidden calls: what only the process's own code brings about, unless somebody fakes it. */
    private static final int[] OWN_SIGNALS = {4, 5, 6, 7, 8, 11, 31};

    private PoisonRules() {}

    /** Whether this death counts, unless it was asked for. To be called before the draft forgets the process. */
    static boolean isPoisoned(ChildDraft child, ExitStatus status, StepProgress progress) {
        return child.spec.poison().crashes() > 0
                && child.spec.hasSegment()
                && !LastExits.held(child.phase())
                && progress == StepProgress.NONE
                && (child.verdict == Verdict.NONE
                        ? isOwnDoing(status) && (isOfItsContents(child) || LastExits.isDamagedContents(status))
                        : isOfItsContents(child));
    }

    /** What a recovery or migration fails of is not the commit that it starts from, but what is made of that. */
    private static boolean isOfItsContents(ChildDraft child) {
        boolean starting = child.phase() == ChildPhase.STARTING || child.verdict == Verdict.START_TIMEOUT;
        return !starting || child.start.stage() == StartStage.START;
    }

    private static boolean isOwnDoing(ExitStatus status) {
        if (status instanceof ExitStatus.Exited exited) {
            return exited.code() != 0 && !LastExits.isOutsideContents(exited.code());
        }
        if (status instanceof ExitStatus.Signaled signaled) {
            for (int own : OWN_SIGNALS) {
                if (signaled.signal() == own) {
                    return true;
                }
            }
        }
        return false;
    }

    /** To be called before the draft forgets the process. */
    static void onDeath(ChildDraft child, StepProgress progress, long nowNs) {
        if (progress == StepProgress.MADE) {
            boolean lasted = child.readyAtNs != ChildState.NEVER && nowNs - child.readyAtNs >= child.spec.periodNs();
            child.poison = lasted ? PoisonHistory.CLEAN : child.poison.withStepCommitted();
        }
    }

    static void onReady(ChildDraft child) {
        child.poison = child.poison.withNothingDue();
    }

    /** Whether there is still something to fall back to: then these deaths are left to this rule alone. */
    static boolean mayFallBack(ChildDraft child) {
        return child.poison.fallbacks() < child.spec.poison().then().size();
    }

    /**
     * Counts a poisoned death, and decides on a fall-back if it is time for one.
     *
     * @return whether the child is to be given up
     */
    static boolean countAndGiveUp(Transition transition, ChildDraft child) {
        PoisonPolicy policy = child.spec.poison();
        child.poison = child.poison.withDeath();
        if (child.poison.deaths() < policy.crashes()) {
            return false;
        }
        if (!mayFallBack(child)) {
            return true;
        }
        Fallback to = policy.then().get(child.poison.fallbacks());
        transition.record(
                child,
                EventType.FALL_BACK,
                deathsInARow(child) + ": the next incarnation sets its contents aside and falls back to "
                        + (to == Fallback.EMPTY ? "an empty state" : "its newest other checkpoint"));
        child.poison = child.poison.withFallback(to);
        return false;
    }

    /** Why it is given up. */
    static String reason(ChildDraft child, LastExit exit) {
        int fallbacks = child.poison.fallbacks();
        String after = fallbacks == 0 ? "" : ", after " + fallbacks + (fallbacks == 1 ? " fall-back" : " fall-backs");
        return "poisoned: " + deathsInARow(child) + after + ". Its data is kept: see `coppice state "
                + child.spec.name() + "`; last: " + exit.text();
    }

    private static String deathsInARow(ChildDraft child) {
        int deaths = child.poison.deaths();
        return deaths + (deaths == 1 ? " death" : " deaths in a row") + " by its own doing before a step committed";
    }
}
