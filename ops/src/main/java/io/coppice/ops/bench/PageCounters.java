package io.coppice.ops.bench;

import io.coppice.supervisor.root.HeartbeatScanProbe.Counters;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The counters of more daemons than a process can map segments of: one area with a page for each, where their words lie as on a
 * segment's first page, beside each other in one cache line. So a look costs the misses of caches and of translations that pages
 * cost; it lacks the objects and the checks of a segment. One thread.
 */
final class PageCounters implements Counters {
    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int PAGE_BYTES = 4096;

    /** A cache line of its own; which one does not matter. */
    private static final int HEARTBEAT_LINE_OFFSET = 512;

    private final ByteBuffer area;

    /** @param daemons each takes a page, all of them touched here; outside the heap */
    PageCounters(int daemons) {
        // Aligned to pages, as mappings are.
        area = ByteBuffer.allocateDirect(Math.multiplyExact(daemons + 1, PAGE_BYTES))
                .alignedSlice(PAGE_BYTES);
        for (int i = 0; i < daemons; i++) {
            WORD.setOpaque(area, offset(i), 1L);
            WORD.setOpaque(area, offset(i) + Long.BYTES, -1L);
        }
    }

    private static int offset(int daemon) {
        return daemon * PAGE_BYTES + HEARTBEAT_LINE_OFFSET;
    }

    @Override
    public long heartbeatCount(int daemon) {
        return (long) WORD.getAcquire(area, offset(daemon));
    }

    @Override
    public long busyAtCount(int daemon) {
        return (long) WORD.getAcquire(area, offset(daemon) + Long.BYTES);
    }

    @Override
    public long busyAtMostMs(int daemon) {
        return (long) WORD.getAcquire(area, offset(daemon) + 2 * Long.BYTES);
    }
}
