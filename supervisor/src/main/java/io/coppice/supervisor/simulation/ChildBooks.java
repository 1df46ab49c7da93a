package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Orders;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StartStage;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;
import java.util.ArrayList;
import java.util.List;

/**
 * What operators asked for and what became of it, a book for each child, kept without the core. A root's successor goes on
 * from what was committed: so do the books.
 */
final class ChildBooks {
    private final List<ChildSpec> specs;
    private final List<ChildBook> books = new ArrayList<>();

    /** As they were when a root committed last. */
    private final List<ChildBook> committedBooks = new ArrayList<>();

    private boolean shutdown;
    private boolean hurried;

    /** How long the present root has heard nothing since it committed last: what it heard at the end of that may be lost with it. */
    private long silenceNs;

    ChildBooks(List<ChildSpec> specs) {
        this.specs = specs;
        for (ChildSpec spec : specs) {
            ChildBook book = new ChildBook();
            book.launchedAs = spec.launch();
            books.add(book);
            committedBooks.add(new ChildBook());
        }
    }

    ChildBook of(int child) {
        return books.get(child);
    }

    /** A shutdown was asked for, of the present root. */
    boolean shutdown() {
        return shutdown;
    }

    /** A second time. */
    boolean hurried() {
        return hurried;
    }

    /** What a root commits, its successor goes on from. */
    void onCommitted() {
        silenceNs = 0;
        for (int i = 0; i < books.size(); i++) {
            committedBooks.get(i).resume(books.get(i));
        }
    }

    /** A root has come after one that died. */
    void onAdoption(SupervisorState recorded, SupervisorState resumed, boolean endWasAsked, long rootlessNs) {
        for (int i = 0; i < books.size(); i++) {
            ChildBook book = books.get(i);
            book.resume(committedBooks.get(i));
            ChildState was = recorded.child(i);
            ChildSpec spec = resumed.child(i).spec();
            if (!Kinds.same(was.spec(), spec)) {
                book.becomesAnother(spec.launch());
                continue;
            }
            if (endWasAsked) {
                book.wantedUp = true;
                book.forgetFailures();
                book.forgetOrders();
                book.endAsked |= was.stopAsked() || was.orders().endDue();
            }
            book.unheardNs += rootlessNs + silenceNs;
            if (was.phase() == ChildPhase.HELD && !was.assigned()) {
                book.endAsked = true;
                book.foundHeld = true;
            } else if (!resumed.child(i).hasProcess()) {
                book.endLife();
            }
        }
        shutdown = false;
        hurried = false;
    }

    /** The root heard nothing for so long. */
    void onSilence(long lengthNs) {
        silenceNs += lengthNs;
        books.forEach(book -> book.unheardNs += lengthNs);
    }

    /** The instance was started again after its end. */
    void onRunAgain(SupervisorState again) {
        for (ChildState child : again.children()) {
            ChildBook book = books.get(child.spec().index());
            book.wantedUp = true;
            book.forgetFailures();
            book.forgetOrders();
            book.endLife();
            book.launchedAs = child.spec().launch();
        }
        shutdown = false;
        hurried = false;
    }

    /** Before the core's answer is judged. */
    void onEvent(SupervisorState before, Event event) {
        boolean running = before.phase() == SupervisorState.Phase.RUNNING;
        if (event instanceof Event.StopRequested stop) {
            ChildBook book = books.get(stop.child());
            book.wantedUp = false;
            book.forgetOrders();
            book.foundHeld = false;
            book.endAsked |= before.child(stop.child()).phase().occupied();
        } else if (event instanceof Event.StartRequested start && running) {
            ChildBook book = books.get(start.child());
            if (!book.wantedUp || !before.child(start.child()).phase().occupied()) {
                book.forgetFailures();
            }
            book.wantedUp = true;
            book.fate = Orders.Fate.RESTART;
        } else if (event instanceof Event.RestartRequested restart && running) {
            ChildBook book = books.get(restart.child());
            book.forgetFailures();
            book.wantedUp = true;
            book.fate = Orders.Fate.RESTART;
            book.foundHeld = false;
            book.endAsked |= before.child(restart.child()).phase().occupied();
        } else if (event instanceof Event.KillRequested kill) {
            if (before.child(kill.child()).hasProcess()) {
                books.get(kill.child()).killSignal = kill.signalNumber();
            }
        } else if (event instanceof Event.ShutdownRequested) {
            hurried = shutdown;
            ends();
        } else if (event instanceof Event.Replanned replanned && running) {
            startsAnewWhatChanged(replanned.specs(), before);
        } else if (event instanceof Event.Begin && before.phase() == SupervisorState.Phase.ADOPTING) {
            startsAnewWhatChanged(
                    before.children().stream().map(ChildState::spec).toList(), before);
        } else if (event instanceof Event.HealthChanged changed) {
            ChildState was = before.child(changed.child());
            if (was.phase() == ChildPhase.READY && was.incarnation() == changed.incarnation()) {
                books.get(changed.child()).well = changed.healthy();
            }
        } else if (event instanceof Event.ProbeFailed failed) {
            ChildState was = before.child(failed.child());
            boolean runs = was.phase() == ChildPhase.STARTING || was.phase() == ChildPhase.READY;
            books.get(failed.child()).unhealthy |= runs && was.incarnation() == failed.incarnation();
        } else if (event instanceof Event.Released released) {
            books.get(released.child()).ran |= released.incarnation() == books.get(released.child()).lastIncarnation;
        }
        if (EventParts.saysThatItRuns(event)) {
            ChildBook book = books.get(EventParts.childOf(event));
            if (EventParts.incarnationOf(event, 0) == book.lastIncarnation
                    && before.child(EventParts.childOf(event)).phase() == ChildPhase.HELD) {
                book.runsAfterAll();
            }
        }
    }

    /** The instance ends, by whosever wish. */
    void ends() {
        shutdown = true;
        books.forEach(book -> {
            book.foundHeld = false;
            book.forgetOrders();
        });
    }

    private void startsAnewWhatChanged(List<ChildSpec> plan, SupervisorState before) {
        for (ChildSpec spec : plan) {
            ChildBook book = books.get(spec.index());
            if (!Kinds.same(before.child(spec.index()).spec(), spec)) {
                book.becomesAnother(spec.launch());
                continue;
            }
            book.changed = book.wantedUp && book.launchedAs != spec.launch() && spec.slot() == null;
            if (book.changed) {
                book.forgetFailures();
                book.fate = Orders.Fate.RESTART;
                book.foundHeld = false;
                book.endAsked |= before.child(spec.index()).phase().occupied();
            }
        }
    }

    /** How lives are to end. */
    void onCommands(SupervisorState before, Step step) {
        for (Command command : step.commands()) {
            if (command instanceof Command.DumpThreads dump) {
                ChildBook book = books.get(dump.child());
                ChildState was = before.child(dump.child());
                book.condemned = true;
                book.condemnedForItsCode =
                        was.phase() == ChildPhase.STARTING && was.start().stage() != StartStage.START;
            } else if (command instanceof Command.KillGroup kill) {
                ChildSpec spec = specs.get(kill.child());
                ChildBook book = books.get(kill.child());
                if (book.foundHeld && !spec.hasSegment() && spec.restart() == RestartPolicy.NEVER && !hurried) {
                    book.endAsked = false;
                }
            } else if (command instanceof Command.Signal signal && signal.wholeGroup()) {
                books.get(signal.child()).signaled = true;
            } else if (command instanceof Command.RunShutdownCommand run) {
                books.get(run.child()).signaled = true;
            }
        }
    }
}
