package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.coppice.state.AppendLog;
import io.coppice.state.CapacityExceededException;
import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.LastExit;
import io.coppice.state.root.OrderCode;
import io.coppice.worker.Codec;
import io.coppice.worker.QuarantinedTransaction;
import io.coppice.worker.TaskType;
import io.coppice.worker.Transaction;
import io.coppice.worker.TransactionFailedException;
import io.coppice.worker.future.Future;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The daemon's side on real segments; the test is the slots and the root. */
class SegmentTransactionsTest extends LedgerOnSegments {
    private ReadOnlySegment seen;

    SegmentTransactionsTest() {
        super(new TransactionLimits(2, 1, 64, 2));
    }

    @BeforeEach
    void look() throws Exception {
        seen = SegmentFile.openReadOnly(file("thumbs"));
    }

    @AfterEach
    void lookAway() {
        seen.close();
    }

    @Test
    void shouldPublishWordsAfterTheCommitAndCompleteByTheSlotsResult() throws Exception {
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        assertEquals(0, seen.request(1), "not before the commit");
        turn();
        assertEquals(one.id().value(), seen.request(1));
        turn();
        assertTrue(one.future().isPending());

        result(1, one.id().value(), "ONE");
        assertTrue(port.endsPause());
        one.future().onReady(value -> assertEquals(one.id().value(), seen.request(1), "not before it is adopted"));
        port.beginTurn();
        assertEquals("ONE", one.future().value());
        assertEquals(0, seen.request(1));
    }

    @Test
    void shouldKeepWhatWasAdoptedBeforeAStepOrACallbackThrows() throws Exception {
        AppendLog adopted = segment.state().appendLog("adopted", 4, 64);
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        Transaction<String> two = desk().submit(Upper.TYPE, "two");
        turn();
        one.future().onReady(value -> adopted.append(new byte[] {1}, 0, 1));
        two.future().onReady(value -> {
            adopted.append(new byte[] {2}, 0, 1);
            throw new IllegalStateException("in a callback");
        });
        result(1, one.id().value(), "ONE");
        result(2, two.id().value(), "TWO");
        Assertions.assertThrows(IllegalStateException.class, port::beginTurn);
        port.rollback();
        assertEquals(1, adopted.size());
        assertEquals(List.of(0L, two.id().value()), List.of(seen.request(1), seen.request(2)));
        port.commit();
        assertEquals(0, seen.request(2), "stepped over");
        assertEquals(1, adopted.size());
    }

    /** What was to be discarded there has ended with it, and does not come to life again. */
    @Test
    void shouldQueueAnewWhatHadASlotThatIsNoMoreUnlessItIsDiscarded() throws Exception {
        desk().submit(Upper.TYPE, "one");
        desk().submit(Upper.TYPE, "two").future().discard();
        turn();
        Transaction<String> three = desk().submit(Upper.TYPE, "three");
        turn();
        three.future().discard();
        turn();
        assertEquals(-three.id().value(), seen.request(2));

        segment.close();
        live(new TransactionLimits(1, 2, 64, 2));
        List<String> found = new ArrayList<>();
        desk().whenFound(Upper.TYPE, transaction -> {
            String input = Codec.UTF_8.decode(transaction.input());
            transaction.future().onAny(outcome -> found.add(input + " " + outcome));
        });
        port.commit();
        turn();
        assertEquals(List.of("three discarded"), found);
        result(1, seen.request(1), "ONE");
        turn();
        assertEquals(List.of("three discarded", "one ready"), found);
        assertEquals(0, seen.request(1));
    }

    @Test
    void shouldQueueItAnewAlsoWhereTheStartIsRolledBack() throws Exception {
        desk().submit(Upper.TYPE, "one");
        long two = desk().submit(Upper.TYPE, "two").id().value();
        turn();
        assertEquals(two, seen.request(2));

        segment.close();
        live(new TransactionLimits(1, 2, 64, 2));
        port.rollback();
        port.commit();
        assertEquals(1, ledger.room(), "one runs, one waits, of three");
        result(1, seen.request(1), "ONE");
        desk().whenFound(Upper.TYPE, found -> {});
        turn();
        turn();
        assertEquals(two, seen.request(1));
    }

