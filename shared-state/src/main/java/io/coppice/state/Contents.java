package io.coppice.state;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a segment's owner does with the contents as a whole: keeps them aside, replaces them by older ones, and finishes what
 * an owner before it died in. {@link StepBack} argues why no crash tears that. Owner's thread only; the caller detaches
 * the structures before, and attaches them after.
 */
final class Contents {
    private final CommitEngine engine;
    private final Memory memory;
    private final SegmentGeometry geometry;
    private final Checkpoints checkpoints;
    private final StepBack stepBack;
    private final @Nullable Aside aside;

    /** What the last step back set aside; null if nothing, or if none was made. */
    private @Nullable Abandoned setAside;

    /** The migration whose marker stands, null none. */
    private StepBack.@Nullable Decision migration;

    /** @param aside null for a segment whose contents nobody would keep */
    Contents(CommitEngine engine, Checkpoints checkpoints, @Nullable Aside aside) {
        this.engine = engine;
        this.memory = engine.memory;
        this.geometry = engine.geometry;
        this.checkpoints = checkpoints;
        this.stepBack = new StepBack(engine);
        this.aside = aside;
    }

    boolean migrationPending() {
        return migration != null;
    }

    Optional<Abandoned> setAside() {
        return Optional.ofNullable(setAside);
    }

    /** Finishes the step back that an owner died in, if there is one; of a migration, the part that is not the user's. */
    boolean finishPending() {
        Optional<StepBack.Decision> pending = StepBack.pending(memory);
        migration = null;
        if (pending.isEmpty()) {
            return false;
        }
        StepBack.Decision decision = pending.get();
        switch (decision.kind()) {
            case EMPTY -> makeEmpty(decision);
            case CHECKPOINT -> copyCheckpoint(decision, checkpointOf(decision));
            case ABANDONED -> {
                try {
                    copyAbandoned(decision);
                } catch (SegmentException e) {
                    throw new SegmentDamagedException(
                            "Abandoned contents were being brought back when its last owner died, and cannot be read now: "
                                    + e.getMessage(),
                            e);
                }
            }
            case MIGRATION -> {
                makeEmpty(decision);
                migration = decision;
            }
        }
        if (migration == null) {
            stepBack.finish();
        }
        engine.restore();
        return true;
    }

    void empty(boolean keep) throws SegmentException {
        setAside = null;
        if (keep) {
            keepAbandoned(0);
        }
        makeEmpty();
    }

    /** Makes them empty, and keeps nothing aside. */
    void discard() {
        setAside = null;
        makeEmpty();
    }

    private void makeEmpty() {
        StepBack.Decision decision = decide(StepBackKind.EMPTY, 0, 0);
        makeEmpty(decision);
        finish();
    }

    /** @param checkpoint verified */
    void restore(Checkpoint checkpoint) throws SegmentException {
        setAside = null;
        // A restart that steps back where its predecessor did abandons nothing, and must not push out what that one
        // did.
        if (!stepBack.isThere(memory, dataOffset(checkpoint), checkpoint.dataBytes())) {
            keepAbandoned(0);
        }
        StepBack.Decision decision = decide(StepBackKind.CHECKPOINT, checkpoint.area(), checkpoint.commitSequence());
        copyCheckpoint(decision, checkpoint);
        finish();
    }

    void restore(Abandoned abandoned) throws SegmentException {
        setAside = null;
        try (ReadOnlySegment source = open(abandoned.timeline(), abandoned.commitSequence())) {
            requireSound(source);
            keepAbandoned(abandoned.timeline());
            StepBack.Decision decision =
                    decide(StepBackKind.ABANDONED, abandoned.timeline(), abandoned.commitSequence());
            stepBack.carryOut(decision, source.memory(), geometry.arenaOffset(), geometry.arenaLength());
        }
        finish();
    }

    /**
     * Empties the arena for a migration, and answers with what to migrate. The latter comes first: whatever it is that cannot be
     * kept, read or held on the heap, nothing is decided yet then.
     */
    StateView beginMigration() throws SegmentException {
        setAside = null;
        StepBack.Decision decision = migration;
        StateView old;
        if (decision == null) {
            old = keepForMigration(timeline(), engine.sequence());
            decision = decide(StepBackKind.MIGRATION, timeline(), engine.sequence());
            migration = decision;
        } else {
            old = toMigrate(decision.source(), decision.commit());
        }
        makeEmpty(decision);
        engine.restore();
        return old;
    }

    private StateView keepForMigration(long timeline, long commit) throws SegmentException {
        keep(0);
        boolean readable = false;
        try {
            StateView old = toMigrate(timeline, commit);
            readable = true;
            return old;
        } finally {
            Aside place = aside;
            if (!readable && place != null) {
                place.discard(timeline, commit);
                setAside = null;
            }
        }
    }

    private StateView toMigrate(long timeline, long commit) throws SegmentException {
        try (ReadOnlySegment source = open(timeline, commit)) {
            requireSound(source);
            SnapshotResult result = source.snapshot();
            if (result instanceof SnapshotResult.Snapshot snapshot) {
                return snapshot.view();
            }
            throw new SegmentException("Cannot migrate segment " + engine.segment() + ": " + result);
        }
    }

    void finishMigration() {
        stepBack.finish();
        migration = null;
    }

    /** Back to what was set aside for it. The marker stands until the old contents do, so that nothing in between counts. */
    void abortMigration() throws SegmentException {
        StepBack.Decision decision = migration;
        Aside place = aside;
        if (decision != null && place != null) {
            copyAbandoned(decision);
            finish();
            place.discard(decision.source(), decision.commit());
            setAside = null;
        }
    }

