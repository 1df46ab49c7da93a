package io.coppice.worker;

import io.coppice.state.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a daemon knows of itself and may ask of its worker. Loop thread only, {@link #stopRequested} excepted.
 */
public interface DaemonContext {
    /** The instance this worker belongs to, as in {@code coppice --instance}. */
    String instance();

    /** The daemon's name in the manifest; of a replica with its number behind it: {@code web.2}. */
    String name();

    /** 1 for the first process of this daemon that the root launched, one more for each successor. */
    long incarnation();

    /** How the predecessor ended; empty in the first incarnation. */
    Optional<PreviousExit> previousExit();

    /** The manifest's {@code args}, in order; unmodifiable. */
    List<String> args();

    /**
     * The segment's structures, all under one commit. A channel finds its receivers among the daemons that the manifest's
     * {@code reads} lists (all, without it); one that is not there holds everything back.
     */
    State state();

    /**
     * Another daemon's state, read-only. Always the same object for a name; opens nothing by itself.
     *
     * @throws IllegalArgumentException if the manifest's {@code reads} does not list that name; the message lists what
     *     it does
     */
    Peer peer(String name);

    /**
     * Hands risky work to child JVMs.
     *
     * @throws IllegalStateException if the manifest declares no {@code transactions} for this daemon
     */
    Transactions transactions();

    /**
     * Announces that nothing will be heard of this loop for up to this long from now. Counts as a heartbeat, so a long
     * step may say it again and again. Void as soon as the step returns.
     *
     * @param atMost more than zero; from the call to the end of the step or the next call
     */
    void busy(Duration atMost);

    /**
     * Commits what the step changed so far, and bumps the heartbeat. A step that calls this is more than one commit: an
     * exception later in it rolls back to here.
     */
    void commit();

    /**
     * Asks for a checkpoint, to be taken as soon as what the step changed is committed; an exception in the step takes the
     * request back. It costs a copy of all the state in use, in the loop.
     *
     * @throws IllegalStateException if the manifest's {@code checkpoints} is 0
     */
    void checkpoint();

    /** Takes back everything changed since the last commit. */
    void rollback();

    /** Whether a stop was asked for, so that a long step can end early. Any thread. */
    boolean stopRequested();
}
