package io.coppice.worker.runtime;

import io.coppice.state.LayoutMismatchException;
import io.coppice.state.Phase;
import io.coppice.worker.Daemon;
import org.jspecify.annotations.Nullable;

/**
 * All that the duty cycle does to the world: its segment, the clock, the log. Loop thread only. None of the methods
 * allocates, the reporting of failures excepted.
 */
interface WorkerPort {
    /** Stores the phase in the segment and tells the root that it changed. */
    void phase(Phase phase);

    /** Stores the text of the exception that ends this worker; cut to what the segment has room for. */
    void lastWords(String text);

    void bumpHeartbeat();

    /**
     * Before the daemon's start, as a part of it.
     *
     * @throws LayoutMismatchException as the start may
     */
    default void beforeStart() {}

    /**
     * Before each step. What it changes it commits, so that the step cannot undo it.
     *
     * @throws RuntimeException as the step may
     */
    default void beginTurn() {}

    /** Whether {@link #beginTurn} has something to do, so that a pause which the daemon asked for should end. */
    default boolean endsPause() {
        return false;
    }

    /** Bumps the heartbeat and announces that the next one may take this long. */
    void busy(long atMostMs);

    void commit();

    /** Commits what a step changed, and takes the checkpoint that is due. */
    void commitStep();

    /** A checkpoint is due after the next commit of a step. */
    void requestCheckpoint();

    /**
     * Start met structures of another layout: does what the manifest declares for that.
     *
     * @return false if that is to refuse; nothing has changed
     * @throws Exception if the contents could not be set aside, or the migration failed; they are as before
     */
    boolean evolve(Daemon daemon, LayoutMismatchException mismatch) throws Exception;

    void rollback();

    /** Monotonic, of this process only. */
    long nanoTime();

    /** Returns after that many nanoseconds, when a stop is requested, or sooner for no reason at all. */
    void park(long ns);

    /** Writes to the worker's log, with the trace if there is one. */
    void log(String line, @Nullable Throwable thrown);
}
