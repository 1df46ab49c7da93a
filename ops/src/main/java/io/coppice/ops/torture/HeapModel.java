package io.coppice.ops.torture;

import io.coppice.ops.torture.job.Message;
import io.coppice.ops.torture.job.Operations;
import io.coppice.ops.torture.job.Script;
import io.coppice.ops.torture.job.Structures;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A writer's contents as they should be, in plain Java collections: the operations of a script with no memory, layout, undo
 * log or commit below them. One thread.
 */
final class HeapModel implements Operations {
    /** A record's fields. */
    record Item(long number, double fraction, String content) {
        static final Item EMPTY = new Item(0, 0, "");

        static Item of(long number, byte[] bytes) {
            return new Item(number, 0, Arrays.toString(bytes));
        }
    }

    /**
     * How many of the latest messages a receiver may lack when it is compared; a power of two. It lacks what its channel holds, and what is
     * sent between two looks that follow one another: some ten thousand.
     */
    static final int DIGESTS_KEPT = 1 << 20;

    private final Script script;
    long step;
    Item record = Item.EMPTY;
    final Item[] table = new Item[Structures.TABLE_ROWS];
    final SortedMap<String, Long> strings = new TreeMap<>();
    final SortedMap<Long, Long> longs = new TreeMap<>();
    final SortedMap<Long, Item> longRecords = new TreeMap<>();
    final SortedMap<String, Item> stringRecords = new TreeMap<>();
    final Deque<Item> queue = new ArrayDeque<>();
    long queueRemoved;
    final Deque<byte[]> log = new ArrayDeque<>();
    long logNext;
    private long logBytes;
    final SortedMap<Long, Item> pool = new TreeMap<>();
    final SortedMap<String, Long> counts = new TreeMap<>();
    long broadcasts;
    private final long[] digests = new long[DIGESTS_KEPT];
    private long sent;

    HeapModel(long seed, int writer) {
        script = new Script(seed, writer);
        Arrays.fill(table, Item.EMPTY);
    }

    /** Plays on to a later step. */
    void advanceTo(long wanted) {
        while (step < wanted) {
            script.play(step + 1, this);
        }
    }

    /** Channel messages sent. */
    long sent() {
        return sent;
    }

    /**
     * What a receiver's digest is after that many messages.
     *
     * @param messages 0 to {@link #sent}
     * @throws IllegalStateException if more than {@link #DIGESTS_KEPT} have been sent after them
     */
    long digest(long messages) {
        if (messages <= sent - DIGESTS_KEPT) {
            throw new IllegalStateException("a receiver is at message " + messages + " of " + sent
                    + ", and only the last " + DIGESTS_KEPT + " can be compared");
        }
        return digests[(int) (messages & (DIGESTS_KEPT - 1))];
    }

    @Override
    public void begin(long begun) {
        step = begun;
    }

    @Override
    public void end(long ended) {
        step = ended;
    }

    @Override
    public void record(long number, double fraction, byte[] bytes) {
        record = new Item(number, fraction, Arrays.toString(bytes));
    }

    @Override
    public void tableAdd(int row, long delta, byte[] bytes) {
        table[row] = Item.of(table[row].number + delta, bytes);
    }

    private static <K, V> void putUnlessFull(SortedMap<K, V> map, K key, V value) {
        if (map.containsKey(key) || map.size() < Structures.MAP_CAPACITY) {
            map.put(key, value);
        }
    }

    @Override
    public void stringPut(String key, long value) {
        putUnlessFull(strings, key, value);
    }

    @Override
    public void stringRemove(String key) {
        strings.remove(key);
    }

    @Override
    public void longAdd(long key, long delta) {
        putUnlessFull(longs, key, longs.getOrDefault(key, 0L) + delta);
    }

    @Override
    public void longRemove(long key) {
        longs.remove(key);
    }

    @Override
    public void longRecordPut(long key, long number, byte[] bytes) {
        putUnlessFull(longRecords, key, Item.of(number, bytes));
    }

    @Override
    public void longRecordRemove(long key) {
        longRecords.remove(key);
    }

    @Override
    public void stringRecordPut(String key, long number, byte[] bytes) {
        putUnlessFull(stringRecords, key, Item.of(number, bytes));
    }

    @Override
    public void stringRecordRemove(String key) {
        stringRecords.remove(key);
    }

    @Override
    public void queueAdd(long number, byte[] bytes) {
        if (queue.size() < Structures.QUEUE_CAPACITY) {
            queue.add(Item.of(number, bytes));
        }
    }

    @Override
    public void queuePoll() {
        if (queue.poll() != null) {
            queueRemoved++;
        }
    }

    private static int padded(byte[] entry) {
        return (entry.length + 7) / 8 * 8;
    }

    @Override
    public void logAppend(byte[] entry) {
        while (log.size() == Structures.LOG_ENTRIES || Structures.LOG_BYTES - logBytes < padded(entry)) {
            logBytes -= padded(log.remove());
        }
        log.add(entry);
        logBytes += padded(entry);
        logNext++;
    }

    @Override
    public void poolAcquire(long id, byte[] bytes) {
        if (pool.size() < Structures.POOL_CAPACITY) {
            pool.put(id, Item.of(id, bytes));
        }
    }

    @Override
    public void poolRelease() {
        if (!pool.isEmpty()) {
            pool.remove(pool.firstKey());
        }
    }

    @Override
    public void count(String label, long delta) {
        counts.merge(label, delta, Long::sum);
    }

    @Override
    public void send(int payloadWords) {
        long last = digest(sent);
        sent++;
        digests[(int) (sent & (DIGESTS_KEPT - 1))] = Message.digest(last, sent, step);
    }

    @Override
    public void broadcast(int payloadWords) {
        broadcasts++;
    }
}
