package io.coppice.worker;

import io.coppice.worker.future.Future;

/**
 * A submitted {@link Task}. Loop thread only.
 *
 * @param <T> of the result
 */
public interface Transaction<T> {
    /** Its name; one may keep its {@link TransactionId#value} in the daemon's state, to know it again in a successor. */
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
     * <p>It is completed by the duty cycle, before a step and in the same commit as that: what its callbacks change in the state, and that
     * this result has been taken, count together or not at all. An exception in a callback is one of the step.
     *
     * <p>To {@linkplain Future#discard discard} it takes one that waits out of the queue; one that runs is told to stop, and killed after
     * the daemon's shutdown timeout. If its result was committed before that, the future is READY all the same.
     */
    Future<T> future();
}
