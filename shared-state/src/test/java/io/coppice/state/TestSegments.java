package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.coppice.state.testing.RecordingMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** Segments in heap memory and in files of a test's own. Public so that tests of other modules may use it. */
public final class TestSegments {
    /** Creation time of all of them, so that their bytes are always the same. */
    public static final long CREATED_EPOCH_MS = 1_700_000_000_000L;

    /** What the maps of all of them start their hashes with: the one long whose hash is 0. */
    static final long HASH_SEED = CREATED_EPOCH_MS * 0x9e3779b97f4a7c15L ^ 1;

    private TestSegments() {}

    /** A formatted segment of a daemon {@code test/unit} in heap memory. */
    public static RecordingMemory formatted(int lengthBytes) {
        RecordingMemory memory = new RecordingMemory(lengthBytes);
        SegmentFile.format(memory, spec(lengthBytes), CREATED_EPOCH_MS);
        return memory;
    }

    /** Takes over a segment in memory, as a new owner; not recovered yet. */
    public static OwnedSegment own(Memory memory, long incarnation) {
        Validation.Valid valid =
                assertInstanceOf(Validation.Valid.class, SegmentHeader.read(memory, Path.of("in-memory.seg")));
        return new OwnedSegment(memory, valid.header(), 4711, incarnation, null, null, null);
    }

    /** A formatted segment of a daemon {@code test/unit} with areas for checkpoints, in heap memory. */
    static RecordingMemory formatted(int stateBytes, int checkpoints) {
        SegmentSpec spec = new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, stateBytes, checkpoints);
        RecordingMemory memory = new RecordingMemory((int) spec.lengthBytes());
        SegmentFile.format(memory, spec, CREATED_EPOCH_MS);
        return memory;
    }

    /** Takes over a segment in memory whose abandoned contents are kept in memory too. */
    static OwnedSegment own(Memory memory, long incarnation, Aside aside) {
        Validation.Valid valid =
                assertInstanceOf(Validation.Valid.class, SegmentHeader.read(memory, Path.of("in-memory.seg")));
        return new OwnedSegment(memory, valid.header(), 4711, incarnation, null, null, aside);
    }

    /** A recovered state over fresh memory. */
    public static State state(int lengthBytes) {
        OwnedSegment segment = own(formatted(lengthBytes), 1);
        segment.recover();
        return segment.state();
    }

    /** Recovers it, with a checksum of its arena from then on, or without one. */
    static void recover(OwnedSegment segment, boolean checksum) {
        segment.recover(checksum ? Checksum.ARENA : Checksum.NONE);
    }

    /** What the header then says. */
    static long code(boolean checksum) {
        return (checksum ? Checksum.ARENA : Checksum.NONE).code();
    }

    /** Reads a segment in memory. */
    public static ReadOnlySegment read(Memory memory) {
        Validation.Valid valid =
                assertInstanceOf(Validation.Valid.class, SegmentHeader.read(memory, Path.of("in-memory.seg")));
        return new ReadOnlySegment(memory, valid.header(), null);
    }

    /** A snapshot that must succeed. */
    public static StateView snapshot(ReadOnlySegment segment) {
        return assertInstanceOf(SnapshotResult.Snapshot.class, segment.snapshot())
                .view();
    }

    /** What {@link #create} makes. */
    public static SegmentSpec spec(long lengthBytes) {
        return new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, lengthBytes);
    }

    /** Creates a segment file, sized but not reserved, and what its owner needs beside it. */
    public static Path create(Path file, SegmentSpec spec) throws IOException, SegmentException {
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
        OwnerFiles.makeDirectory(OwnerFiles.directory(file));
        return file;
    }
}
