package io.coppice.worker;

import io.coppice.state.Checkpoint;
import io.coppice.state.StateView;
import java.util.List;
import java.util.Optional;

/** What {@link Daemon#recover} decides by. Loop thread, and only during that call. */
public interface RecoveryContext {
    /** Number of the last commit. */
    long commitSequence();

    /** The timeline it is on; each step back started one more. */
    long timeline();

    /** Checkpoints that can be stepped back to, newest first: those whose checksums are right. */
    List<Checkpoint> checkpoints();

    /** How the predecessor ended; empty if this root launched none. */
    Optional<PreviousExit> previousExit();

    /** A copy of the contents as of the last commit, made by this call. */
    StateView contents();
}
