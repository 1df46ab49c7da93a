package io.coppice.ops.torture;

import io.coppice.ops.torture.job.Script;
import io.coppice.ops.torture.job.SegmentOperations;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.SnapshotResult;
import io.coppice.state.State;
import io.coppice.state.StateView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A writer's contents on a real segment in this process, without a worker. */
final class TortureRig implements AutoCloseable {
    static final long SEED = 20;

    private final Path file;
    private final OwnedSegment segment;
    private final Script script = new Script(SEED, 0);
    private final SegmentOperations operations;

    TortureRig(Path directory) throws Exception {
        file = directory.resolve("writer-1.seg");
        SegmentSpec spec = new SegmentSpec("torture", "writer-1", SegmentSpec.KIND_DAEMON, 1 << 20, 2);
        try (RandomAccessFile reserved = new RandomAccessFile(file.toFile(), "rw")) {
            reserved.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
        segment = SegmentFile.openOwned(
                file,
                directory.resolve("writer-1.lock"),
                ProcessHandle.current().pid(),
                1);
        segment.recover();
        operations = new SegmentOperations(state(), 1);
        state().commit();
    }

    State state() {
        return segment.state();
    }

    /** Plays the steps up to that one; the channel has room for some hundred. */
    void playTo(long step) {
        while (operations.step() < step) {
            script.play(operations.step() + 1, operations);
            state().commit();
        }
    }

    void checkpoint() {
        segment.checkpoint();
    }

    Path file() {
        return file;
    }

    ReadOnlySegment open() throws Exception {
        return SegmentFile.openReadOnly(file);
    }

    StateView snapshot() throws Exception {
        try (ReadOnlySegment reader = open()) {
            return ((SnapshotResult.Snapshot) reader.snapshot()).view();
        }
    }

    @Override
    public void close() throws IOException {
        segment.close();
    }
}