    @Test
    void shouldLeaveToASuccessorWhatWasSubmittedAndDone() throws Exception {
        long id = desk().submit(Upper.TYPE, "one").id().value();
        turn();
        result(1, id, "ONE");
        die();

        List<String> found = new ArrayList<>();
        desk().whenFound(Upper.TYPE, transaction -> {
            found.add(Codec.UTF_8.decode(transaction.input()));
            transaction.future().onReady(found::add);
        });
        port.commit();
        turn();
        assertEquals(List.of("one", "ONE"), found);
        die();
        assertEquals(0, seen.request(1));
    }

    @Test
    void shouldKeepAResultThatNobodyTakesUp() throws Exception {
        long id = desk().submit(Upper.TYPE, "one").id().value();
        turn();
        result(1, id, "ONE");
        die();
        port.commit();
        turn();
        assertEquals(id, seen.request(1));
        assertEquals(1_000_000_000, ledger.parkAtMostNs(), "nothing is waited for but an order");
    }

    @Test
    void shouldDropAResultThatNobodyTakesUpByAnOrderThatNamesIt() throws Exception {
        long id = desk().submit(Upper.TYPE, "one").id().value();
        turn();
        result(1, id, "ONE");
        die();
        long runs = desk().submit(Upper.TYPE, "two").id().value();
        port.commit();
        turn();
        order(1, 0);
        assertEquals(List.of(id, runs), List.of(seen.request(1), seen.request(2)), "all is what is quarantined");
        order(2, runs);
        assertEquals(List.of(id, runs), List.of(seen.request(1), seen.request(2)), "it is not done");
        order(3, id);
        assertEquals(List.of(0L, runs), List.of(seen.request(1), seen.request(2)));
        long next = desk().submit(Upper.TYPE, "three").id().value();
        turn();
        assertEquals(next, seen.request(1), "the slot is used again");
    }

    private void order(long number, long id) {
        root.child(0).order(number, OrderCode.DROP, id);
        root.commit();
        turn();
        assertEquals(number, seen.orderDone());
    }

    @Test
    void shouldNotGiveAnIdThatASlotHasSeen() throws Exception {
        result(2, 1L << 44 | 17, "old");
        row(1, -(1L << 44 | 18), ChildStateCode.STOPPED);
        die();
        assertEquals("1-19", desk().submit(Upper.TYPE, "new").id().toString());
    }

    @Test
    void shouldFailAndQuarantineWithACauseAndRetryByOrder() throws Exception {
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        turn();
        root.child(1).lastExit(ExitKind.SIGNAL, -1, 11, System.currentTimeMillis(), "signal SEGV");
        root.child(1).failureCount(4);
        row(1, one.id().value(), ChildStateCode.FAILED);
        assertTrue(port.endsPause());
        turn();
        TransactionFailedException failure =
                (TransactionFailedException) one.future().failure();
        assertEquals("signal SEGV", failure.reason());
        assertEquals(4, failure.attempts());
        QuarantinedTransaction kept = desk().quarantined().get(0);
        assertEquals(
                List.of(one.id(), "signal SEGV", "one"),
                List.of(kept.id(), kept.cause(), Codec.UTF_8.decode(kept.input())));
        assertEquals(0, seen.request(1));

        List<String> found = new ArrayList<>();
        desk().whenFound(Upper.TYPE, again -> again.future().onReady(found::add));
        root.child(0).order(1, OrderCode.RETRY, one.id().value());
        root.commit();
        assertTrue(port.endsPause());
        turn();
        assertEquals(1, seen.orderDone());
        assertEquals(List.of(), desk().quarantined());
        assertEquals(0, seen.request(1), "slot 1 still has its failure in the root's table");
        assertEquals(one.id().value(), seen.request(2));
        result(2, one.id().value(), "ONE");
        turn();
        assertEquals(List.of("ONE"), found);
    }

    @Test
    void shouldDropByOrder() throws Exception {
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        turn();
        row(1, one.id().value(), ChildStateCode.FAILED);
        turn();
        root.child(0).order(4, OrderCode.DROP, 0);
        root.commit();
        turn();
        assertEquals(List.of(), desk().quarantined());
        assertEquals(4, seen.orderDone());
    }

