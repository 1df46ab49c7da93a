package io.coppice.ops.torture.job;

import io.coppice.state.AppendLog;
import io.coppice.state.Broadcast;
import io.coppice.state.CapacityExceededException;
import io.coppice.state.Channel;
import io.coppice.state.Counters;
import io.coppice.state.LongLongMap;
import io.coppice.state.LongRecordMap;
import io.coppice.state.Record;
import io.coppice.state.RecordPool;
import io.coppice.state.RecordQueue;
import io.coppice.state.RecordTable;
import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import io.coppice.state.StringRecordMap;

/** The operations on a segment's structures, which it creates or attaches. Owner's thread. */
public final class SegmentOperations implements Operations {
    private final Record progress;
    private final Record record;
    private final RecordTable table;
    private final StringLongMap strings;
    private final LongLongMap longs;
    private final LongRecordMap longRecords;
    private final StringRecordMap stringRecords;
    private final RecordQueue queue;
    private final AppendLog log;
    private final RecordPool pool;
    private final Counters counters;
    private final Channel channel;
    private final Broadcast broadcast;
    private final long incarnation;
    private long step;
    private long oldest;
    private long oldestId;

    /** @param incarnation of the process, which its messages carry */
    public SegmentOperations(State state, long incarnation) {
        this.incarnation = incarnation;
        progress = state.published(Structures.PROGRESS, Structures.PROGRESS_LAYOUT);
        record = state.record(Structures.RECORD, Structures.ITEM_LAYOUT);
        table = state.table(Structures.TABLE, Structures.ITEM_LAYOUT, Structures.TABLE_ROWS);
        strings = state.stringLongMap(
                Structures.STRINGS, Structures.MAP_CAPACITY, Structures.LONGEST_KEY_BYTES, Structures.KEY_POOL_BYTES);
        longs = state.longLongMap(Structures.LONGS, Structures.MAP_CAPACITY);
        longRecords = state.longRecordMap(Structures.LONG_RECORDS, Structures.MAP_CAPACITY, Structures.ITEM_LAYOUT);
        stringRecords = state.stringRecordMap(
                Structures.STRING_RECORDS,
                Structures.MAP_CAPACITY,
                Structures.LONGEST_KEY_BYTES,
                Structures.KEY_POOL_BYTES,
                Structures.ITEM_LAYOUT);
        queue = state.queue(Structures.QUEUE, Structures.ITEM_LAYOUT, Structures.QUEUE_CAPACITY);
        log = state.appendLog(Structures.LOG, Structures.LOG_ENTRIES, Structures.LOG_BYTES);
        pool = state.pool(Structures.POOL, Structures.ITEM_LAYOUT, Structures.POOL_CAPACITY);
        counters = state.counters(Structures.COUNTS, Structures.COUNTERS);
        channel =
                state.channel(Structures.CHANNEL, Structures.CHANNEL_BYTES, Structures.READERS.toArray(new String[0]));
        broadcast = state.broadcast(Structures.BROADCAST, Structures.BROADCAST_BYTES);
        progress.set(Structures.INCARNATION, incarnation);
    }

    /** The step that was committed last, outside of one. */
    public long step() {
        return progress.get(Structures.STEP);
    }

    @Override
    public void begin(long begun) {
        step = begun;
        progress.set(Structures.STEP, begun);
    }

    @Override
    public void end(long ended) {
        progress.set(Structures.TWICE, 2 * ended);
        progress.set(Structures.CHECKSUM, Structures.checksum(ended));
    }

    @Override
    public void record(long number, double fraction, byte[] bytes) {
        record.set(Structures.FRACTION, fraction);
        fill(record, number, bytes);
    }

    @Override
    public void tableAdd(int row, long delta, byte[] bytes) {
        Record target = table.at(row);
        fill(target, target.get(Structures.NUMBER) + delta, bytes);
    }

    @Override
    public void stringPut(String key, long value) {
        unlessFull(strings.size(), strings.contains(key), () -> strings.put(key, value));
    }

    @Override
    public void stringRemove(String key) {
        strings.remove(key);
    }

    @Override
    public void longAdd(long key, long delta) {
        unlessFull(longs.size(), longs.contains(key), () -> longs.add(key, delta));
    }

    @Override
    public void longRemove(long key) {
        longs.remove(key);
    }

    @Override
    public void longRecordPut(long key, long number, byte[] bytes) {
        unlessFull(longRecords.size(), longRecords.contains(key), () -> fill(longRecords.put(key), number, bytes));
    }

    @Override
    public void longRecordRemove(long key) {
        longRecords.remove(key);
    }

    @Override
    public void stringRecordPut(String key, long number, byte[] bytes) {
        unlessFull(
                stringRecords.size(), stringRecords.contains(key), () -> fill(stringRecords.put(key), number, bytes));
    }

    @Override
    public void stringRecordRemove(String key) {
        stringRecords.remove(key);
    }

    @Override
    public void queueAdd(long number, byte[] bytes) {
        Record added = queue.offer();
        if (added != null) {
            fill(added, number, bytes);
        }
    }

    @Override
    public void queuePoll() {
        queue.poll();
    }

    @Override
    public void logAppend(byte[] entry) {
        while (log.size() == Structures.LOG_ENTRIES || log.freeBytes() < AppendLog.entryBytes(entry.length)) {
            log.truncateBefore(log.firstSequence() + 1);
        }
        log.append(entry, 0, entry.length);
    }

    @Override
    public void poolAcquire(long id, byte[] bytes) {
        long handle = pool.tryAcquire();
        if (handle != RecordPool.NONE) {
            fill(pool.get(handle), id, bytes);
        }
    }

    @Override
    public void poolRelease() {
        oldest = RecordPool.NONE;
        oldestId = Long.MAX_VALUE;
        pool.forEach((handle, used) -> {
            if (used.get(Structures.NUMBER) < oldestId) {
                oldestId = used.get(Structures.NUMBER);
                oldest = handle;
            }
        });
        if (oldest != RecordPool.NONE) {
            pool.release(oldest);
        }
    }

    @Override
    public void count(String label, long delta) {
        counters.counter(label).add(delta);
    }

    /** @throws ChannelFullException if a receiver is too far behind: this step cannot be done now */
    @Override
    public void send(int payloadWords) {
        if (!channel.tryOffer(message(channel.messages(), payloadWords))) {
            throw new ChannelFullException();
        }
    }

    @Override
    public void broadcast(int payloadWords) {
        broadcast.offer(message(broadcast.messages(), payloadWords));
    }

    private byte[] message(long sent, int payloadWords) {
        return new Message(sent + 1, step, incarnation).encode(payloadWords);
    }

    private static void fill(Record target, long number, byte[] bytes) {
        target.set(Structures.NUMBER, number);
        target.set(Structures.CONTENT, bytes, 0, bytes.length);
    }

    /** A put into a full map is tried all the same: it must be refused, and change nothing. */
    private static void unlessFull(int size, boolean present, Runnable put) {
        if (present || size < Structures.MAP_CAPACITY) {
            put.run();
            return;
        }
        try {
            put.run();
        } catch (CapacityExceededException e) {
            return;
        }
        throw new IllegalStateException("a map took more than its capacity");
    }
}
