package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Slot;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.SupervisorState;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Each request comes to one end: a result that is adopted once, a failure for a reason, or a discard that was asked for. */
final class TransactionPredicates {
    /** What the daemons know. */
    private enum End {
        NONE,
        ADOPTED,
        FAILED,
        DISCARDED,
        /** Its daemon has stepped back behind it. */
        ABANDONED
    }

    private static final class Book {
        End end = End.NONE;
        boolean result;

        /** Deaths that may count; those that a lost root was told of count again. */
        int perhapsFailed;

        boolean gaveUpItself;
    }

    private final Invariants moment;
    private final Simulation world;
    private final ChildBooks books;
    private final Map<Long, Book> requests = new HashMap<>();
    private long lastId;
    private long adopted;
    private long failed;
    private long discarded;

    TransactionPredicates(Invariants moment, Simulation world, ChildBooks books) {
        this.moment = moment;
        this.world = world;
        this.books = books;
    }

    long nextId() {
        return ++lastId;
    }

    /** Whether whoever works on it dies of it. */
    boolean isPoison(long id) {
        return id % 7 == 3;
    }

    long adopted() {
        return adopted;
    }

    long failed() {
        return failed;
    }

    long discarded() {
        return discarded;
    }

    private Book book(long id) {
        return requests.computeIfAbsent(id, none -> new Book());
    }

    void submitted(long id) {
        book(id);
    }

    /** Its result was committed. */
    void result(long id) {
        Book book = book(id);
        moment.check("ONE_RESULT_EACH", !book.result, () -> "request " + id);
        book.result = true;
    }

    void adopted(long id) {
        Book book = book(id);
        moment.check("ADOPTED_EXACTLY_ONCE", book.result && book.end == End.NONE, () -> id + " is " + book.end);
        book.end = End.ADOPTED;
        adopted++;
    }

    void failed(long id) {
        Book book = book(id);
        moment.check("NO_RESULT_IS_LOST", !book.result && book.end == End.NONE, () -> id + " is " + book.end);
        book.end = End.FAILED;
        failed++;
    }

    void discarded(long id) {
        Book book = book(id);
        moment.check("NO_RESULT_IS_LOST", !book.result && book.end == End.NONE, () -> id + " is " + book.end);
        book.end = End.DISCARDED;
        discarded++;
    }

    void abandoned(long id) {
        book(id).end = End.ABANDONED;
    }

    /** A slot's segment begins with another request. */
    void overwritten(long id, long result) {
        if (id != 0 && result == id) {
            moment.check(
                    "NO_RESULT_IS_LOST", book(id).end != End.NONE, () -> id + " is overwritten before it is adopted");
        }
    }

    void onStep(SupervisorState before, Event event, Step step) {
        for (Command command : step.commands()) {
            Command.Spawn launch = EventParts.launchOf(command);
            if (launch != null && slotOf(step.state(), launch.child()) != null) {
                launched(step.state(), launch);
            } else if (command instanceof Command.Release release && slotOf(step.state(), release.child()) != null) {
                ChildState child = step.state().child(release.child());
                moment.check(
                        "IT_IS_TOLD_WHAT_IS_ASKED",
                        release.request() == child.work().served() && release.request() != 0 && release.attempt() > 0,
                        release::toString);
            } else if (command instanceof Command.Signal signal && signal.wholeGroup()) {
                isForAReason(before, step.state(), signal.child());
            }
        }
        if (event instanceof Event.Exited exited && slotOf(before, exited.child()) != null) {
            ended(before.child(exited.child()), exited, step);
        } else if (event instanceof Event.SpawnFailed failure && slotOf(before, failure.child()) != null) {
            notSpawned(before.child(failure.child()), failure, step);
        }
        for (ChildState child : step.state().children()) {
            if (child.spec().slot() != null
                    && child != before.child(child.spec().index())) {
                isSound(child);
                if (step.state().phase() == SupervisorState.Phase.RUNNING) {
                    worksOnWhatIsAsked(child);
                }
            }
        }
    }

    private static @Nullable Slot slotOf(SupervisorState state, int child) {
        return state.child(child).spec().slot();
    }

    private void launched(SupervisorState state, Command.Spawn launch) {
        ChildState child = state.child(launch.child());
        Slot slot = child.spec().slot();
        moment.check(
                "LAUNCHED_FOR_A_REQUEST",
                slot != null
                        && child.work().request() != 0
                        && !child.work().discard()
                        && !child.work().over()
                        && child.work().served() == child.work().request()
                        && books.of(slot.daemon()).wantedUp,
                child::toString);
    }

