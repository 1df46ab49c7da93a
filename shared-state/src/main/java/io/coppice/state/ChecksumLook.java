package io.coppice.state;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Checks the arena of somebody's segment against its checksum, without a copy of all of it: read (commitSequence,
 * rollbackCount) and the undo entries that count; read the arena piece by piece, each as the entries say it was; read the
 * commit's pair; then see that all of the former is unchanged. So an owner may die anywhere in a step, or pause; one that
 * changes something at least once per reading of the arena makes this answer that it was too busy. {@link CommitEngine} and
 * {@link ArenaChecksum} argue why what is unchanged belongs together. Any thread; reads only, retries by a constant.
 */
final class ChecksumLook {
    private static final int ATTEMPTS = 30;
    private static final long PAUSE_NS = 1_000_000;

    /** Each piece goes through all undo entries, so it is large. */
    private static final int PIECE = 1 << 20;

    private final Memory memory;
    private final SegmentGeometry geometry;

    ChecksumLook(Memory memory, SegmentGeometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
    }

    /** @throws SegmentDamagedException if the file was truncated */
    ChecksumVerdict take() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ChecksumVerdict verdict = tryTake();
            if (verdict != ChecksumVerdict.BUSY) {
                return verdict;
            }
            LockSupport.parkNanos(attempt * PAUSE_NS);
        }
        return ChecksumVerdict.BUSY;
    }

    /** One attempt, without a pause. */
    ChecksumVerdict tryTake() {
        long sequence = memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        long rollbacks = memory.getLongAcquire(HeaderLayout.ROLLBACK_COUNT_OFFSET);
        long mode = memory.getLongAcquire(HeaderLayout.ARENA_CHECKSUM_OFFSET);
        if (mode == Checksum.NONE.code()) {
            return ChecksumVerdict.NONE;
        }
        if (memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE) {
            return ChecksumVerdict.BUSY;
        }
        UndoLogCopy log = UndoLogCopy.of(memory, geometry, sequence + 1);
        memory.loadFence();
        boolean right = mode == Checksum.ARENA.code() && isRight(sequence, log);
        memory.loadFence();
        boolean unchanged = memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET) == sequence
                && memory.getLong(HeaderLayout.ROLLBACK_COUNT_OFFSET) == rollbacks
                && memory.getLong(HeaderLayout.ARENA_CHECKSUM_OFFSET) == mode
                && log.isStill(memory, sequence + 1);
        if (!unchanged) {
            return ChecksumVerdict.BUSY;
        }
        return right ? ChecksumVerdict.RIGHT : ChecksumVerdict.WRONG;
    }

    private boolean isRight(long sequence, UndoLogCopy log) {
        Directory.Source arena = (at, target, length) -> read(at, target, length, log);
        try {
            ArenaScan scan = new ArenaScan(arena, geometry, sequence);
            byte[] piece = new byte[(int) Math.min(PIECE, geometry.arenaLength())];
            for (long at = 0; at < geometry.arenaLength(); at += piece.length) {
                int length = (int) Math.min(piece.length, geometry.arenaLength() - at);
                arena.read(at, piece, length);
                scan.add(at, piece, length);
            }
            long pair = ArenaChecksum.pair(sequence);
            return memory.getLongAcquire(pair) == sequence
                    && memory.getLong(pair + HeaderLayout.ARENA_HASH_OFFSET) == scan.hash();
        } catch (SegmentDamagedException e) {
            return false; // If it is only half-written, something has changed, and that is looked at next.
        }
    }

    private void read(long at, byte[] target, int length, UndoLogCopy log) {
        memory.getBytes(geometry.arenaOffset() + at, target, 0, length);
        // A range of exactly the bytes wanted: what is shorter than the target is a description, and small.
        byte[] exact = length == target.length ? target : Arrays.copyOf(target, length);
        log.undo(List.of(new ConsistentCopy.Range(geometry.arenaOffset() + at, exact)));
        if (exact != target) {
            System.arraycopy(exact, 0, target, 0, length);
        }
    }
}
