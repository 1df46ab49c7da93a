package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what the manifest says of transactions is changed while some run, and none is lost. Method: a real root that is told to reload,
 * or dies and is started with another manifest. {@code -Dcoppice.transactions.seed=S} has it die at other instants.
 */
class TransactionReloadSystemTest {
    private static final long SEED = Long.getLong("coppice.transactions.seed", 20_261_128);

    /** All slots, places of the queue and of the quarantine, which make up the segment's size. */
    private static final int ENTRIES = 80;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final Submitter work = new Submitter(coppice);

    private static String slots(int slots) {
        return "slots: " + slots + ", queue: " + (ENTRIES - slots - 4) + ", quarantine: 4, timeout: 10m";
    }

    private List<String> reload(String transactions) throws Exception {
        work.manifest(transactions);
        Coppice.Result result = coppice.run("reload");
        assertEquals(0, result.exitCode(), result.out() + result.err());
        return result.out().lines().sorted().toList();
    }

    private void assertReady(int number, String from) throws Exception {
        String outcome = work.outcome(number);
        assertTrue(outcome.startsWith("ready: from " + from + " in attempt "), number + ": " + outcome);
    }

    @Test
    void shouldLoseNothingWhenThereAreMoreOrFewerSlots() throws Exception {
        Coppice.Root root = work.start(slots(1));
        work.order("1 submit gate");
        work.order("2 submit gate");
        work.order("3 submit plain");
        work.order("4 submit gate");
        long first = work.pidOf(1);

        assertEquals(List.of("work: started anew", "work@transactions: new rules, not restarted"), reload(slots(3)));
        assertEquals(2, work.awaitReady().number("incarnation"));
        long second = work.pidOf(2);
        assertReady(3, "0");
        long third = work.pidOf(4);
        assertEquals(first, work.pidOfSlot(1), "what ran went on");

        work.delete("begun.2");
        work.delete("begun.4");
        reload(slots(1));
        assertEquals(3, work.awaitReady().number("incarnation"));
        assertFalse(Coppice.isAlive(second) || Coppice.isAlive(third));
        assertEquals(first, work.pidOfSlot(1), "what ran went on");
        assertEquals(1, work.slots().size());
        work.touch("gate.1");
        assertEquals(first, Long.parseLong(work.outcome(1).replaceAll(".* of process (\\d+) .*", "$1")));
        work.pidOf(2);
        work.order("5 submit plain");
        work.touch("gate.2");
        work.touch("gate.4");
        for (int number : List.of(2, 4, 5)) {
            assertReady(number, "0");
        }
        work.assertEachOnce(5);
        assertEquals(0, root.stop(), root.stderr());
    }