    @Test
    void shouldDiscardOneThatRunsByTheRootAndOneThatWaitsAtOnce() throws Exception {
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        Transaction<String> two = desk().submit(Upper.TYPE, "two");
        Transaction<String> three = desk().submit(Upper.TYPE, "three");
        turn();
        three.future().discard();
        assertTrue(three.future().isDiscarded());
        one.future().discard();
        two.future().discard();
        turn();
        assertTrue(one.future().isPending());
        assertEquals(-one.id().value(), seen.request(1));
        die();
        assertEquals(-one.id().value(), seen.request(1), "it is under the commit");

        List<Future<String>> found = new ArrayList<>();
        desk().whenFound(Upper.TYPE, again -> found.add(again.future()));
        row(1, -one.id().value(), ChildStateCode.STOPPED);
        result(2, two.id().value(), "TWO");
        row(2, -two.id().value(), ChildStateCode.STOPPED);
        turn();
        assertTrue(found.get(0).isDiscarded());
        assertEquals("TWO", found.get(1).value(), "a result that was committed counts");
        assertEquals(List.of(0L, 0L), List.of(seen.request(1), seen.request(2)));
    }

    @Test
    void shouldRefuseOrLetWaitWhatThereIsNoRoomFor() throws Exception {
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        desk().submit(Upper.TYPE, "two");
        desk().submit(Upper.TYPE, "three");
        CapacityExceededException full =
                Assertions.assertThrows(CapacityExceededException.class, () -> desk().submit(Upper.TYPE, "four"));
        assertTrue(String.valueOf(full.getMessage()).contains("`transactions: {queue: …}`"), full.getMessage());
        Future<String> waiting = desk().submitWhenRoom(Upper.TYPE, "five");
        turn();
        result(1, one.id().value(), "ONE");
        turn();
        long next = seen.request(1);
        turn();
        assertEquals(0, desk().room());
        result(1, next, "THREE");
        turn();
        result(1, seen.request(1), "FIVE");
        turn();
        assertEquals("FIVE", waiting.value());
    }

    @Test
    void shouldAbandonWhatARolledBackStepSubmitted() {
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        Future<String> two = desk().submitWhenRoom(Upper.TYPE, "two");
        port.rollback();
        turn();
        assertTrue(one.future().isAbandoned());
        assertTrue(two.isAbandoned());
        assertEquals(0, seen.request(1));
        IllegalStateException none = Assertions.assertThrows(IllegalStateException.class, one::id);
        assertTrue(
                String.valueOf(none.getMessage()).contains("the step that submitted it was rolled back"),
                none.getMessage());
    }

    /** What another thread did to the table would be found out much later, and far away. */
    @Test
    void shouldRefuseAnotherThreadThanTheLoops() throws Exception {
        assertEquals(3, desk().room());
        List<Executable> calls = List.of(
                () -> desk().submit(Upper.TYPE, "one"),
                () -> desk().submit(Upper.class, new byte[0]),
                () -> desk().submitWhenRoom(Upper.TYPE, "one"),
                () -> desk().submitWhenRoom(Upper.class, new byte[0]),
                () -> desk().whenFound(Upper.TYPE, found -> {}),
                () -> desk().whenFound(Upper.class, found -> {}),
                desk()::room,
                desk()::quarantined);
        List<String> refusals = new ArrayList<>();
        Thread other = new Thread(
                () -> calls.forEach(call -> refusals.add(Assertions.assertThrows(IllegalStateException.class, call)
                        .getMessage())),
                "listener");
        other.start();
        other.join();
        assertEquals(calls.size(), refusals.size());
        for (String refusal : refusals) {
            assertTrue(
                    refusal.contains("called on thread \"listener\"") && refusal.contains("thread of step()"), refusal);
        }
        assertEquals(3, desk().room());
    }

    @Test
    void shouldAllocateNothingWhileNothingIsUnderWay() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        port.commit();
        long least = Long.MAX_VALUE;
        for (int window = 0; window < 8; window++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                turn();
                port.endsPause();
                ledger.parkAtMostNs();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
    }

