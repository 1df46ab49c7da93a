package io.coppice.worker.runtime;

import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RequestId;
import io.coppice.state.Requests;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.SnapshotResult;
import io.coppice.state.StateView;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildRow;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.WantedCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** A daemon's segment with requests in it, and a slot's, as the root and a daemon would have made them; and eyes on the slot. */
final class HandMadeDaemon implements AutoCloseable {
    static final int STATE_BYTES = 256 << 10;
    static final int INPUT_BYTES = 256;
    private static final int ENTRIES = 16;

    final Path segment;
    final Path root;
    final TransactionArguments arguments;
    final OwnedSegment owned;
    final Requests requests;
    final ReadOnlySegment slot;
    private long sequence;

    HandMadeDaemon(Path directory) throws Exception {
        segment = directory.resolve("thumbs.seg");
        root = directory.resolve("root.seg");
        String slots = directory.resolve("thumbs@").toString();
        arguments = new TransactionArguments(
                "shop", "thumbs", segment, slots, slots, Optional.of(root), Optional.empty(), null);
        create(segment, "thumbs");
        create(arguments.segment(1), "thumbs@1");
        owned = SegmentFile.openOwned(segment, directory.resolve("thumbs.lock"), OwnPid.get(), 1);
        owned.recover();
        requests = owned.requests(ENTRIES, INPUT_BYTES);
        owned.state().commit();
        slot = SegmentFile.openReadOnly(arguments.segment(1));
    }

    private static void create(Path file, String name) throws Exception {
        create(file, new SegmentSpec("shop", name, SegmentSpec.KIND_DAEMON, STATE_BYTES));
    }

    private static void create(Path file, SegmentSpec spec) throws Exception {
        try (RandomAccessFile reserved = new RandomAccessFile(file.toFile(), "rw")) {
            reserved.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
        OwnerFiles.makeDirectory(OwnerFiles.directory(file));
    }

    /** Submits and commits; of earlier requests the oldest goes if there is no room. */
    long submit(Class<?> task, String input) {
        return submit(task.getName(), input);
    }

    long submit(String task, String input) {
        long id = RequestId.of(1, ++sequence);
        if (requests.size() == requests.capacity()) {
            requests.free(requests.find(RequestId.of(1, sequence - ENTRIES)));
        }
        requests.add(id, task, input.getBytes(StandardCharsets.UTF_8));
        owned.state().commit();
        return id;
    }

    /** Has a root say how the last process of the slot, which worked on that request, has ended. */
    void recordExit(long id, ExitKind kind, String text) throws Exception {
        create(root, RootSegment.spec("shop"));
        try (RootSegment table = RootSegment.open(root, OwnPid.get(), 1)) {
            ChildRow row = table.child(0);
            row.reset("thumbs@1", ChildKind.TRANSACTION);
            row.state(ChildStateCode.STARTING);
            row.wanted(WantedCode.UP);
            row.request(id);
            row.lastExit(kind, -1, 9, 5, text);
            table.childCount(1);
            table.commit();
        }
    }

    /** The slot's contents, as the daemon's runtime reads them. */
    StateView contents() {
        SnapshotResult result = slot.snapshot();
        if (result instanceof SnapshotResult.Snapshot snapshot) {
            return snapshot.view();
        }
        throw new AssertionError(String.valueOf(result));
    }

    byte[] result(long id) {
        return slot.result(id, STATE_BYTES);
    }

    String text(long id) {
        return new String(result(id), StandardCharsets.UTF_8);
    }

    /** A line that releases a process for the slot. */
    static String line(long id, int attempt, String previous) {
        return "go " + attempt + " " + previous + " slot 1 " + id + " " + attempt;
    }

    static String first(long id) {
        return line(id, 1, "none 0 - 0");
    }

    @Override
    public void close() throws IOException {
        slot.close();
        owned.close();
    }
}
