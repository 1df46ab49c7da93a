package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.AppendLog;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.ReservedNames;
import io.coppice.state.SegmentFile;
import io.coppice.state.State;
import io.coppice.state.root.ExitKind;
import io.coppice.worker.Task;
import io.coppice.worker.TransactionContext;
import io.coppice.worker.fixture.Tasks;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One attempt after another in this JVM, on real files. */
class OwnedTransactionTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final WorkerLog log = new WorkerLog(new PrintStream(said, true, StandardCharsets.UTF_8), "thumbs@1");
    private HandMadeDaemon daemon;

    @BeforeEach
    void makeSegments() throws Exception {
        daemon = new HandMadeDaemon(directory);
    }

    @AfterEach
    void unmap() throws Exception {
        daemon.close();
    }

    private int attempt(String line) throws Exception {
        ReleaseLine release = (ReleaseLine) RootLine.parse(line);
        try (OwnedTransaction transaction = new OwnedTransaction(
                daemon.arguments,
                release,
                release.attempt().orElseThrow(),
                RootNotifier.toNobody(),
                new TaskStopHook(log),
                log)) {
            return transaction.run();
        }
    }

    private int first(long id) throws Exception {
        return attempt(HandMadeDaemon.first(id));
    }

    private OwnedSegment own() throws Exception {
        OwnedSegment slot =
                SegmentFile.openOwned(daemon.arguments.segment(1), daemon.arguments.lock(1), OwnPid.get(), 99);
        slot.recover();
        return slot;
    }

    private int phase() {
        return daemon.slot.phase();
    }

    private String lastWords() {
        return daemon.slot.lastWords().orElseThrow();
    }

    @Test
    void shouldRunTheTaskAndCommitItsResult() throws Exception {
        long id = daemon.submit(Tasks.Echo.class, "hello");

        assertEquals(ExitCode.DONE, first(id), said.toString(StandardCharsets.UTF_8));

        assertEquals("shop thumbs@1 1-1 attempt 1 after Optional.empty: hello", daemon.text(id));
        assertEquals(Phase.COMPLETED.code(), phase());
        assertEquals("", said.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldBeDoneWithAnEmptyResultToo() throws Exception {
        long id = daemon.submit(Tasks.Empty.class, "");

        assertEquals(ExitCode.DONE, first(id));

        assertEquals(0, daemon.result(id).length);
    }

    @Test
    void shouldGiveTheSlotToTheNextRequestWithoutAnythingOfTheOneBefore() throws Exception {
        Path steps = directory.resolve("steps");
        long counted = daemon.submit(Tasks.Counter.class, "3 " + steps);
        assertEquals(ExitCode.DONE, first(counted));
        long next = daemon.submit(Tasks.Counter.class, "2 " + steps);

        assertEquals(ExitCode.DONE, first(next));

        assertFalse(daemon.slot.done(counted));
        assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1}, daemon.result(next));
        assertEquals("5", String.valueOf(Files.size(steps)));
    }

    @Test
    void shouldGoOnFromTheLastCheckpointAndKnowHowTheAttemptBeforeEnded() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "exception");
        assertEquals(ExitCode.EXCEPTION, first(id));
        assertEquals(Phase.FAILING.code(), phase());
        assertTrue(lastWords().startsWith("java.lang.IllegalStateException: page 4711 is no page\n  at "), lastWords());
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("an exception ends this attempt (exit code 70)"));

        assertEquals(ExitCode.EXCEPTION, attempt(HandMadeDaemon.line(id, 2, "exception 70 - 5")));

        try (OwnedSegment slot = own()) {
            assertEquals(1, slot.state().record("progress", Tasks.PROGRESS).get(Tasks.STEPS));
            assertEquals(id, slot.requestId());
        }
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("uncommitted words; going on from commit"));
    }

    @Test
    void shouldTellTheNextAttemptTheLastWordsOfTheOneBeforeAndOfNoOtherRequest() throws Exception {
        long failing = daemon.submit(Tasks.Ending.class, "exception");
        first(failing);
        Seen.EXIT.set(null);
        long other = daemon.submit(Seen.class, "");
        attempt(HandMadeDaemon.line(other, 2, "exception 70 - 5"));
        assertEquals("exception", Seen.EXIT.get());

        first(failing);
        assertEquals(ExitCode.EXCEPTION, attempt(HandMadeDaemon.line(failing, 2, "exception 70 - 5")));
        daemon.requests.free(daemon.requests.find(failing));
        daemon.requests.add(failing + 10, Seen.class.getName(), new byte[0]);
        daemon.owned.state().commit();
        try (OwnedSegment slot = own()) {
            slot.beginRequest(failing + 10);
            slot.lastWords("no page");
            slot.phase(Phase.FAILING);
        }
        attempt(HandMadeDaemon.line(failing + 10, 2, "exception 70 - 5"));
        assertEquals("exception: no page", Seen.EXIT.get());
    }

    @Test
    void shouldTellTheNextAttemptInTheRootsWordsThatTheOneBeforeTookTooLong() throws Exception {
        long id = daemon.submit(Seen.class, "");
        daemon.recordExit(id, ExitKind.HANG, "not done within 30 s: deadlock: a, b");

        attempt(HandMadeDaemon.line(id, 2, "hang 0 KILL 5"));
        assertEquals("not done within 30 s: deadlock: a, b", Seen.EXIT.get());

        long other = daemon.submit(Seen.class, "");
        attempt(HandMadeDaemon.line(other, 2, "hang 0 KILL 5"));
        assertEquals("hang", Seen.EXIT.get(), "that row is of another request");
    }

    /** Takes note of how the attempt before ended. */
    static final class Seen implements Task {
        static final AtomicReference<String> EXIT = new AtomicReference<>();

        @Override
        public byte[] run(TransactionContext context, byte[] input) {
            EXIT.set(context.previousExit().orElseThrow().inWords());
            return input;
        }
    }

    @Test
    void shouldNotRunTheTaskAgainWhoseResultIsThere() throws Exception {
        Path steps = directory.resolve("steps");
        long id = daemon.submit(Tasks.Counter.class, "3 " + steps);
        assertEquals(ExitCode.DONE, first(id));
        byte[] result = daemon.result(id);
        // The daemon may have adopted it by then.
        daemon.requests.free(daemon.requests.find(id));
        daemon.owned.state().commit();

        assertEquals(ExitCode.DONE, attempt(HandMadeDaemon.line(id, 2, "signal 0 KILL 5")));

        assertEquals(3, Files.size(steps));
        assertArrayEquals(result, daemon.result(id));
        assertEquals(Phase.COMPLETED.code(), phase());
    }

    @Test
    void shouldNotTryAgainWhatTheTaskGivesUp() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "failed");

        assertEquals(ExitCode.FAIL, first(id));

        assertTrue(lastWords().startsWith("io.coppice.worker.TaskFailedException: this is no image"), lastWords());
        assertFalse(daemon.slot.done(id));
    }

    @Test
    void shouldTakeAStackOverflowAndANullResultForExceptions() throws Exception {
        assertEquals(ExitCode.EXCEPTION, first(daemon.submit(Tasks.Ending.class, "overflow")));
        assertTrue(lastWords().startsWith("java.lang.StackOverflowError"), lastWords());

        assertEquals(ExitCode.EXCEPTION, first(daemon.submit(Tasks.Ending.class, "null")));
        assertTrue(lastWords().contains("Tasks$Ending.run() returned null, expected the result"), lastWords());
    }

    @Test
    void shouldSayWhichClassIsNoTask() throws Exception {
        assertEquals(ExitCode.MAIN_CLASS_UNUSABLE, first(daemon.submit("com.example.Missing", "")));
        assertTrue(lastWords().contains("task: class com.example.Missing is not on the class path"), lastWords());

        assertEquals(ExitCode.MAIN_CLASS_UNUSABLE, first(daemon.submit(String.class, "")));
        assertTrue(
                lastWords().contains("task: class java.lang.String does not implement io.coppice.worker.Task"),
                lastWords());
    }

    @Test
    void shouldEndWithAnExitCodeOfItsOwnIfTheRequestIsNotThere() throws Exception {
        assertEquals(ExitCode.REQUEST_NOT_FOUND, first(4711));

        assertEquals(Phase.FAILING.code(), phase());
        assertTrue(lastWords().startsWith("request 0-4711 is not there: the daemon's segment "), lastWords());
        assertEquals(0, daemon.slot.requestId());
    }

    @Test
    void shouldFindARequestThatIsCommittedALittleLater() throws Exception {
        long id = daemon.submit(Tasks.Empty.class, "") + 1;
        Thread later = new Thread(() -> daemon.submit(Tasks.Echo.class, "late"), "daemon");
        AtomicReference<Integer> exitCode = new AtomicReference<>();
        Thread slot = new Thread(
                () -> {
                    try {
                        exitCode.set(first(id));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                "slot");
        slot.start();
        while (phase() != Phase.STARTING.code()) {
            Thread.onSpinWait();
        }
        later.start();
        later.join();
        slot.join();

        assertEquals(ExitCode.DONE, exitCode.get());
        assertTrue(daemon.text(id).endsWith(": late"), daemon.text(id));
    }

    @Test
    void shouldCommitAResultInPiecesThatTheUndoLogDoesNotHoldAtOnce() throws Exception {
        for (int bytes : new int[] {1, 8, 9, 15_999, 16_000, 16_384, 100_000, 180_003}) {
            long id = daemon.submit(Tasks.Large.class, bytes + " 0");
            assertEquals(ExitCode.DONE, first(id), said.toString(StandardCharsets.UTF_8));
            assertArrayEquals(Tasks.Large.pattern(bytes), daemon.result(id));
        }
    }

    @Test
    void shouldNameTheKeyIfAResultDoesNotFit() throws Exception {
        long id = daemon.submit(Tasks.Large.class, "300000 0");
        assertEquals(ExitCode.FAIL, first(id));
        String words = lastWords();
        assertTrue(words.startsWith("The result of 300000 bytes does not fit: it takes "), words);
        assertTrue(words.contains("Raise the manifest key `transactions.state`"), words);

        // Beside what the task keeps itself.
        id = daemon.submit(Tasks.Large.class, "150000 150000");
        assertEquals(ExitCode.FAIL, first(id));
        assertTrue(lastWords().contains("are free beside what the task keeps there"), lastWords());
        assertFalse(daemon.slot.done(id));
        try (OwnedSegment slot = own()) {
            assertEquals(1, slot.state().structures().size(), "what the checkpoint holds is kept");
        }
    }

    /** As a death between two commits of pieces leaves it. */
    private void partialResult(long id, int bytes) throws Exception {
        try (OwnedSegment slot = own()) {
            slot.beginRequest(id);
            slot.state().record("progress", Tasks.PROGRESS).set(Tasks.STEPS, 2);
            AppendLog log = slot.result((bytes + 7999) / 8000, bytes);
            log.append(new byte[8000], 0, 8000);
            slot.state().commit();
        }
    }

    @Test
    void shouldReplaceThePiecesOfAResultThatItsPredecessorDiedIn() throws Exception {
        Path steps = directory.resolve("steps");
        long id = daemon.submit(Tasks.Counter.class, "3 " + steps);
        partialResult(id, 80_000);

        assertEquals(ExitCode.DONE, attempt(HandMadeDaemon.line(id, 2, "signal 0 KILL 5")));

        assertArrayEquals(new byte[] {0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1}, daemon.result(id));
        assertEquals(1, Files.size(steps), "it went on from its checkpoint");
    }

    @Test
    void shouldWriteALargerResultThanTheOneThatItsPredecessorDiedIn() throws Exception {
        long id = daemon.submit(Tasks.Large.class, "120000 0");
        partialResult(id, 80_000);

        assertEquals(ExitCode.DONE, attempt(HandMadeDaemon.line(id, 2, "signal 0 KILL 5")));

        assertArrayEquals(Tasks.Large.pattern(120_000), daemon.result(id));
    }

    @Test
    void shouldTakeTheStateFromWhoeverKeepsItBeyondTheTask() throws Exception {
        long id = daemon.submit(Tasks.Leaky.class, "");
        assertEquals(ExitCode.DONE, first(id));
        State leaked = Tasks.Leaky.leaked;

        assertThrows(IllegalStateException.class, () -> Tasks.Leaky.record.set(Tasks.STEPS, 8));
        assertThrows(IllegalStateException.class, leaked::commit);
        assertThrows(IllegalStateException.class, leaked::rollback);
        assertThrows(IllegalStateException.class, () -> leaked.record("another", Tasks.PROGRESS));
        assertThrows(IllegalStateException.class, () -> Tasks.Leaky.context.state());
        assertThrows(IllegalStateException.class, () -> Tasks.Leaky.context.checkpoint());

        assertEquals("leaked", daemon.text(id));
        List<String> names = new ArrayList<>();
        daemon.contents().structures().forEach(structure -> names.add(structure.name()));
        assertEquals(List.of(ReservedNames.RESULT), names, "what was not committed is no part of the result's commit");
    }

    @Test
    void shouldLetNoOtherThreadHaveTheState() throws Exception {
        assertEquals(ExitCode.DONE, first(daemon.submit(Elsewhere.class, "")));

        assertTrue(
                String.valueOf(Elsewhere.SEEN.get())
                        .contains(
                                "state(): called on thread \"helper\"; the state of a transaction is its task's thread's"),
                String.valueOf(Elsewhere.SEEN.get()));
    }

    /** Asks for the state on another thread. */
    static final class Elsewhere implements Task {
        static final AtomicReference<Throwable> SEEN = new AtomicReference<>();

        @Override
        public byte[] run(TransactionContext context, byte[] input) throws Exception {
            Thread helper = new Thread(context::state, "helper");
            helper.setUncaughtExceptionHandler((thread, thrown) -> SEEN.set(thrown));
            helper.start();
            helper.join();
            return input;
        }
    }

    @Test
    void shouldDropACheckpointOfAnotherLayoutSoThatAFurtherAttemptBeginsAnew() throws Exception {
        Path steps = directory.resolve("steps");
        long id = daemon.submit(Tasks.Counter.class, "3 " + steps);
        try (OwnedSegment slot = own()) {
            slot.beginRequest(id);
            slot.state().longLongMap("progress", 4);
            slot.state().commit();
        }

        assertEquals(ExitCode.EXCEPTION, attempt(HandMadeDaemon.line(id, 2, "exception 70 - 5")));
        assertTrue(lastWords().contains("LayoutMismatchException"), lastWords());

        assertEquals(ExitCode.DONE, attempt(HandMadeDaemon.line(id, 3, "exception 70 - 5")));
        assertEquals(3, Files.size(steps));
    }

    @Test
    void shouldBeginAnewIfItsCheckpointIsDamaged() throws Exception {
        Path steps = directory.resolve("steps");
        long id = daemon.submit(Tasks.Counter.class, "3 " + steps);
        partialResult(id, 8000);
        byte[] bytes = Files.readAllBytes(daemon.arguments.segment(1));
        // The directory of the arena: the first block's name.
        int name = indexOf(bytes, "progress".getBytes(StandardCharsets.US_ASCII));
        try (var file = new java.io.RandomAccessFile(daemon.arguments.segment(1).toFile(), "rw")) {
            file.seek(name - 16);
            file.write(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
        }

        assertEquals(
                ExitCode.DONE,
                attempt(HandMadeDaemon.line(id, 2, "signal 0 SEGV 5")),
                said.toString(StandardCharsets.UTF_8));

        assertEquals(3, Files.size(steps));
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("is damaged, and the task begins anew"));
    }

    /** Writes an entry and fails; reads it; and tells how many there are. */
    public static final class Diary implements Task {
        static final byte[] ENTRY = {7, 6, 5, 4, 3, 2, 1, 0};

        @Override
        public byte[] run(TransactionContext context, byte[] input) {
            AppendLog diary = context.state().appendLog("diary", 4, 64);
            if (context.attempt() == 1) {
                diary.append(ENTRY, 0, ENTRY.length);
                context.checkpoint();
                throw new IllegalStateException("after its checkpoint");
            }
            if (diary.size() > 0) {
                diary.read(diary.firstSequence(), new byte[ENTRY.length], 0);
            }
            return new byte[] {(byte) diary.size()};
        }
    }

    /** Wants more than its slot's segment has. */
    public static final class Greedy implements Task {
        @Override
        public byte[] run(TransactionContext context, byte[] input) {
            context.state().appendLog("all", 8, 1L << 30);
            return input;
        }
    }

    @Test
    void shouldNameTheKeyOfASlotsState() throws Exception {
        assertEquals(ExitCode.EXCEPTION, first(daemon.submit(Greedy.class, "")));
        assertTrue(lastWords().contains("(of a task: `transactions: {state}`), and `coppice reload`"), lastWords());
    }

    /** Damage that only the use of a structure comes upon. */
    @Test
    void shouldDropACheckpointThatItsTaskFindsDamaged() throws Exception {
        long id = daemon.submit(Diary.class, "");
        assertEquals(ExitCode.EXCEPTION, first(id));
        Path file = daemon.arguments.segment(1);
        int entry = indexOf(Files.readAllBytes(file), Diary.ENTRY);
        try (var disk = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            byte[] index = new byte[4 * 2 * Long.BYTES]; // of all four entries: where each is, and how long
            java.util.Arrays.fill(index, (byte) 127);
            disk.seek(entry - index.length);
            disk.write(index);
        }

        assertEquals(ExitCode.EXCEPTION, attempt(HandMadeDaemon.line(id, 2, "exception 70 - 5")));
        assertTrue(lastWords().contains("SegmentDamagedException"), lastWords());

        assertEquals(ExitCode.DONE, attempt(HandMadeDaemon.line(id, 3, "exception 70 - 5")));
        assertArrayEquals(new byte[] {0}, daemon.result(id));
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            if (java.util.Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("not there");
    }

    @Test
    void shouldRefuseASegmentThatIsMissingOrHeldByAnother() throws Exception {
        long id = daemon.submit(Tasks.Empty.class, "");
        try (OwnedSegment held = own()) {
            assertEquals(99, held.incarnation());
            assertEquals(ExitCode.SEGMENT_LOCKED, first(id));
        }
        Files.delete(daemon.arguments.segment(1));
        assertEquals(ExitCode.SEGMENT_REFUSED, first(id));
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("missing"));
    }

    @Test
    void shouldStopBeforeTheTaskBeginsIfThatIsWanted() throws Exception {
        long id = daemon.submit(Stopping.class, "");
        ReleaseLine release = (ReleaseLine) RootLine.parse(HandMadeDaemon.first(id));
        TaskStopHook hook = new TaskStopHook(log);
        Stopping.hook = hook;
        try (OwnedTransaction transaction = new OwnedTransaction(
                daemon.arguments, release, release.attempt().orElseThrow(), RootNotifier.toNobody(), hook, log)) {
            assertEquals(ExitCode.STOPPED, transaction.run());
        }
        Thread asking = Stopping.asking;
        asking.interrupt();
        asking.join();
        assertEquals(Phase.STOPPING.code(), phase());
        assertEquals("it was asked to end before its task began", lastWords());
    }

    /** Is asked to stop while it is made. */
    static final class Stopping implements Task {
        static volatile TaskStopHook hook;
        static volatile Thread asking;

        public Stopping() {
            Thread thread = new Thread(hook, "hook");
            asking = thread;
            thread.start();
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }

        @Override
        public byte[] run(TransactionContext context, byte[] input) {
            throw new AssertionError("ran");
        }
    }

    @Test
    void shouldWarmUpOnScratchMemory() throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.makeIn(directory)) {
            ScratchTransaction transaction = new ScratchTransaction(daemon.arguments, scratch);
            transaction.run();
            assertTrue(Files.exists(transaction.slot()));
        }
    }
}