    /** What a slot holds may be anything; a step would end of it, and each successor's. */
    @Test
    void shouldFailARequestWhoseResultOverflowsTheStackOfItsCodec() throws Exception {
        Codec<String> endless = new Codec<>() {
            @Override
            public byte[] encode(String value) {
                return Codec.UTF_8.encode(value);
            }

            @Override
            public String decode(byte[] bytes) {
                return decode(bytes) + 1;
            }
        };
        Transaction<String> one = desk().submit(TaskType.of(Upper.class, Codec.UTF_8, endless), "one");
        turn();
        result(1, one.id().value(), "r");

        turn();

        assertTrue(one.future().failure().getCause() instanceof StackOverflowError);
        assertEquals(
                "its result cannot be decoded: java.lang.StackOverflowError",
                desk().quarantined().get(0).cause());
    }

    @Test
    void shouldSayThatADaemonIsDoneBeforeItsTransactionsAre() throws Exception {
        Transaction<String> submitted = desk().submit(Upper.TYPE, "one");
        turn();
        port.phase(Phase.COMPLETED);
        assertTrue(
                logged.toString(StandardCharsets.UTF_8).contains("done, with 1 transaction unfinished"),
                logged::toString);
        logged.reset();
        result(1, submitted.id().value(), "r");
        turn();
        port.phase(Phase.COMPLETED);
        assertEquals("", logged.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldTellOfADeathInWordsForPeople() throws Exception {
        Path log = Files.createFile(directory.resolve("thumbs@transactions.log"));
        Path slot = directory.resolve("thumbs@1.seg");
        FailureCauses causes = new FailureCauses(
                directory,
                directory.resolve("thumbs@transactions.own"),
                "thumbs@transactions",
                new OomKills(directory.resolve("none")));
        assertEquals(
                "not done within 30s; its threads are in " + log,
                causes.of(exit(ExitKind.HANG, -1, 9, "not done within 30s"), Optional.empty(), 0, slot));
        assertEquals(
                "out of memory: its heap was full (exit code 3); the manifest key is `transactions: {jvm: {heap: …}}`",
                causes.of(
                        exit(ExitKind.EXIT, 3, 0, "exit code 3 (out of memory, as its log says)"),
                        Optional.empty(),
                        0,
                        slot));
        assertEquals(
                "java.lang.IllegalStateException: no",
                causes.of(
                        exit(ExitKind.EXCEPTION, 70, 0, "java.lang…"),
                        Optional.of("java.lang.IllegalStateException: no\n  at x"),
                        0,
                        slot));
        assertEquals(
                "this is no image",
                causes.of(
                        exit(ExitKind.EXCEPTION, 78, 0, "io.coppice…"),
                        Optional.of("io.coppice.worker.TaskFailedException: this is no image\n  at x"),
                        0,
                        slot));
        assertEquals(
                "this is no image",
                causes.of(
                        exit(ExitKind.EXCEPTION, 78, 0, "io.coppice.worker.TaskFailedException: this is no image"),
                        Optional.empty(),
                        0,
                        slot));
        Files.writeString(
                Files.createDirectory(directory.resolve("thumbs@transactions.own"))
                        .resolve("hs_err_77.log"),
                "#\n# A fatal error has been detected by the Java Runtime Environment:\n#\n#  SIGSEGV (0xb) at pc=0x1, pid=77\n#\n"
                        + "# Problematic frame:\n# C  [libx.so+0x12]  decode+0x5\n#\n");
        assertEquals(
                "signal ABRT: SIGSEGV (0xb) in C [libx.so+0x12] decode+0x5 (thumbs@transactions.own/hs_err_77.log)",
                causes.of(exit(ExitKind.SIGNAL, -1, 6, "signal ABRT"), Optional.empty(), 77, slot));
        assertEquals(
                "unknown: it ended while unsupervised: SIGSEGV (0xb) in C [libx.so+0x12] decode+0x5"
                        + " (thumbs@transactions.own/hs_err_77.log)",
                causes.of(
                        exit(ExitKind.UNKNOWN, -1, 0, "unknown: it ended while unsupervised"),
                        Optional.empty(),
                        77,
                        slot));
    }

    /** The first exception is often but a wrapper: of reflection, of a static initialiser, of a class that could not be made. */
    @Test
    void shouldTellWhatLedToAnException() {
        Path slot = directory.resolve("thumbs@1.seg");
        FailureCauses causes = new FailureCauses(
                directory,
                directory.resolve("thumbs@transactions.own"),
                "thumbs@transactions",
                new OomKills(directory.resolve("none")));
        RuntimeException thrown = new RuntimeException(
                "outer", new java.lang.reflect.InvocationTargetException(new IOException("the real reason")));
        assertEquals(
                "java.lang.RuntimeException: outer; caused by java.lang.reflect.InvocationTargetException;"
                        + " caused by java.io.IOException: the real reason",
                causes.of(exit(ExitKind.EXCEPTION, 70, 0, "java.lang…"), Optional.of(LastWords.of(thrown)), 0, slot));
        assertEquals(
                "exit code 73: task: the constructor of Decode threw; caused by java.lang.IllegalStateException: ctor!",
                causes.of(
                        exit(ExitKind.EXIT, 73, 0, "exit code 73 (its main class is unusable, see its log)"),
                        Optional.of(LastWords.of(new UnusableMainClassException(
                                "task: the constructor of Decode threw", new IllegalStateException("ctor!")))),
                        0,
                        slot));
    }

    @Test
    void shouldSayThatTheKernelMayHaveKilledForWantOfMemory() throws Exception {
        Path events = Files.writeString(directory.resolve("memory.events"), "oom 1\noom_kill 1\n");
        Path slot = directory.resolve("thumbs@1.seg");
        FailureCauses causes = new FailureCauses(
                directory, directory.resolve("thumbs@transactions.own"), "thumbs@transactions", new OomKills(events));
        assertEquals("signal KILL", causes.of(exit(ExitKind.SIGNAL, -1, 9, "signal KILL"), Optional.empty(), 0, slot));
        Files.writeString(events, "oom 2\noom_kill 2\n");
        assertEquals(
                "signal KILL, perhaps by the kernel's OOM killer: its control group counts 1 such kill more",
                causes.of(exit(ExitKind.SIGNAL, -1, 9, "signal KILL"), Optional.empty(), 0, slot));
    }

    /** A transaction leaves them for processes to come. */
    @Test
    void shouldNotBelieveForgedReports() throws Exception {
        Path slot = directory.resolve("thumbs@1.seg");
        Path reports = Files.createDirectory(directory.resolve("thumbs@transactions.own"));
        FailureCauses causes =
                new FailureCauses(directory, reports, "thumbs@transactions", new OomKills(directory.resolve("none")));
        Path report = Files.writeString(reports.resolve("hs_err_77.log"), "#  SIGSEGV (0xb) at pc=0x1, pid=77\n");
        long later = System.currentTimeMillis() + 120_000;
        LastExit now = exit(ExitKind.SIGNAL, -1, 6, "signal ABRT").orElseThrow();
        Files.setLastModifiedTime(report, FileTime.fromMillis(later));
        assertEquals(
                "signal ABRT: SIGSEGV (0xb) (thumbs@transactions.own/hs_err_77.log)",
                causes.of(Optional.of(now), Optional.empty(), 77, slot));
        LastExit afterwards = new LastExit(ExitKind.SIGNAL, -1, 6, later, "signal ABRT");
        assertEquals(
                "signal ABRT", causes.of(Optional.of(afterwards), Optional.empty(), 77, slot), "written long before");
        Files.createSymbolicLink(reports.resolve("hs_err_78.log"), report);
        assertEquals("signal ABRT", causes.of(Optional.of(now), Optional.empty(), 78, slot), "a link");
        assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(directory, "unix:uid")), "only root gives files away");
        Files.setAttribute(report, "unix:uid", 65_534);
        assertEquals("signal ABRT", causes.of(Optional.of(now), Optional.empty(), 77, slot), "of another user");
    }

    private static Optional<LastExit> exit(ExitKind kind, int code, int signal, String text) {
        return Optional.of(new LastExit(kind, code, signal, System.currentTimeMillis(), text));
    }
}
