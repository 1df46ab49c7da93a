package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.SegmentException;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import io.coppice.state.root.StandbyPhase;
import io.coppice.state.root.StandbyRecord;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what is asked of transactions beside their results: to stop and go on, to be given up, to wait for room, to be quick, to show
 * what failed. Method: a real root, daemon and transactions.
 */
class TransactionOrdersSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final Submitter work = new Submitter(coppice);

    private static void assertResult(String from, String attempt, String outcome) {
        assertTrue(outcome.startsWith("ready: from " + from + " in attempt " + attempt + " of process "), outcome);
    }

    /** Both what minds being asked to end and what does not; an end in order costs no attempt. */
    @Test
    void shouldGoOnFromTheCheckpointAfterAnOrderlyEnd() throws Exception {
        Coppice.Root root = work.start("slots: 2, retries: 0, timeout: 10m", "shutdown: {timeout: 1s}");
        work.order("1 submit gate");
        work.order("2 submit patient");
        work.order("3 submit plain");
        long first = work.pidOf(1);
        long second = work.pidOf(2);

        assertEquals(0, coppice.run("stop", "work").exitCode());
        work.awaitFile("asked.1");
        Coppice.await("their ends", () -> !Coppice.isAlive(first) && !Coppice.isAlive(second));
        assertEquals(List.of(), work.ledger().orElseThrow());
        work.delete("begun.1");
        work.delete("begun.2");
        assertEquals(0, coppice.run("start", "work").exitCode());
        work.pidOf(1);
        work.pidOf(2);

        assertEquals(0, root.stop(), root.stderr());
        work.touch("gate.1");
        work.touch("gate.2");
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        for (int number = 1; number <= 2; number++) {
            String outcome = work.outcome(number);
            assertTrue(outcome.startsWith("ready: from 41 in attempt "), outcome);
        }
        assertResult("0", "1", work.outcome(3));
        work.assertEachOnce(3);
        assertEquals(0, next.stop(), next.stderr());
    }

    @Test
    void shouldGiveUpWhatIsDiscarded() throws Exception {
        Coppice.Root root = work.start("slots: 2, timeout: 10m", "shutdown: {timeout: 1s}");
        work.order("1 submit gate");
        work.order("2 submit patient");
        work.order("3 submit plain");
        work.order("4 submit plain");
        long first = work.pidOf(1);
        long second = work.pidOf(2);

        work.order("3 discard");
        assertEquals("discarded", work.outcome(3));
        assertTrue(Coppice.isAlive(first) && Coppice.isAlive(second), "what waits takes no slot to be discarded");
        assertFalse(work.exists("asked.1"));

        work.order("1 discard");
        assertEquals("discarded", work.outcome(1));
        assertTrue(work.exists("asked.1"));
        assertFalse(Coppice.isAlive(first));
        assertResult("0", "1", work.outcome(4));
        work.order("2 discard");
        assertEquals("discarded", work.outcome(2));
        assertFalse(Coppice.isAlive(second), "it did not mind, and was killed");

        work.order("5 submit gate");
        work.touch("gate.5");
        work.order("5 discard");
        String either = work.outcome(5);
        assertTrue(either.equals("discarded") || either.startsWith("ready: "), either);
        work.assertEachOnce(5);
        assertEquals(1, coppice.daemon(Submitter.NAME).number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldRefuseWhatFindsNoRoomOrHoldItBackAsAsked() throws Exception {
        Coppice.Root root = work.start("slots: 1, queue: 1, timeout: 10m");
        work.order("1 submit gate");
        work.order("2 submit plain");
        work.order("3 submit plain");
        work.order("4 room plain");
        work.order("5 room plain");
        work.order("6 room plain");
        String refused = work.outcome(3);
        assertTrue(refused.contains("all 1 slots are taken, and all 1 places of the queue"), refused);
        assertTrue(refused.contains("`transactions: {queue: …}`"), refused);
        work.order("5 discard");
        assertEquals("discarded", work.outcome(5));
        assertEquals(2, work.ledger().orElseThrow().size());
        work.touch("gate.1");
        for (int number : List.of(1, 2, 4, 6)) {
            assertResult("0", "1", work.outcome(number));
        }
        List<String> ledger = work.ledger().orElseThrow();
        assertEquals(
                List.of("3", "5", "1", "2", "4", "6"),
                ledger.stream().map(entry -> entry.split(" ", -1)[0]).toList());
        work.assertEachOnce(6);
        assertEquals(0, root.stop(), root.stderr());
    }

    /** One process parked for all slots together takes whichever is next, and another takes its place. */
    @Test
    void shouldRunInAStandbyWhicheverSlotItIs() throws Exception {
        Coppice.Root root = work.start("slots: 2, standby: 1, timeout: 10m");
        long first = parked();
        work.order("1 submit gate");
        assertEquals(first, work.pidOf(1));
        long second = parked();
        work.order("2 submit gate");
        assertEquals(second, work.pidOf(2));
        for (int number = 1; number <= 2; number++) {
            work.touch("gate." + number);
            assertResult("0", "1", work.outcome(number));
        }
        assertNotEquals(first, second);
        assertEquals(0, root.stop(), root.stderr());
    }

    /** By what that one says of itself once it has a task. */
    @Test
    void shouldHearOfAStandbyThatARootBeforeHasLaunched() throws Exception {
        Coppice.Root root = work.start("slots: 1, standby: 1, timeout: 10m");
        long first = parked();
        root.process.destroyForcibly();
        root.awaitExit();
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        work.order("1 submit gate");
        assertEquals(first, work.pidOf(1));
        Coppice.await(
                "its readiness", () -> slot(child -> child.state() == ChildStateCode.READY ? child.pid() : 0) != 0);
        assertEquals(first, slot(ChildInfo::pid));
        work.touch("gate.1");
        assertResult("0", "1", work.outcome(1));
        assertEquals(0, next.stop(), next.stderr());
    }

    /** Waits until there is one; answers its pid. */
    private long parked() throws Exception {
        Coppice.await("a standby", () -> parkedNow() != 0);
        return parkedNow();
    }

    private long parkedNow() {
        return slot(TransactionOrdersSystemTest::parkedOf);
    }

    /** What the root says of the first slot now; 0 while it says nothing. */
    private long slot(ToLongFunction<ChildInfo> what) {
        try (RootView view = RootView.open(coppice.home().resolve("shop/root.seg"))) {
            return view.read() instanceof RootReadResult.Read read
                    ? read.snapshot().child("work@1").map(what::applyAsLong).orElse(0L)
                    : 0;
        } catch (SegmentException e) {
            return 0; // It is being made.
        }
    }

    private static long parkedOf(ChildInfo child) {
        return child.standbys().stream()
                .filter(standby -> standby.phase() == StandbyPhase.PARKED)
                .mapToLong(StandbyRecord::pid)
                .findFirst()
                .orElse(0);
    }

    /** Beside the daemon's own contents, whether it runs or not. */
    @Test
    void shouldShowWhatIsQuarantined() throws Exception {
        Coppice.Root root = work.start("slots: 1, retries: 1, quarantine: 2");
        for (int number = 1; number <= 3; number++) {
            work.order(number + " submit always exit");
            assertTrue(work.outcome(number).contains("failed after 2 attempts: exit code 5"), work.outcome(number));
        }
        assertEquals(0, coppice.run("stop", "work").exitCode());
        Coppice.Result state = coppice.ask("state", "work");
        assertEquals(0, state.exitCode(), state.err());
        List<String> shown = state.out()
                .lines()
                .filter(line -> line.contains("quarantined"))
                .map(String::strip)
                .toList();
        assertEquals(2, shown.size(), state.out());
        for (int i = 0; i < 2; i++) {
            String expected = "1-" + (i + 2)
                    + "  io.coppice.ops.system.daemons.Risky, quarantined, 20 bytes of input: exit code 5";
            assertTrue(shown.get(i).startsWith(expected), state.out());
        }
        assertTrue(coppice.log("work").contains("the quarantine of transactions is full: of 1-1"), coppice.log("work"));
        assertEquals(0, root.stop(), root.stderr());
    }
}
