package io.coppice.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Copies structures as of one commit out of a segment that its owner may be changing: read (commitSequence, rollbackCount),
 * copy, copy the undo entries that count, compare the pair, undo on the copy. {@link CommitEngine} argues why that is right.
 * While a step back ({@link StepBack}) is being made there is no such commit, and the answer is the same as for an owner that
 * is too fast.
 * Reads are bounded by the segment's length, retries by a constant.
 */
final class ConsistentCopy {
    /** Tries without a pause, enough against an owner whose commits are sparser than a copy is long. */
    private static final int SPINNING_ATTEMPTS = 20;

    /** Tries in all; the later ones pause for different times, so as not to keep step with the owner. */
    private static final int ATTEMPTS = 60;

    private static final long PAUSE_NS = 50_000;

    private final Memory memory;
    private final SegmentGeometry geometry;
    private final String segment;

    ConsistentCopy(Memory memory, SegmentGeometry geometry, String segment) {
        this.memory = memory;
        this.geometry = geometry;
        this.segment = segment;
    }

    /** A piece of the arena, copied. */
    static final class Range {
        private final long offset;
        private final byte[] bytes;

        Range(long offset, byte[] bytes) {
            this.offset = offset;
            this.bytes = bytes;
        }

        long offset() {
            return offset;
        }

        /** The copied bytes themselves. */
        byte[] bytes() {
            return bytes;
        }

        /** Overwrites the words of this piece that lie in {@code words}, which belong at {@code target}. */
        void undo(long target, byte[] log, int from, int length) {
            long start = Math.max(offset, target);
            long end = Math.min(offset + bytes.length, target + length);
            if (start < end) {
                System.arraycopy(
                        log, from + (int) (start - target), bytes, (int) (start - offset), (int) (end - start));
            }
        }
    }

    /** A consistent copy of some ranges. */
    private record Copied(long timeline, long commitSequence, List<Range> ranges) {}

    /** The directory of a commit, and the allocatedBytes that it was read with. */
    private record Listed(long timeline, long allocatedBytes, List<StructureInfo> structures) {}

    /** Copies what is wanted, in ascending order of offset. */
    @FunctionalInterface
    private interface Wanted {
        List<Range> copy();
    }

