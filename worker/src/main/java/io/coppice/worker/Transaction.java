package io.coppice.worker;

import io.coppice.worker.future.Future;

/**
 * A submitted {@link Task}. Loop thread only.
 *
 * @param <T> of the result
 */
public interface Transaction<T> {
    /**
     * Its name; one may keep its {@link TransactionId#value} in the daemon's state, to know it again in a successor.
     *
     * @throws IllegalStateException if the step that submitted it was rolled back: then it was never submitted
     */
    TransactionId id();

    /**
     * What was submitted, by which one that was found is known. Kept until its outcome, and no longer.
     *
     * @throws IllegalStateException once it has an outcome
     */
    byte[] input();

    /**
     * What becomes of it. READY with the result; FAILED with a {@link TransactionFailedException}, or, if the codec does not take the
     * result, with what that threw; DISCARDED. Abandoned if the step that submitted it was rolled back.
     *
     * <p>It is completed by the duty cycle, before a step and in a commit of its own: what its callbacks change in the state, and that
     * this outcome has been taken, count together or not at all, whatever becomes of the step. An exception in a callback is handled as
     * one of a step, see {@link Daemon#onException}: what its callbacks changed is rolled back; if the daemon goes on, this outcome is
     * stepped over, and what {@code onException} changes counts with that; if not, its successor finds it.
     *
     * <p>To {@linkplain Future#discard discard} it takes one that waits out of the queue; one that runs is told to stop, and killed after
     * the daemon's shutdown timeout. If its result was committed before that, the future is READY all the same.
     */
    Future<T> future();
}
