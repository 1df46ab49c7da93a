package io.coppice.worker;

import io.coppice.state.Checkpoint;
import java.util.Optional;

/** What {@link Daemon#recover} decides: which contents its incarnation starts from. Immutable. */
public final class ResumeFrom {
    private static final ResumeFrom LAST_COMMIT = new ResumeFrom(Kind.LAST_COMMIT, null);
    private static final ResumeFrom ZERO = new ResumeFrom(Kind.ZERO, null);

    /** The three answers. */
    public enum Kind {
        /** The last commit: nothing is lost. */
        LAST_COMMIT,
        /** A checkpoint, on a new timeline; what came after it is kept aside. */
        CHECKPOINT,
        /** An empty state, on a new timeline; the contents are kept aside. */
        ZERO
    }

    private final Kind kind;
    private final Optional<Checkpoint> checkpoint;

    private ResumeFrom(Kind kind, @org.jspecify.annotations.Nullable Checkpoint checkpoint) {
        this.kind = kind;
        this.checkpoint = Optional.ofNullable(checkpoint);
    }

    /** Go on from the last commit. */
    public static ResumeFrom lastCommit() {
        return LAST_COMMIT;
    }

    /** Step back to one of {@link RecoveryContext#checkpoints}. */
    public static ResumeFrom checkpoint(Checkpoint checkpoint) {
        return new ResumeFrom(Kind.CHECKPOINT, checkpoint);
    }

    /** Start empty. */
    public static ResumeFrom zero() {
        return ZERO;
    }

    /** Which answer it is. */
    public Kind kind() {
        return kind;
    }

    /** The checkpoint, of that answer. */
    public Optional<Checkpoint> checkpoint() {
        return checkpoint;
    }
}
