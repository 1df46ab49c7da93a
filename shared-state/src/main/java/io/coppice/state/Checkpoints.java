package io.coppice.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Takes, finds and verifies the checkpoints of a segment. Taking is for the owner's thread; the rest reads only, trusts
 * nothing, and works on somebody else's segment too.
 *
 * <p>The stores of {@link #take}, and why no crash leaves an area that is taken for what it is not: the oldest area's number
 * becomes 0 (release), and a fence keeps what follows below that; then data and description (plain); then the number
 * (release: all of it is below). A crash in between leaves an area without a number and the others as they were. The
 * checksums are not there for crashes but for stray writers and for the hardware. Where the arena has a checksum of its own, the
 * bytes that are copied are checked against it before they get a number.
 */
final class Checkpoints {
    private static final int CHUNK = 1 << 16;

    private final Memory memory;
    private final SegmentGeometry geometry;
    private byte @Nullable [] chunk;

    Checkpoints(Memory memory, SegmentGeometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
    }

    /** Those whose description is sound, newest first; none is half-written. */
    List<Checkpoint> list() {
        List<Checkpoint> found = new ArrayList<>(geometry.checkpoints());
        for (int area = 0; area < geometry.checkpoints(); area++) {
            Checkpoint checkpoint = describe(area);
            if (checkpoint != null) {
                found.add(checkpoint);
            }
        }
        found.sort(Comparator.comparingLong(Checkpoint::number).reversed());
        return found;
    }

    /**
     * Copies the arena, which must be as of a commit, over the oldest checkpoint. Costs a copy of all that is in use.
     *
     * @throws SegmentDamagedException if what was copied is not what the commit left; the oldest checkpoint is gone then, so
     *     look before
     */
    Checkpoint take(long timeline, long commitSequence, long epochMs, ArenaChecksum checksum) {
        List<Checkpoint> kept = list();
        int area = areaToOverwrite(kept);
        long number = kept.isEmpty() ? 1 : Math.addExact(kept.get(0).number(), 1);
        long base = geometry.checkpointOffset(area);
        memory.putLongRelease(base, CheckpointLayout.NONE);
        memory.releaseFence();
        long length = usedBytes();
        byte[] header = new byte[CheckpointLayout.HEADER_LENGTH];
        NativeWords.put(header, CheckpointLayout.NUMBER_OFFSET, number);
        NativeWords.put(header, CheckpointLayout.TIMELINE_OFFSET, timeline);
        NativeWords.put(header, CheckpointLayout.COMMIT_SEQUENCE_OFFSET, commitSequence);
        NativeWords.put(header, CheckpointLayout.DATA_LENGTH_OFFSET, length);
        NativeWords.put(header, CheckpointLayout.CREATED_EPOCH_MS_OFFSET, epochMs);
        ArenaScan scan = checksum.isOn() ? checksum.scan(commitSequence) : null;
        NativeWords.put(
                header,
                CheckpointLayout.DATA_CHECKSUM_OFFSET,
                copyArena(base + CheckpointLayout.DATA_OFFSET, length, scan));
        if (scan != null) {
            checksum.require(commitSequence, scan.hash());
        }
        NativeWords.put(header, CheckpointLayout.HEADER_CHECKSUM_OFFSET, headerChecksum(header));
        int described = CheckpointLayout.TIMELINE_OFFSET;
        memory.putBytes(base + described, header, described, header.length - described);
        memory.putLongRelease(base, number);
        memory.releaseFence();
        return new Checkpoint(area, number, timeline, commitSequence, length, epochMs);
    }

    /** Whether a checkpoint is still there and its data is what was copied. Reads all of it. */
    boolean verify(Checkpoint checkpoint) {
        if (!checkpoint.equals(describe(checkpoint.area()))) {
            return false;
        }
        long base = geometry.checkpointOffset(checkpoint.area());
        long checksum = checksum(base + CheckpointLayout.DATA_OFFSET, checkpoint.dataBytes());
        memory.loadFence();
        return memory.getLong(base + CheckpointLayout.DATA_CHECKSUM_OFFSET) == checksum
                && memory.getLong(base) == checkpoint.number();
    }

    /**
     * What a checkpoint holds, empty if it is not there any more. Allocates a copy of it.
     *
     * @throws SegmentDamagedException if its data is not what was copied when it was made
     */
    Optional<StateView> contents(Checkpoint checkpoint, String segment) {
        if (!checkpoint.equals(describe(checkpoint.area()))) {
            return Optional.empty();
        }
        long base = geometry.checkpointOffset(checkpoint.area());
        byte[] data = new byte[Math.toIntExact(checkpoint.dataBytes())];
        memory.getBytes(base + CheckpointLayout.DATA_OFFSET, data, 0, data.length);
        long wanted = memory.getLong(base + CheckpointLayout.DATA_CHECKSUM_OFFSET);
        memory.loadFence();
        if (!checkpoint.equals(describe(checkpoint.area()))) {
            return Optional.empty();
        }
        CRC32C crc = new CRC32C();
        crc.update(data);
        if (crc.getValue() != wanted) {
            throw new SegmentDamagedException("The checkpoint of commit " + checkpoint.commitSequence()
                    + " is damaged: its checksum is " + Long.toHexString(crc.getValue()) + ", expected "
                    + Long.toHexString(wanted) + ".");
        }
        List<StructureInfo> structures =
                Directory.read((at, target, length) -> copy(data, at, target, length), geometry);
        List<ConsistentCopy.Range> ranges = new ArrayList<>(structures.size());
        for (StructureInfo structure : structures) {
            byte[] bytes = new byte[(int) structure.type().shape().viewedBytes(structure)];
            copy(data, structure.offsetBytes() - geometry.arenaOffset(), bytes, bytes.length);
            ranges.add(new ConsistentCopy.Range(structure.offsetBytes(), bytes));
        }
        return Optional.of(
                new StateView(segment, checkpoint.timeline(), checkpoint.commitSequence(), structures, ranges));
    }

    private static void copy(byte[] data, long at, byte[] target, int length) {
        if (at < 0 || at > data.length - length) {
            throw new SegmentDamagedException("A checkpoint's directory is damaged: block at " + at + ".");
        }
        System.arraycopy(data, (int) at, target, 0, length);
    }

    /** What an area says of itself, or null if that is nothing or cannot be. */
    @Nullable
    Checkpoint describe(int area) {
        long base = geometry.checkpointOffset(area);
        byte[] header = new byte[CheckpointLayout.HEADER_LENGTH];
        memory.getBytes(base, header, 0, header.length);
        long number = NativeWords.get(header, CheckpointLayout.NUMBER_OFFSET);
        long length = NativeWords.get(header, CheckpointLayout.DATA_LENGTH_OFFSET);
        long timeline = NativeWords.get(header, CheckpointLayout.TIMELINE_OFFSET);
        long commit = NativeWords.get(header, CheckpointLayout.COMMIT_SEQUENCE_OFFSET);
        if (number <= 0
                || timeline < Timelines.FIRST
                || commit < 0
                || length < ArenaLayout.FIRST_BLOCK_OFFSET
                || length > geometry.arenaLength()
                || (length & 7) != 0
                || NativeWords.get(header, CheckpointLayout.HEADER_CHECKSUM_OFFSET) != headerChecksum(header)) {
            return null;
        }
        return new Checkpoint(
                area,
                number,
                timeline,
                commit,
                length,
                NativeWords.get(header, CheckpointLayout.CREATED_EPOCH_MS_OFFSET));
    }

    /** One that holds none, else the oldest. */
    private int areaToOverwrite(List<Checkpoint> kept) {
        if (kept.size() == geometry.checkpoints()) {
            return kept.get(kept.size() - 1).area();
        }
        for (int area = 0; ; area++) {
            int candidate = area;
            if (kept.stream().noneMatch(checkpoint -> checkpoint.area() == candidate)) {
                return area;
            }
        }
    }

    /** The arena's header and blocks: what follows them is zero in every commit. */
    private long usedBytes() {
        long allocated = memory.getLong(geometry.arenaOffset() + ArenaLayout.ALLOCATED_BYTES_OFFSET);
        if (allocated < 0 || allocated > geometry.arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET) {
            throw new SegmentDamagedException("Directory is damaged: allocatedBytes " + allocated + ".");
        }
        return Align.up(ArenaLayout.FIRST_BLOCK_OFFSET + allocated, Long.BYTES) & -8L;
    }

    private long copyArena(long target, long length, @Nullable ArenaScan scan) {
        CRC32C crc = new CRC32C();
        byte[] bytes = chunk();
        for (long at = 0; at < length; at += CHUNK) {
            int count = (int) Math.min(CHUNK, length - at);
            memory.getBytes(geometry.arenaOffset() + at, bytes, 0, count);
            crc.update(bytes, 0, count);
            memory.putBytes(target + at, bytes, 0, count);
            if (scan != null) {
                scan.add(at, bytes, count);
            }
        }
        return crc.getValue();
    }

    private long checksum(long from, long length) {
        CRC32C crc = new CRC32C();
        byte[] bytes = chunk();
        for (long at = 0; at < length; at += CHUNK) {
            int count = (int) Math.min(CHUNK, length - at);
            memory.getBytes(from + at, bytes, 0, count);
            crc.update(bytes, 0, count);
        }
        return crc.getValue();
    }

    private byte[] chunk() {
        byte[] bytes = chunk;
        if (bytes == null) {
            bytes = new byte[CHUNK];
            chunk = bytes;
        }
        return bytes;
    }

    /** Of a description without its checksum. */
    static long headerChecksum(byte[] header) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, CheckpointLayout.HEADER_CHECKSUM_OFFSET);
        return crc.getValue();
    }
}
