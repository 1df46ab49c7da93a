package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.worker.Codec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Method: a daemon that has inputs done in transactions, over a simulated segment, slots and root. It dies at each of its actions (a change
 * of the table or of its own state, both sides of a commit, each word, the hint), and a successor goes on; at the end each
 * outcome must have been adopted once, and nothing is left.
 */
class TransactionLedgerSimulationTest {
    private static final int SEEDS = Integer.getInteger("coppice.transactions.seeds", 2000);
    private static final TransactionLimits LIMITS = new TransactionLimits(2, 1, 64, 0);

    private static void requireEachOnce(String what, SimulatedInstance instance, List<String> inputs) {
        TreeMap<String, Integer> once = new TreeMap<>();
        inputs.forEach(input -> once.put(input, 1));
        assertEquals(once, instance.adopted(), what);
        assertTrue(instance.isEmpty(), what + " leaves " + instance.table());
    }

    private static List<String> inputs(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "input " + i).toList();
    }

    @Test
    void shouldAdoptEachOutcomeOnceWhereverTheDaemonDies() {
        for (int seed = 1; seed <= 8; seed++) {
            boolean wild = seed > 4;
            SimulatedInstance undisturbed = new SimulatedInstance(seed, LIMITS);
            SimulatedDaemon.run(undisturbed, LIMITS, inputs(4), wild);
            requireEachOnce("seed " + seed, undisturbed, inputs(4));
            for (long diesAt = 1; diesAt <= undisturbed.actions; diesAt++) {
                String what = "seed " + seed + ", death at action " + diesAt;
                SimulatedInstance instance = new SimulatedInstance(seed, LIMITS);
                instance.diesAt = diesAt;
                boolean done = SimulatedDaemon.run(instance, LIMITS, inputs(4), wild);
                while (!done) {
                    done = SimulatedDaemon.run(instance, LIMITS, inputs(4), wild);
                }
                requireEachOnce(what, instance, inputs(4));
            }
        }
    }

    @Test
    void shouldAdoptEachOutcomeOnceWhateverDiesWhen() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimulatedInstance instance = new SimulatedInstance(seed, LIMITS);
            TransactionLimits limits = new TransactionLimits(
                    1 + instance.random.nextInt(3), instance.random.nextInt(3), 64, instance.random.nextInt(2));
            instance = new SimulatedInstance(seed, limits);
            List<String> inputs = inputs(1 + instance.random.nextInt(8));
            boolean done = false;
            for (int lives = 0; !done; lives++) {
                instance.diesAt = lives < 6 ? instance.actions + 1 + instance.random.nextInt(60) : 0;
                done = SimulatedDaemon.run(instance, limits, inputs, true);
                for (int turn = instance.random.nextInt(4); turn > 0; turn--) {
                    instance.turn();
                }
            }
            TreeMap<String, Integer> once = new TreeMap<>();
            inputs.forEach(input -> once.put(input, 1));
            assertEquals(once, instance.adopted(), "seed " + seed);
        }
    }

    /** Runs a process that takes up what is retried, until that has been done. @return false if it died */
    private static boolean retries(SimulatedInstance instance, TransactionLimits limits) {
        TransactionLedger ledger = new TransactionLedger(instance, limits);
        TransactingPort port = new TransactingPort(instance, ledger);
        TransactionDesk desk = new TransactionDesk(ledger, instance, limits);
        try {
            port.beforeStart();
            desk.whenFound(
                    SimulatedDaemon.Echo.class,
                    found -> found.future().onReady(result -> instance.adopt(Codec.UTF_8.decode(result))));
            port.commit();
            for (int turn = 0; instance.orderDone == 0 || !instance.isEmpty(); turn++) {
                assertTrue(turn < 10_000, () -> "it does not get on: " + instance.table());
                port.beginTurn();
                port.commitStep();
                port.park(1_000_000);
            }
            return true;
        } catch (SimulatedInstance.Death death) {
            instance.processDied();
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RootOrder.What.class,
            names = {"RETRY", "RETRY_AFRESH"})
    void shouldRetryWhatIsQuarantinedOnceWhereverTheDaemonDies(RootOrder.What what) {
        TransactionLimits limits = new TransactionLimits(2, 2, 64, 4);
        List<String> inputs = List.of("one!", "two!", "three!");
        boolean died = true;
        for (int action = 1; died; action++) {
            SimulatedInstance instance = new SimulatedInstance(action, limits);
            instance.poisoned = true;
            SimulatedDaemon.run(instance, limits, inputs, false);
            assertEquals(Map.of("one!", 1, "two!", 1, "three!", 1), instance.adopted());
            instance.poisoned = false;
            instance.retries = 1_000;
            instance.give(new RootOrder(1, what, 0));
            instance.diesAt = instance.actions + action;
            died = !retries(instance, limits);
            if (died) {
                retries(instance, limits);
            }
            assertEquals(Map.of("one!", 2, "two!", 2, "three!", 2), instance.adopted(), "death at action " + action);
        }
    }
}
