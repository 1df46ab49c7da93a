package io.coppice.worker;

import io.coppice.state.State;
import java.util.Optional;

/**
 * What a {@link Task} knows of itself and may ask of its process. The task's thread only, {@link #stopRequested} excepted.
 *
 * <p>A transaction may not submit another one: checkpoints give the same benefit, without a tree to clean up.
 */
public interface TransactionContext {
    /** The instance this process belongs to, as in {@code coppice --instance}. */
    String instance();

    /** The slot this process works for: {@code thumbs@1} is the first one of the daemon {@code thumbs}. */
    String name();

    /** The same in each attempt, and no other transaction's. */
    TransactionId id();

    /** 1 for the first attempt. */
    int attempt();

    /** How the attempt before this one ended; empty in the first. */
    Optional<PreviousExit> previousExit();

    /**
     * Scratch memory that outlives this process, as long as the transaction does: empty in the first attempt; later what the last
     * {@link #checkpoint} of an earlier attempt left. Its size is the manifest's {@code transactions: {state: …}}; the result takes its
     * share.
     */
    State state();

    /** Commits what was changed in the state: the point from which a further attempt goes on. */
    void checkpoint();

    /** Whether nobody wants the result any more, or everything stops, so that a long task can end early. Any thread. */
    boolean stopRequested();
}
