package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StartStage;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.SupervisorState;
import java.util.Set;

/**
 * A daemon is failed, or told to fall back, exactly after so many deaths in a row of its own making before a step committed;
 * a commit by a step begins the count anew. Each fall-back comes once, unless an incarnation lasted in between. Counted here by themselves, from what the world did.
 */
final class PoisonPredicates {
    private static final Set<Integer> FAULTS = Set.of(4, 5, 6, 7, 8, 11, 31);
    private static final Set<Integer> NOT_OF_ITS_CONTENTS = Set.of(0, 71, 72, 73, 75, 78, 125, 129, 130, 143);

    private final Invariants moment;

    PoisonPredicates(Invariants moment) {
        this.moment = moment;
    }

    /** What a death came to by the poison rule alone. */
    enum Verdict {
        NOT_COUNTED,
        /** Counted, but not by max_restarts. */
        COUNTED,
        /** Counted, and by max_restarts as well. */
        COUNTED_AS_FAILURE,
        GIVEN_UP,
        /** An operator's kill may or may not be its cause. */
        OPEN
    }

    /**
     * Before the book of that life is closed.
     *
     * @param settled the child has come to its end by this, or is not to be restarted after it
     * @param forced it is to be restarted after it, whatever its policy
     */
    Verdict death(
            ChildBook book,
            boolean asked,
            boolean settled,
            boolean forced,
            ChildState was,
            Event.Exited event,
            Step step) {
        ChildSpec spec = was.spec();
        ChildState after = step.state().child(event.child());
        if (event.progress() == StepProgress.MADE) {
            int fallbacks = book.fallbacks;
            boolean lasted = was.readyAtNs() != ChildState.NEVER && event.nowNs() - was.readyAtNs() >= spec.periodNs();
            book.forgetPoison();
            book.fallbacks = lasted ? 0 : fallbacks;
        }
        if (asked
                || settled
                || event.progress() != StepProgress.NONE
                || spec.poison().crashes() == 0
                || !isOwnDoing(book, spec, forced, event)
                || failsInWhatIsMadeOfIt(was)) {
            return Verdict.NOT_COUNTED;
        }
        if (book.killSignal != null && !book.condemned) {
            book.poisonDeaths = after.poison().deaths();
            book.fallbacks = after.poison().fallbacks();
            book.fallbackDue = after.poison().due();
            return Verdict.OPEN;
        }
        boolean last = book.fallbacks == spec.poison().then().size();
        book.poisonDeaths++;
        book.fallbackDue = null;
        boolean enough = book.poisonDeaths == spec.poison().crashes();
        if (enough && last) {
            moment.check(
                    "POISON",
                    after.phase() == ChildPhase.FAILED || spec.membership().escalates(),
                    () -> spec.name() + ": " + book.poisonDeaths + " poisoned deaths, now " + after.phase());
            return Verdict.GIVEN_UP;
        }
        if (enough) {
            book.fallbackDue = spec.poison().then().get(book.fallbacks++);
            book.poisonDeaths = 0;
        }
        boolean told = step.commands().stream()
                .anyMatch(command -> command instanceof Command.RecordEvent record
                        && record.type() == EventType.FALL_BACK
                        && record.child() == event.child());
        moment.check("POISON", told == enough, () -> spec.name() + ": falls back " + told + ", ought to " + enough);
        return enough || last || spec.maxRestarts() == 0 ? Verdict.COUNTED_AS_FAILURE : Verdict.COUNTED;
    }

    /** A recovery or migration that crashes: none here dies of damaged contents. */
    private static boolean failsInWhatIsMadeOfIt(ChildState was) {
        return was.phase() == ChildPhase.STARTING && was.start().stage() != StartStage.START;
    }

    private static boolean isOwnDoing(ChildBook book, ChildSpec spec, boolean forced, Event.Exited event) {
        if ((spec.restart() == RestartPolicy.NEVER && !forced) || book.condemnedForItsCode) {
            return false;
        }
        ExitStatus status = event.status();
        if (status instanceof ExitStatus.Exited exited) {
            return exited.code() != 78 && (book.condemned || !NOT_OF_ITS_CONTENTS.contains(exited.code()));
        }
        return book.condemned || (status instanceof ExitStatus.Signaled signaled && FAULTS.contains(signaled.signal()));
    }

    void otherEvent(ChildBook book, SupervisorState before, Event event, Step step) {
        if (event instanceof Event.BecameReady ready
                && before.child(ready.child()).phase() != ChildPhase.READY
                && step.state().child(ready.child()).phase() == ChildPhase.READY) {
            book.fallbackDue = null;
        }
    }

    void release(ChildBook book, Command.Release release) {
        moment.check(
                "POISON",
                release.fallback() == book.fallbackDue,
                () -> release + ", expected fall-back " + book.fallbackDue);
    }
}
