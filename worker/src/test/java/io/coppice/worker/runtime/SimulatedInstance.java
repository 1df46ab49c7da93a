package io.coppice.worker.runtime;

import io.coppice.state.LayoutMismatchException;
import io.coppice.state.Phase;
import io.coppice.worker.Daemon;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A daemon's segment, its slots and its root, in one thread: what the process does goes through this, and at any of its actions it may
 * die. What was not committed is lost then, and nothing else.
 */
final class SimulatedInstance implements TransactionPort, WorkerPort {
    /** The daemon's process dies; the loop must not take it for an exception. */
    static final class Death extends InternalError {
        private static final long serialVersionUID = 1;
    }

    /** What must not be; of a kind that no loop goes on after. */
    static final class Broken extends InternalError {
        private static final long serialVersionUID = 1;

        Broken(String what) {
            super(what);
        }
    }

    /** What is under the commit. */
    private static final class Contents {
        HeapRequests requests;

        /** How often an outcome of that input has been adopted. */
        final TreeMap<String, Integer> adopted = new TreeMap<>();

        Contents(HeapRequests requests) {
            this.requests = requests;
        }

        Contents copy() {
            Contents copy = new Contents(requests.copy());
            copy.adopted.putAll(adopted);
            return copy;
        }
    }

    final Random random;
    final SimulatedSlot[] slots = new SimulatedSlot[TransactionLimits.MAX_SLOTS];
    final List<String> log = new ArrayList<>();
    int retries = 1;
    double deathRate = 0.2;
    double commitRate = 0.5;
    boolean poisoned;

    @Nullable
    RootOrder order;

    /** The process dies at the action of that number, counted from 1; 0 never. */
    long diesAt;

    long actions;
    long orderDone;
    long hints;
    private final long[] words = new long[TransactionLimits.MAX_SLOTS];
    private Contents committed;
    private Contents present;
    private boolean rootMoved = true;
    private long nowNs = 1;
    long turnsOfRoot;

    SimulatedInstance(long seed, TransactionLimits limits) {
        random = new Random(seed);
        committed = new Contents(new HeapRequests(limits.entries(), this::act));
        present = committed.copy();
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new SimulatedSlot();
        }
    }

    private void act() {
        if (++actions == diesAt) {
            throw new Death();
        }
    }

    /** What a successor finds. */
    void processDied() {
        present = committed.copy();
    }

    /** An operator gives an order. */
    void give(RootOrder given) {
        order = given;
        rootMoved = true;
    }

    /** In the daemon's state. */
    void adopt(String input) {
        act();
        present.adopted.merge(input, 1, Integer::sum);
    }

    boolean isAdopted(String input) {
        return present.adopted.containsKey(input);
    }

    TreeMap<String, Integer> adopted() {
        return committed.adopted;
    }

    boolean isEmpty() {
        return committed.requests.toString().equals("[]");
    }

    /** The root and all processes of slots have a turn. */
    void turn() {
        turnsOfRoot++;
        for (int slot = 1; slot <= slots.length; slot++) {
            long word = words[slot - 1];
            byte[] input = inputOf(Math.abs(word));
            boolean bad = poisoned && new String(input, java.nio.charset.StandardCharsets.UTF_8).endsWith("!");
            rootMoved |= slots[slot - 1].turn(
                    word,
                    input,
                    retries,
                    () -> bad || random.nextDouble() < deathRate,
                    () -> !bad && random.nextDouble() < commitRate);
        }
        requireOneProcessEach();
    }

    private byte[] inputOf(long id) {
        HeapRequests requests = committed.requests;
        for (int entry = 0; entry < requests.entries(); entry++) {
            if (requests.used(entry) && requests.id(entry) == id) {
                return requests.input(entry);
            }
        }
        return new byte[0];
    }

    private void requireOneProcessEach() {
        for (int i = 0; i < slots.length; i++) {
            for (int j = 0; j < i; j++) {
                if (slots[i].running && slots[j].running && slots[i].request == slots[j].request) {
                    throw new Broken("two processes of request " + slots[i].request);
                }
            }
        }
    }

    @Override
    public RequestTable table() {
        return present.requests;
    }

    @Override
    public void rolledBack() {}

    @Override
    public long timeline() {
        return 1;
    }

    @Override
    public long word(int slot) {
        return words[slot - 1];
    }

    @Override
    public void publish(int slot, long word) {
        act();
        words[slot - 1] = word;
    }

    @Override
    public long orderDone() {
        return orderDone;
    }

    @Override
    public void orderDone(long number) {
        act();
        orderDone = number;
    }

    @Override
    public void hint() {
        act();
        hints++;
    }

    @Override
    public long contentsOf(int slot) {
        return slots[slot - 1].contents;
    }

    @Override
    public void lookAnew(int slot) {
        // There are no files.
    }

    @Override
    public boolean done(int slot, long id) {
        return slots[slot - 1].contents == id && slots[slot - 1].done;
    }

    @Override
    public boolean isSound(int slot) {
        return random.nextInt(8) != 0;
    }

    @Override
    public void reopen(int slot) {}

    @Override
    public boolean tells(int slot) {
        return random.nextInt(8) != 0;
    }

    @Override
    public SlotResult result(int slot, long id) {
        return random.nextInt(8) == 0 ? new SlotResult.Busy() : new SlotResult.Bytes(slots[slot - 1].result);
    }

    @Override
    public boolean rootMoved() {
        return rootMoved;
    }

    @Override
    public void rootRead() {
        rootMoved = false;
    }

    @Override
    public Optional<SlotRow> row(int slot) {
        return slots[slot - 1].row();
    }

    @Override
    public long orderNumber() {
        RootOrder present = order;
        return present == null ? 0 : present.number();
    }

    @Override
    public Optional<RootOrder> order() {
        return Optional.ofNullable(order);
    }

    @Override
    public String cause(int slot, SlotRow row) {
        return "signal SEGV";
    }

    @Override
    public long epochMs() {
        return nowNs / 1_000_000;
    }

    @Override
    public void log(String line) {
        log.add(line);
    }

    @Override
    public void phase(Phase phase) {}

    @Override
    public void lastWords(String text) {
        log.add(text);
    }

    @Override
    public void bumpHeartbeat() {}

    @Override
    public void busy(long atMostMs) {}

    @Override
    public void commit() {
        act();
        committed = present;
        present = committed.copy();
        act();
    }

    @Override
    public void commitStep() {}

    @Override
    public void requestCheckpoint() {}

    @Override
    public boolean evolve(Daemon daemon, LayoutMismatchException mismatch) {
        return false;
    }

    @Override
    public void rollback() {
        present = committed.copy();
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public void park(long ns) {
        nowNs += ns;
        turn();
    }

    @Override
    public void log(String line, @Nullable Throwable thrown) {
        log.add(line);
    }
}
