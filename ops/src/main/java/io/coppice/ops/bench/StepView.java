package io.coppice.ops.bench;

import java.io.Closeable;

/**
 * What a supervised process leaves word of its steps in, mapped read-only. One thread. Nothing here allocates, so that it can be looked at
 * in a loop.
 */
interface StepView extends Closeable {
    /** Number of the process that has the state, or had it last; each successor has a higher one. */
    long incarnation();

    /**
     * At least how many steps of the process with the present {@link #incarnation} are committed; more than 0 as soon as one is. To be
     * asked for after the incarnation.
     */
    long steps();

    /** Process id of that process. */
    int pid();

    /** Unmaps. */
    @Override
    void close();
}