    private void isForAReason(SupervisorState before, SupervisorState after, int index) {
        ChildState child = after.child(index);
        Slot slot = child.spec().slot();
        if (slot == null || books.shutdown() || before.child(index).phase() == ChildPhase.ABANDONING) {
            return;
        }
        boolean unwanted = child.work().discard()
                || child.work().stopped()
                || !books.of(slot.daemon()).wantedUp
                || after.child(slot.daemon()).phase() == ChildPhase.COMPLETED
                || child.work().served() != child.work().request();
        moment.check(
                "NOBODY_IS_STOPPED_UNASKED",
                unwanted || child.launchedAs() != child.spec().launch() || child.stopAsked(),
                child::toString);
    }

    private void ended(ChildState was, Event.Exited event, Step step) {
        ChildState is = step.state().child(event.child());
        if (was.incarnation() != event.incarnation() || !was.phase().occupied()) {
            return;
        }
        Supplier<String> detail = () -> was + " ended by " + event.status() + " " + event.progress() + ", now " + is;
        long served = was.work().served();
        boolean present = served == was.work().request();
        boolean done = event.progress() == StepProgress.DONE;
        if (present && done) {
            moment.check("A_RESULT_IS_STRONGER", is.phase() == ChildPhase.COMPLETED, detail);
        } else {
            moment.check("A_RESULT_IS_STRONGER", is.phase() != ChildPhase.COMPLETED, detail);
        }
        Book book = book(served);
        if (present && !done) {
            book.gaveUpItself |= event.status() instanceof ExitStatus.Exited exited && exited.code() == 78;
            book.perhapsFailed++;
        }
        answered(was, is, book, present && !done, detail);
    }

    private void notSpawned(ChildState was, Event.SpawnFailed event, Step step) {
        ChildState is = step.state().child(event.child());
        if (was.incarnation() != event.incarnation() || !was.phase().occupied() || was.hasProcess()) {
            return;
        }
        Book book = book(was.work().served());
        boolean present = was.work().served() == was.work().request();
        book.perhapsFailed += present ? 1 : 0;
        answered(was, is, book, present, () -> was + " could not be spawned, now " + is);
    }

    private void answered(ChildState was, ChildState is, Book book, boolean failed, Supplier<String> detail) {
        ChildSpec spec = was.spec();
        switch (is.phase()) {
            case FAILED -> {
                moment.check(
                        "FAILED_FOR_A_REASON",
                        failed && (book.gaveUpItself || book.perhapsFailed > spec.maxRestarts()),
                        detail);
                moment.check("STOPPED_STAYS_STOPPED", !books.shutdown(), detail);
            }
            case COMPLETED -> {}
            case STOPPED -> {}
            case WAITING, SPAWNING, HELD, BACKOFF ->
                moment.check(
                        "STOPPED_STAYS_STOPPED", !books.shutdown() && is.work().request() != 0, detail);
            default -> moment.check("DEATH_IS_ANSWERED", false, detail);
        }
    }

    /** What runs for something else is about to end, or is left to, because it is done. */
    private void worksOnWhatIsAsked(ChildState child) {
        boolean runs = child.phase() == ChildPhase.STARTING || child.phase() == ChildPhase.READY;
        moment.check(
                "WORKS_ON_WHAT_IS_ASKED",
                !runs
                        || child.work().served() == child.work().request()
                        || child.work().leaving()
                        || child.orders().endDue(),
                child::toString);
        moment.check(
                "GIVES_UP_IN_TIME",
                child.work().over() || child.failureCount() <= child.spec().maxRestarts(),
                child::toString);
    }

    private void isSound(ChildState child) {
        Supplier<String> detail = child::toString;
        boolean lives = child.phase().occupied();
        moment.check("STATE_IS_SOUND", lives == (child.work().served() != 0), detail);
        boolean over = child.phase() == ChildPhase.COMPLETED || child.phase() == ChildPhase.FAILED;
        moment.check("STATE_IS_SOUND", !over || child.work().over(), detail);
        moment.check(
                "STATE_IS_SOUND", child.phase() != ChildPhase.READY || child.deadlineNs() != ChildState.NEVER, detail);
    }

    /** Once all has healed: what was submitted has come to an end, unless its daemon is not there to see it. */
    boolean isAnyOpen(int daemon) {
        return !world.segment(daemon).requests.entries().isEmpty();
    }
}