    /**
     * By the records of all timelines, which are the present one's too, unless that word was damaged. If the word is one
     * ahead of them it is the present one's record that was: its number must not be used again.
     */
    private long timeline() {
        long recorded = Timelines.newestRecorded(memory);
        return History.of(memory) == recorded + 1 ? recorded + 1 : recorded;
    }

    /**
     * What a pending migration has made so far is nothing to keep (what it is made from is kept already), nor is what an
     * unfinished step back left, nor what is before the first commit.
     */
    private void keepAbandoned(long inUse) throws SegmentException {
        if (migration == null && !unfinished() && !beforeFirstCommit()) {
            keep(inUse);
        }
    }

    /** A damaged marker tells nothing: then contents that are not kept yet are taken for whole. */
    private boolean unfinished() {
        try {
            return StepBack.pending(memory).isPresent();
        } catch (SegmentDamagedException e) {
            return isKept();
        }
    }

    private boolean isKept() {
        try (ReadOnlySegment kept = open(timeline(), commitSequence())) {
            return kept.header().stateBytes() == geometry.stateBytes();
        } catch (SegmentException e) {
            return false;
        }
    }

    /** By the arena, too: the number alone may be damaged. */
    private boolean beforeFirstCommit() {
        return commitSequence() == 0
                && memory.getLong(geometry.arenaOffset() + ArenaLayout.ALLOCATED_BYTES_OFFSET) == 0;
    }

    /** As stored: the engine does not know it if recovery found damage. */
    long commitSequence() {
        return memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
    }

    private void keep(long inUse) throws SegmentException {
        Aside place = aside;
        if (place != null) {
            long committed = commitSequence();
            // What is no number of a commit was damaged; the name of the file need not tell.
            boolean number = committed >= 0 && committed <= Abandoned.MOST_COMMITS;
            setAside = place.keep(timeline(), number ? committed : 0, inUse);
        }
    }

    private ReadOnlySegment open(long timeline, long commitSequence) throws SegmentException {
        Aside place = aside;
        if (place == null) {
            throw new SegmentException("Segment " + engine.segment() + " keeps no abandoned contents.");
        }
        return place.open(timeline, commitSequence);
    }

    /**
     * While a migration is pending, its marker serves: a death before it is cleared begins the migration again. So does its
     * timeline, of which nothing counted yet: the migration would go back from a later one, and leave that on record.
     */
    private StepBack.Decision decide(StepBackKind kind, long source, long commit) {
        StepBack.Decision begun = migration;
        long next = begun == null ? Math.addExact(timeline(), 1) : begun.timeline();
        StepBack.Decision decision = new StepBack.Decision(kind, source, commit, next);
        if (begun == null) {
            stepBack.decide(decision);
        }
        return decision;
    }

    private void finish() {
        stepBack.finish();
        migration = null;
        engine.restore();
    }

    private void makeEmpty(StepBack.Decision decision) {
        stepBack.carryOut(decision, memory, 0, 0);
    }

    private Checkpoint checkpointOf(StepBack.Decision decision) {
        long area = decision.source();
        Checkpoint checkpoint = area >= 0 && area < geometry.checkpoints() ? checkpoints.describe((int) area) : null;
        if (checkpoint == null || checkpoint.commitSequence() != decision.commit() || !checkpoints.verify(checkpoint)) {
            throw new SegmentDamagedException("The step back to the checkpoint in area " + area + " of commit "
                    + decision.commit() + " was decided, and the checkpoint is damaged. Bring other contents back"
                    + " (coppice state NAME --abandoned, coppice restore NAME ID).");
        }
        return checkpoint;
    }

    private void copyCheckpoint(StepBack.Decision decision, Checkpoint checkpoint) {
        stepBack.carryOut(decision, memory, dataOffset(checkpoint), checkpoint.dataBytes());
    }

    private long dataOffset(Checkpoint checkpoint) {
        return geometry.checkpointOffset(checkpoint.area()) + CheckpointLayout.DATA_OFFSET;
    }

    private void copyAbandoned(StepBack.Decision decision) throws SegmentException {
        try (ReadOnlySegment source = open(decision.source(), decision.commit())) {
            requireSound(source);
            stepBack.carryOut(decision, source.memory(), geometry.arenaOffset(), geometry.arenaLength());
        }
    }

    /** Nothing is stepped back to that a successor could not read, or that is not exactly a commit. */
    private void requireSound(ReadOnlySegment source) throws SegmentException {
        Header found = source.header();
        if (!engine.segment().equals(found.instance() + "/" + found.name())) {
            throw new SegmentException("Cannot bring contents back to segment " + engine.segment() + ": they are of "
                    + found.instance() + "/" + found.name() + ".");
        }
        if (found.stateBytes() != geometry.stateBytes()) {
            throw new SegmentException("Cannot bring contents back to segment " + engine.segment()
                    + ": their `state` is " + found.stateBytes() + " bytes, that of the segment "
                    + geometry.stateBytes() + ". Set the manifest key `state` back first.");
        }
        Memory words = source.memory();
        SegmentGeometry layout = source.geometry();
        if (StepBack.pending(words).isPresent()
                || words.getLong(layout.undoOffset()) == source.commitSequenceAcquire() + 1) {
            throw new SegmentException("Cannot bring contents back to segment " + engine.segment()
                    + ": what was kept aside ends in the middle of a commit.");
        }
        LiveWords.check(words, layout, false);
        Directory.read(new ArenaBytes(words, layout), layout);
        if (source.checksum() == ChecksumVerdict.WRONG) {
            throw new SegmentException("Cannot bring contents back to segment " + engine.segment()
                    + ": what was kept aside is damaged, by its own checksum.");
        }
    }
}
