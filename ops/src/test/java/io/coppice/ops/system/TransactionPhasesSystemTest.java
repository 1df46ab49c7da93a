package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: each result counts once, whoever dies and when. Method: a real root, daemon and transaction; each of them, and all, are killed
 * while the transaction has not begun, runs, has committed its result, and while that is being adopted. {@code
 * -Dcoppice.transactions.seed=S} has other instants.
 */
class TransactionPhasesSystemTest {
    private static final long SEED = Long.getLong("coppice.transactions.seed", 20_261_127);

    /** Instants before a transaction begins, of each kind of death. */
    private static final int INSTANTS = Integer.getInteger("coppice.transactions.instants", 2);

    private static final Pattern RESULT =
            Pattern.compile("ready: from (\\d+) in attempt (\\d+) of process (\\d+) after (.*)");

    private enum Victim {
        TRANSACTION,
        DAEMON,
        ROOT
    }

    private static final List<Set<Victim>> VICTIMS = List.of(
            EnumSet.of(Victim.TRANSACTION),
            EnumSet.of(Victim.DAEMON),
            EnumSet.of(Victim.ROOT),
            EnumSet.allOf(Victim.class));

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final Submitter work = new Submitter(coppice);
    private int number;

    private record Result(long from, int attempt, long pid) {}

    private Result resultOf(int of) throws Exception {
        String outcome = work.outcome(of);
        Matcher result = RESULT.matcher(outcome);
        assertTrue(result.matches(), of + ": " + outcome);
        return new Result(
                Long.parseLong(result.group(1)), Integer.parseInt(result.group(2)), Long.parseLong(result.group(3)));
    }

    private Coppice.Root start() throws Exception {
        return work.start("slots: 1, retries: 30, timeout: 10m", "max_restarts: unlimited");
    }

    /** Kills them in this order: the root can do nothing about the others' deaths. Answers the root that there is afterwards. */
    private Coppice.Root kill(Set<Victim> victims, Coppice.Root root, long transaction) throws Exception {
        long daemon = coppice.daemon(Submitter.NAME).number("pid");
        if (victims.contains(Victim.ROOT)) {
            root.process.destroyForcibly();
            root.awaitExit();
        }
        if (victims.contains(Victim.DAEMON)) {
            Coppice.kill(daemon);
        }
        if (victims.contains(Victim.TRANSACTION) && transaction != 0) {
            Coppice.kill(transaction);
        }
        if (!victims.contains(Victim.ROOT)) {
            return root;
        }
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        return next;
    }

    private void end(Coppice.Root root) throws Exception {
        work.awaitReady();
        work.assertEachOnce(number);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldCountOnceWhatHadNotBegun() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Coppice.Root root = start();
        for (Set<Victim> victims : VICTIMS) {
            for (int i = 0; i < INSTANTS; i++) {
                work.awaitReady();
                work.order(++number + " submit plain");
                TimeUnit.MILLISECONDS.sleep(random.nextInt(120)); // an instant to die at, not a wait for something
                root = kill(victims, root, work.pidOfSlotNow(1));
                resultOf(number);
            }
        }
        end(root);
    }

    @Test
    void shouldGoOnWithWhatRuns() throws Exception {
        Coppice.Root root = start();
        for (Set<Victim> victims : VICTIMS) {
            work.awaitReady();
            work.order(++number + " submit gate");
            long pid = work.pidOf(number);
            root = kill(victims, root, pid);
            if (victims.contains(Victim.TRANSACTION)) {
                work.touch("gate." + number);
                Result result = resultOf(number);
                assertEquals(41, result.from(), victims + ": " + result);
                assertNotEquals(pid, result.pid());
                assertEquals(2, result.attempt(), victims + ": " + result);
            } else {
                work.awaitReady();
                assertTrue(Coppice.isAlive(pid), victims.toString());
                work.touch("gate." + number);
                assertEquals(new Result(0, 1, pid), resultOf(number));
            }
        }
        end(root);
    }

    /** Its process is still there, or has just gone, and the daemon has not looked yet. */
    @Test
    void shouldCountOnceWhatIsCommitted() throws Exception {
        Coppice.Root root = start();
        for (Set<Victim> victims : VICTIMS) {
            work.awaitReady();
            work.touch("hold." + (number + 1));
            work.order(++number + " submit lingers");
            work.order(number + " stand");
            work.awaitFile("standing." + number);
            work.touch("go." + number);
            work.awaitFile("lingering." + number);
            long pid = work.pidOfSlot(1); // before that, the one before may still be there
            root = kill(victims, root, pid);
            work.delete("hold." + number);
            assertEquals(new Result(0, 1, pid), resultOf(number), victims.toString());
            work.touch("gate." + number);
        }
        end(root);
    }

    /** The daemon has been given the result, and has not committed what it made of it. */
    @Test
    void shouldCountOnceWhatIsBeingAdopted() throws Exception {
        Coppice.Root root = start();
        for (Set<Victim> victims : VICTIMS) {
            work.awaitReady();
            work.touch("hold." + (number + 1));
            work.order(++number + " submit lingers");
            work.touch("go." + number);
            work.awaitFile("standing." + number);
            long pid = work.pidOfSlot(1);
            root = kill(victims, root, pid);
            work.delete("hold." + number);
            assertEquals(new Result(0, 1, pid), resultOf(number), victims.toString());
            work.touch("gate." + number);
        }
        end(root);
    }
}
