package io.coppice.worker.runtime;

import io.coppice.state.AppendLog;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildRow;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.WantedCode;
import io.coppice.worker.Codec;
import io.coppice.worker.TaskType;
import io.coppice.worker.TransactionContext;
import io.coppice.worker.TypedTask;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A daemon's side of its transactions on real segments, of two slots; the test is the slots' processes and the root. */
@SuppressWarnings("NullAway.Init") // open() comes before any test.
abstract class LedgerOnSegments {
    /** Never made here; only its name is submitted. */
    static final class Upper implements TypedTask<String, String> {
        static final TaskType<String, String> TYPE = TaskType.of(Upper.class, Codec.UTF_8, Codec.UTF_8);

        @Override
        public TaskType<String, String> type() {
            return TYPE;
        }

        @Override
        public String perform(TransactionContext context, String input) {
            return input;
        }
    }

    static final int STATE_BYTES = 256 << 10;
    private static final int SLOTS = 2;

    @TempDir
    Path directory;

    final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final TransactionLimits declared;
    RootSegment root;
    OwnedSegment segment;
    TransactingPort port;
    TransactionLedger ledger;
    private TransactionLimits limits;
    private SegmentTransactions segments;
    private @Nullable TransactionDesk desk;

    LedgerOnSegments(TransactionLimits declared) {
        this.declared = declared;
    }

    private static void create(Path file, SegmentSpec spec) throws Exception {
        try (RandomAccessFile reserved = new RandomAccessFile(file.toFile(), "rw")) {
            reserved.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
    }

    /** An empty segment, as the root makes it. */
    final void create(String name) throws Exception {
        create(file(name), new SegmentSpec("shop", name, SegmentSpec.KIND_DAEMON, STATE_BYTES));
    }

    final Path file(String name) {
        return directory.resolve(name + ".seg");
    }

    final Path slot(int slot) {
        return file("thumbs@" + slot);
    }

    @BeforeEach
    void open() throws Exception {
        create(file("root"), RootSegment.spec("shop"));
        root = RootSegment.open(file("root"), 42, 1);
        root.begin(42, 1, "boot", 1);
        for (int row = 0; row <= SLOTS; row++) {
            String name = row == 0 ? "thumbs" : "thumbs@" + row;
            root.child(row).reset(name, row == 0 ? ChildKind.DAEMON : ChildKind.TRANSACTION);
            root.child(row).state(ChildStateCode.STOPPED);
            root.child(row).wanted(WantedCode.DOWN);
            create(name);
        }
        root.childCount(1 + SLOTS);
        root.commit();
        live();
    }

    @AfterEach
    void close() throws Exception {
        segment.close();
        root.close();
    }

    /** A process of the daemon begins. */
    final void live() throws Exception {
        live(declared);
    }

    final void live(TransactionLimits present) throws Exception {
        limits = present;
        segment = SegmentFile.openOwned(file("thumbs"), directory.resolve("thumbs.lock"), OwnPid.get(), 1);
        segment.recover();
        WorkerLog log = new WorkerLog(new PrintStream(logged, true, StandardCharsets.UTF_8), "thumbs");
        WorkerPort world = world(new SegmentPort(segment, RootNotifier.toNobody(), StatePolicy.DEFAULT, null, log));
        segments = new SegmentTransactions(
                segment,
                "thumbs",
                new DaemonTransactions(limits, file("root"), List.of(slot(1), slot(2)), directory),
                OwnerFiles.directory(file("thumbs")),
                RootNotifier.toNobody(),
                world);
        ledger = new TransactionLedger(segments, limits);
        port = new TransactingPort(world, ledger);
        desk = null;
        port.beforeStart();
    }

    /** What the daemon's process takes for the real world. */
    WorkerPort world(WorkerPort real) {
        return real;
    }

    /** Its process dies, and a successor begins. */
    final void die() throws Exception {
        segment.close();
        live();
    }

    /** Made by the thread that uses it, as it is the loop's; where tests have a limit of time, what is before each runs on another one. */
    final TransactionDesk desk() {
        TransactionDesk present = desk;
        if (present == null) {
            present = new TransactionDesk(ledger, segments, limits);
            desk = present;
        }
        return present;
    }

    final void turn() {
        port.beginTurn();
        port.commitStep();
    }

    /** A slot's process commits the result of a request. */
    final void result(int slot, long id, String result) throws Exception {
        try (OwnedSegment work =
                SegmentFile.openOwned(slot(slot), directory.resolve("thumbs@" + slot + ".lock"), 7, 1)) {
            work.recover();
            work.beginRequest(id);
            byte[] bytes = result.getBytes(StandardCharsets.UTF_8);
            AppendLog log = work.result(1, AppendLog.entryBytes(Math.max(8, bytes.length)));
            log.append(bytes, 0, bytes.length);
            work.stampResult();
            work.state().commit();
        }
    }

    /** The root says of a slot what it is at. */
    final void row(int slot, long request, ChildStateCode state) {
        ChildRow row = root.child(slot);
        row.request(request);
        row.state(state);
        root.commit();
    }
}
