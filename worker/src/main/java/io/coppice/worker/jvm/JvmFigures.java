package io.coppice.worker.jvm;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;

/**
 * How a JVM does, as one published record: {@code coppice state NAME} shows it. Bytes and milliseconds; collections and the time that
 * they took are counted since the JVM's start; -1 is what the JVM does not tell.
 */
public final class JvmFigures {
    /** Name of the structure. */
    public static final String NAME = "jvm";

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("jvm");
    /** Of the heap, in use. */
    public static final LongField HEAP_USED = BUILDER.int64("heapUsedBytes");
    /** Of the heap, taken from the system. */
    public static final LongField HEAP_COMMITTED = BUILDER.int64("heapCommittedBytes");
    /** What the heap may grow to. */
    public static final LongField HEAP_MAX = BUILDER.int64("heapMaxBytes");
    /** Classes, code and the like. */
    public static final LongField NON_HEAP_USED = BUILDER.int64("nonHeapUsedBytes");
    /** Of all collectors. */
    public static final LongField COLLECTIONS = BUILDER.int64("collections");
    /** What they took. */
    public static final LongField COLLECTION_MS = BUILDER.int64("collectionMs");
    /** That live, daemon threads included. */
    public static final LongField THREADS = BUILDER.int64("threads");
    /** Since the JVM's start. */
    public static final LongField UPTIME_MS = BUILDER.int64("uptimeMs");

    /** Layout of the structure. */
    public static final RecordLayout LAYOUT = BUILDER.build();

    private final Record record;

    /**
     * Those of the calling process.
     *
     * @param record of that layout
     */
    public JvmFigures(Record record) {
        this.record = record;
    }

    /** Writes them down as they are now; they count with the next commit. */
    public void take() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        MemoryUsage heap = memory.getHeapMemoryUsage();
        record.set(HEAP_USED, heap.getUsed());
        record.set(HEAP_COMMITTED, heap.getCommitted());
        record.set(HEAP_MAX, heap.getMax());
        record.set(NON_HEAP_USED, memory.getNonHeapMemoryUsage().getUsed());
        long collections = 0;
        long collectionMs = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            collectionMs += Math.max(0, collector.getCollectionTime());
        }
        record.set(COLLECTIONS, collections);
        record.set(COLLECTION_MS, collectionMs);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        record.set(THREADS, threads.getThreadCount());
        record.set(UPTIME_MS, ManagementFactory.getRuntimeMXBean().getUptime());
    }
}
