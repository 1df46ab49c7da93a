package io.coppice.state;

import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Replaces the contents of a segment by older ones, as one atomic change. Owner's thread only.
 *
 * <h2>The stores, in order, and why no crash between any two of them can tear the state</h2>
 *
 * <ol>
 *   <li>{@link #decide}: where the step leads (plain), then the marker (release: that is below it), then a fence. <b>The
 *       marker is the decision.</b> A crash before it leaves the last commit as it was. It carries a checksum of the other
 *       words, so that a damaged word never makes a recovery throw contents away.
 *   <li>{@link #carryOut}: a result's stamp becomes 0 (release), and a fence: it is no result of what comes; rollbackCount rises
 *       to an odd number (release), and a fence; the arena's words, the publish slots' stamps and the first stamp of
 *       the undo log (0), commitSequence, the timeline's words, the arena's checksum, rollbackCount rises to an even number (release), a fence. All values are
 *       those of the decision and of a source that is only read, so recovery, which finds the marker, repeats the lot, as
 *       often as it dies in it, and no value depends on how far an earlier attempt came; but the counts, which only grow.
 *   <li>{@link #finish}: the marker becomes 0 (release: all of it is below), and a fence keeps the next change below that. A
 *       crash after it finds the new timeline, begun at the commit it was restored to, with an empty undo log.
 * </ol>
 *
 * In a migration the user's code runs between the last two, with commits of its own, which count for nothing until the
 * marker is gone: recovery empties the arena and it starts again.
 *
 * <p><b>Readers</b> look at the marker and at the timeline (or the count of rollbacks) before and after they copy. A reader
 * that copied a word of the new contents, or found a slot erased, sees the marker, or the other timeline and count, afterwards.
 */
final class StepBack {
    /** The marker's value when no step back is under way. */
    static final long NONE = 0;

    /** Bytes compared at a time: words that are as they should be already are not stored, which keeps clean pages clean. */
    private static final int PIECE = 512;

    private final CommitEngine engine;
    private final Memory memory;
    private final SegmentGeometry geometry;

    StepBack(CommitEngine engine) {
        this.engine = engine;
        this.memory = engine.memory;
        this.geometry = engine.geometry;
    }

    /**
     * A step back that is decided.
     *
     * @param source area of a checkpoint; timeline of abandoned contents or of those to migrate; 0 for an empty state
     * @param commit sequence that the new timeline starts at
     * @param timeline the new one
     */
    record Decision(StepBackKind kind, long source, long commit, long timeline) {
        private long marker() {
            byte[] words = new byte[4 * Long.BYTES];
            NativeWords.put(words, 0, kind.code());
            NativeWords.put(words, Long.BYTES, source);
            NativeWords.put(words, 2 * Long.BYTES, commit);
            NativeWords.put(words, 3 * Long.BYTES, timeline);
            CRC32C crc = new CRC32C();
            crc.update(words);
            return crc.getValue() << Integer.SIZE | kind.code();
        }
    }

    /**
     * What an owner died in, empty if nothing.
     *
     * @throws SegmentDamagedException if the marker and the words beside it do not belong together
     */
    static Optional<Decision> pending(Memory memory) {
        long marker = memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET);
        if (marker == NONE) {
            return Optional.empty();
        }
        Optional<Decision> decision = StepBackKind.of((int) marker)
                .map(kind -> new Decision(
                        kind,
                        memory.getLong(HeaderLayout.STEP_BACK_SOURCE_OFFSET),
                        memory.getLong(HeaderLayout.STEP_BACK_COMMIT_OFFSET),
                        memory.getLong(HeaderLayout.STEP_BACK_TIMELINE_OFFSET)));
        if (decision.isEmpty() || decision.get().marker() != marker) {
            throw new SegmentDamagedException("The header says that a step back to older contents was decided ("
                    + Long.toHexString(marker) + ") and not where it leads. Nothing was changed.");
        }
        return decision;
    }

    /** From here on the step back happens, whoever has to finish it. */
    void decide(Decision decision) {
        memory.putLong(HeaderLayout.STEP_BACK_SOURCE_OFFSET, decision.source());
        memory.putLong(HeaderLayout.STEP_BACK_COMMIT_OFFSET, decision.commit());
        memory.putLong(HeaderLayout.STEP_BACK_TIMELINE_OFFSET, decision.timeline());
        memory.putLongRelease(HeaderLayout.STEP_BACK_OFFSET, decision.marker());
        memory.releaseFence();
    }

    /**
     * Replaces the contents; the marker stays.
     *
     * @param source what the arena is copied from, read only
     * @param from where the copy starts in it
     * @param length bytes to copy, 0 to the arena's length; the rest of the arena becomes zero
     */
    void carryOut(Decision decision, Memory source, long from, long length) {
        engine.suspend();
        engine.eraseResult();
        engine.beginCount();
        memory.releaseFence();
        replaceArena(source, from, length);
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            memory.putLong(PublishLayout.slotOffset(geometry.publishOffset(), slot), PublishLayout.ERASED);
        }
        memory.putLong(geometry.undoOffset(), 0);
        memory.putLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET, decision.commit());
        Timelines.write(memory, decision.timeline(), decision.commit());
        engine.checksum().replaced(decision.commit());
        memory.releaseFence();
        engine.endCount();
        memory.releaseFence();
    }

    /** The new contents count. */
    void finish() {
        memory.putLongRelease(HeaderLayout.STEP_BACK_OFFSET, NONE);
        memory.releaseFence();
    }

    /**
     * Whether the arena is already, byte for byte and with nothing to undo, what {@link #carryOut} would make of it. Reads both.
     */
    boolean isThere(Memory source, long from, long length) {
        long uncommitted = memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET) + 1;
        return memory.getLong(geometry.undoOffset()) != uncommitted && differsFrom(source, from, length, false) == 0;
    }

    private void replaceArena(Memory source, long from, long length) {
        differsFrom(source, from, length, true);
    }

    /** Counts the pieces of the arena that are not as wanted, all of them if they are replaced, else up to the first. */
    private int differsFrom(Memory source, long from, long length, boolean replace) {
        byte[] wanted = new byte[PIECE];
        byte[] present = new byte[PIECE];
        int different = 0;
        for (long at = 0; at < geometry.arenaLength() && (replace || different == 0); at += PIECE) {
            int count = (int) Math.min(PIECE, geometry.arenaLength() - at);
            int copied = (int) Math.max(0, Math.min(count, length - at));
            source.getBytes(from + at, wanted, 0, copied);
            Arrays.fill(wanted, copied, count, (byte) 0);
            memory.getBytes(geometry.arenaOffset() + at, present, 0, count);
            if (!Arrays.equals(wanted, 0, count, present, 0, count)) {
                different++;
                if (replace) {
                    memory.putBytes(geometry.arenaOffset() + at, wanted, 0, count);
                }
            }
        }
        return different;
    }
}
