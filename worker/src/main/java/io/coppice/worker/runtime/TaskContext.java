package io.coppice.worker.runtime;

import io.coppice.state.OwnedSegment;
import io.coppice.state.State;
import io.coppice.worker.PreviousExit;
import io.coppice.worker.TransactionContext;
import io.coppice.worker.TransactionId;
import java.util.Optional;

/**
 * The context of a running task.
 *
 * <p>The state is one thread's, and the task's only until it returns. So another thread is refused here, and so is everybody once the
 * task has ended; what the task has handed on before, structures and the state itself, is taken out of use by {@link
 * OwnedSegment#renewState} before the result is written. A thread that holds such a structure and stores at that very moment breaks the
 * contract in a way that cannot be caught.
 */
final class TaskContext implements TransactionContext {
    private final String instance;
    private final String name;
    private final ReleaseLine.Attempt attempt;
    private final Optional<PreviousExit> previousExit;
    private final OwnedSegment segment;
    private final StopRequest stop;
    private boolean ended;

    TaskContext(
            String instance,
            String name,
            ReleaseLine.Attempt attempt,
            Optional<PreviousExit> previousExit,
            OwnedSegment segment,
            StopRequest stop) {
        this.instance = instance;
        this.name = name;
        this.attempt = attempt;
        this.previousExit = previousExit;
        this.segment = segment;
        this.stop = stop;
    }

    @Override
    public String instance() {
        return instance;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public TransactionId id() {
        return new TransactionId(attempt.request());
    }

    @Override
    public int attempt() {
        return attempt.number();
    }

    @Override
    public Optional<PreviousExit> previousExit() {
        return previousExit;
    }

    @Override
    public State state() {
        requireTask("state()");
        return segment.state();
    }

    /** Nothing changed is no commit: so their number says how far a task got. */
    @Override
    public void checkpoint() {
        requireTask("checkpoint()");
        State state = segment.state();
        if (state.dirty()) {
            state.commit();
        }
    }

    @Override
    public boolean stopRequested() {
        return stop.requested();
    }

    /** From here on there is no task. The task's thread. */
    void end() {
        ended = true;
    }

    private void requireTask(String call) {
        Thread caller = Thread.currentThread();
        if (caller != stop.loop()) {
            throw new IllegalStateException(
                    call + ": called on thread \"" + caller.getName()
                            + "\"; the state of a transaction is its task's thread's alone. Hand what is to be stored to that thread");
        }
        if (ended) {
            throw new IllegalStateException(call + ": the task has ended");
        }
    }
}
