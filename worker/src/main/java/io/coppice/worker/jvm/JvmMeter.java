package io.coppice.worker.jvm;

import io.coppice.state.JvmFigures;
import io.coppice.state.Record;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;

/**
 * Finds out how this JVM does: the agent's {@link JvmFigures}, which {@code coppice state NAME} shows. Collections of garbage, and the time
 * that they took, are counted since the JVM's start.
 */
public final class JvmMeter {
    private final Record record;

    /**
     * Those of the calling process.
     *
     * @param record of that layout
     */
    public JvmMeter(Record record) {
        this.record = record;
    }

    /** Writes them down as they are now; they count with the next commit. */
    public void take() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        MemoryUsage heap = memory.getHeapMemoryUsage();
        record.set(JvmFigures.HEAP_USED, heap.getUsed());
        record.set(JvmFigures.HEAP_COMMITTED, heap.getCommitted());
        record.set(JvmFigures.HEAP_MAX, heap.getMax());
        record.set(JvmFigures.NON_HEAP_USED, memory.getNonHeapMemoryUsage().getUsed());
        long collections = 0;
        long collectionMs = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            collectionMs += Math.max(0, collector.getCollectionTime());
        }
        record.set(JvmFigures.COLLECTIONS, collections);
        record.set(JvmFigures.COLLECTION_MS, collectionMs);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        record.set(JvmFigures.THREADS, threads.getThreadCount());
        record.set(JvmFigures.UPTIME_MS, ManagementFactory.getRuntimeMXBean().getUptime());
    }
}