    /** Each of them another size of the daemon's segment, or of its table. */
    @Test
    void shouldCarryOverWhatStandsWhenTheSegmentHasAnotherSize() throws Exception {
        Coppice.Root root = work.start("slots: 1, queue: 4, quarantine: 1, retries: 0, timeout: 10m, input: 1KiB");
        work.order("1 submit always exit");
        work.outcome(1);
        work.order("2 submit gate");
        work.order("3 submit gate");
        work.order("4 submit gate");
        work.order("5 submit plain");
        long first = work.pidOf(2);
        awaitStanding("1 running, 3 queued, 1 quarantined");

        reload("slots: 3, queue: 30, quarantine: 4, retries: 0, timeout: 10m, input: 64KiB");
        work.awaitReady();
        work.pidOf(3);
        work.pidOf(4);
        awaitStanding("3 running, 1 queued, 1 quarantined");
        assertEquals(first, work.pidOfSlot(1), "what ran went on");
        assertTrue(coppice.log(Submitter.NAME).contains(": carried over"), coppice.log(Submitter.NAME));
        assertFalse(Files.exists(coppice.home().resolve("shop/work.seg.new")), "it has the segment's name by now");

        work.manifest("slots: 1, queue: 2, quarantine: 1, retries: 0, timeout: 10m, input: 1KiB");
        Coppice.Result refused = coppice.run("reload");
        assertEquals(2, refused.exitCode(), refused.err());
        assertTrue(
                refused.err()
                        .contains("work: what it holds does not fit into what the manifest declares now: its table of"
                                + " requests holds 5, and there would be room for 4"),
                refused.err());
        assertTrue(refused.err().contains("Nothing was changed"), refused.err());

        work.delete("begun.3");
        work.delete("begun.4");
        reload("slots: 1, queue: 3, quarantine: 1, retries: 0, timeout: 10m, input: 1KiB, state: 2MiB");
        work.awaitReady();
        awaitStanding("1 running, 3 queued, 1 quarantined");
        for (int number = 2; number <= 4; number++) {
            work.touch("gate." + number);
        }
        // Another size of its slot's segment, too: that has the checkpoint.
        assertReady(2, "41");
        for (int number = 3; number <= 5; number++) {
            assertReady(number, "0");
        }
        work.assertEachOnce(5);

        assertEquals(0, root.stop(), root.stderr());
        work.manifest("slots: 2, queue: 7, retries: 0, timeout: 10m, input: 2KiB", "state: 2MiB", "checkpoints: 1");
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        work.awaitReady();
        awaitStanding("0 running, 0 queued, 1 quarantined");
        work.order("6 submit plain");
        assertReady(6, "0");
        work.assertEachOnce(6);
        assertEquals(0, next.stop(), next.stderr());
        try (Stream<Path> files = Files.list(coppice.home().resolve("shop"))) {
            assertEquals(
                    List.of(),
                    files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> name.endsWith(".new") || name.endsWith(".unfinished"))
                            .toList(),
                    "nothing is left of what was written on the way");
        }
    }

    private void awaitStanding(String standing) throws Exception {
        Coppice.await(standing, () -> transactions().contains("; " + standing + "\n"));
    }

    private String transactions() {
        return coppice.ask("transactions", Submitter.NAME).out();
    }

    /** Also while results are on their way. */
    @Test
    void shouldCountEachOnceWhileTheNumberOfSlotsChanges() throws Exception {
        Coppice.Root root = work.start(slots(1));
        int number = 0;
        for (int slots : List.of(3, 1, 4, 2)) {
            for (int i = 0; i < 6; i++) {
                work.order(++number + " submit plain");
            }
            work.outcome(number - 4);
            reload(slots(slots));
        }
        work.order(++number + " submit plain");
        for (int each = 1; each <= number; each++) {
            assertReady(each, "0");
        }
        work.assertEachOnce(number);
        assertEquals(2, work.slots().size());
        assertEquals(0, root.stop(), root.stderr());
    }

    /** The root dies while it goes from one plan to the next, and its successor is started with the new manifest. */
    @Test
    void shouldCountEachOnceWhenTheRootDiesOfAReload() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Coppice.Root root = work.start(slots(1));
        int number = 0;
        for (int slots : List.of(3, 1, 2)) {
            for (int i = 0; i < 4; i++) {
                work.order(++number + " submit plain");
            }
            work.manifest(slots(slots));
            Process reload = coppice.startIn(List.of(), "reload");
            TimeUnit.MILLISECONDS.sleep(random.nextInt(200, 900)); // an instant to die at, not a wait for something
            root.process.destroyForcibly();
            root.awaitExit();
            assertTrue(reload.waitFor(60, TimeUnit.SECONDS), "a reload whose root is dead");
            root = coppice.startRoot();
            coppice.awaitRoot(root);
            work.awaitReady();
        }
        for (int each = 1; each <= number; each++) {
            assertReady(each, "0");
        }
        work.assertEachOnce(number);
        coppice.await(Submitter.NAME, row -> work.slots().size() == 2);
        assertEquals(0, root.stop(), root.stderr());
    }

    /** What runs keeps the time that it was given; the daemon does not notice. */
    @Test
    void shouldHoldANewTimeoutForWhatBeginsThen() throws Exception {
        Coppice.Root root = work.start("slots: 2, retries: 0, timeout: 10m");
        work.order("1 submit gate");
        long first = work.pidOf(1);
        assertEquals(
                List.of("1 other unchanged", "work@transactions: new rules, not restarted"),
                reload("slots: 2, retries: 0, timeout: 1s"));
        work.order("2 submit always loop");
        String loops = work.outcome(2);
        assertTrue(loops.contains("failed after 1 attempt: not done within 1 s"), loops);
        assertTrue(Coppice.isAlive(first));
        work.touch("gate.1");
        assertReady(1, "0");
        work.assertEachOnce(2);
        assertEquals(1, coppice.daemon("work").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }

    /** The new root finds processes of slots that its manifest does not have. */
    @Test
    void shouldLoseNothingWhenTheManifestWasChangedWhileTheRootWasDead() throws Exception {
        Coppice.Root root = work.start(slots(3));
        for (int number = 1; number <= 4; number++) {
            work.order(number + " submit gate");
        }
        long first = work.pidOf(1);
        long second = work.pidOf(2);
        long third = work.pidOf(3);
        root.process.destroyForcibly();
        root.awaitExit();
        work.delete("begun.2");

        work.manifest(slots(1));
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        coppice.await("work", row -> row.state().equals("ready") && row.number("incarnation") == 2);
        Coppice.await(
                "no process in slots that are no more", () -> !Coppice.isAlive(second) && !Coppice.isAlive(third));
        assertEquals(first, work.pidOfSlot(1), "what ran went on");
        for (int number = 1; number <= 4; number++) {
            work.touch("gate." + number);
        }
        for (int number = 1; number <= 4; number++) {
            assertReady(number, "0");
        }
        work.assertEachOnce(4);
        assertEquals(0, next.stop(), next.stderr());
    }
}