    /** Structures with these names, or all. */
    SnapshotResult take(@Nullable List<String> names) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                StateView view = tryTake(names);
                if (view != null) {
                    return new SnapshotResult.Snapshot(view);
                }
                if (attempt >= SPINNING_ATTEMPTS && steppingBack()) {
                    return new SnapshotResult.Busy(attempt);
                }
                pause(attempt);
            }
            return new SnapshotResult.Busy(ATTEMPTS);
        } catch (SegmentDamagedException e) {
            return new SnapshotResult.Damaged("Segment " + segment + ": " + e.getMessage());
        }
    }

    /** The directory as of one commit, or null if the owner is too fast. */
    @Nullable
    List<StructureInfo> directory() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Listed listed = tryDirectory();
            if (listed != null || (attempt >= SPINNING_ATTEMPTS && steppingBack())) {
                return listed == null ? null : listed.structures();
            }
            pause(attempt);
        }
        return null;
    }

    /** A piece of the arena as of one commit of that timeline, or null if the owner is too fast or on another one. */
    byte @Nullable [] piece(long timeline, long offset, long length) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Copied copied = tryCopy(() -> List.of(copy(offset, length)));
            if (copied != null) {
                return copied.timeline() == timeline ? copied.ranges().get(0).bytes() : null;
            }
            if (attempt >= SPINNING_ATTEMPTS && steppingBack()) {
                return null;
            }
            pause(attempt);
        }
        return null;
    }

    /** Nothing to wait for: it takes as long as a copy of all that the segment holds, or its owner is dead. */
    private boolean steppingBack() {
        return memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE;
    }

    private @Nullable StateView tryTake(@Nullable List<String> names) {
        Listed listed = tryDirectory();
        if (listed == null) {
            return null;
        }
        List<StructureInfo> all = listed.structures();
        List<StructureInfo> wanted = names == null
                ? all
                : all.stream().filter(s -> names.contains(s.name())).toList();
        Copied copied = tryCopy(() -> {
            List<Range> ranges = new ArrayList<>(wanted.size() + 1);
            ranges.add(copyArenaHeader());
            for (StructureInfo structure : wanted) {
                ranges.add(
                        copy(structure.offsetBytes(), structure.type().shape().viewedBytes(structure)));
            }
            return ranges;
        });
        if (copied == null || !describes(listed, copied)) {
            return null;
        }
        List<Range> data = copied.ranges().subList(1, copied.ranges().size());
        return new StateView(segment, copied.timeline(), copied.commitSequence(), wanted, data);
    }

    /**
     * Whether a directory is that of a copy too, although it was read before: blocks are appended and never moved, so it is
     * while nothing was allocated, on the same timeline.
     */
    private static boolean describes(Listed listed, Copied copied) {
        return copied.timeline() == listed.timeline()
                && allocatedBytes(copied.ranges().get(0)) == listed.allocatedBytes();
    }

    private @Nullable Listed tryDirectory() {
        Copied copied = tryCopy(this::copyBlocks);
        if (copied == null) {
            return null;
        }
        return new Listed(
                copied.timeline(),
                allocatedBytes(copied.ranges().get(0)),
                Directory.read((offset, target, length) -> read(copied.ranges(), offset, target, length), geometry));
    }

    private Range copyArenaHeader() {
        return copy(geometry.arenaOffset(), ArenaLayout.FIRST_BLOCK_OFFSET);
    }

    private static long allocatedBytes(Range header) {
        return NativeWords.get(header.bytes(), ArenaLayout.ALLOCATED_BYTES_OFFSET);
    }

    private void read(List<Range> ranges, long arenaOffset, byte[] target, int length) {
        long offset = geometry.arenaOffset() + arenaOffset;
        int index = UndoLogCopy.lastStartingAtOrBefore(ranges, offset);
        if (index >= 0) {
            Range range = ranges.get(index);
            long at = offset - range.offset();
            if (at <= range.bytes().length - length) {
                System.arraycopy(range.bytes(), (int) at, target, 0, length);
                return;
            }
        }
        throw new SegmentDamagedException("Directory is damaged: block at " + arenaOffset + " is not where it was.");
    }

    /** The arena's header and the description of each block, following what may be half-written; ends in any case. */
    private List<Range> copyBlocks() {
        List<Range> ranges = new ArrayList<>();
        Range header = copyArenaHeader();
        ranges.add(header);
        long room = geometry.arenaLength();
        long allocated = allocatedBytes(header);
        long end = Math.min(room, ArenaLayout.FIRST_BLOCK_OFFSET + Math.max(0, Math.min(allocated, room)));
        long at = ArenaLayout.FIRST_BLOCK_OFFSET;
        while (end - at >= ArenaLayout.FIELDS_OFFSET && ranges.size() <= ArenaLayout.MAX_STRUCTURES) {
            Range block = copy(geometry.arenaOffset() + at, ArenaLayout.FIELDS_OFFSET);
            long total = NativeWords.get(block.bytes(), ArenaLayout.TOTAL_BYTES_OFFSET);
            int fields = NativeWords.getInt(block.bytes(), ArenaLayout.FIELD_COUNT_OFFSET);
            long described = Directory.dataOffset(Math.max(0, Math.min(fields, RecordLayout.MAX_FIELDS)));
            ranges.add(copy(geometry.arenaOffset() + at, Math.min(described, room - at)));
            if (total < ArenaLayout.FIELDS_OFFSET || total % ArenaLayout.ALIGNMENT != 0 || total > end - at) {
                break;
            }
            at += total;
        }
        return ranges;
    }

    private @Nullable Copied tryCopy(Wanted wanted) {
        long sequence = memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        long rollbacks = memory.getLongAcquire(HeaderLayout.ROLLBACK_COUNT_OFFSET);
        // In this order: a step back that begins after this read changes the count, one that ended before it is whole.
        if (memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE) {
            return null;
        }
        long timeline = memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET);
        List<Range> ranges = wanted.copy();
        memory.loadFence();
        UndoLogCopy log = UndoLogCopy.of(memory, geometry, sequence + 1);
        memory.loadFence();
        if (memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET) != sequence
                || memory.getLong(HeaderLayout.ROLLBACK_COUNT_OFFSET) != rollbacks) {
            return null;
        }
        log.undo(ranges);
        return new Copied(timeline, sequence, ranges);
    }

    private Range copy(long offset, long length) {
        byte[] bytes = new byte[(int) length];
        memory.getBytes(offset, bytes, 0, bytes.length);
        return new Range(offset, bytes);
    }

    /** Between two attempts: the later the longer, so as not to keep step with the owner. */
    static void pause(int attempt) {
        if (attempt < SPINNING_ATTEMPTS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(PAUSE_NS + (attempt * 7919L * 13) % PAUSE_NS);
        }
    }
}
