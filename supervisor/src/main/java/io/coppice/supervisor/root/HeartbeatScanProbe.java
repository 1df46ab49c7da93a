package io.coppice.supervisor.root;

import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentDamagedException;
import java.util.Arrays;
import java.util.List;

/**
 * The root's look at all heartbeats, for benches: the monitor that the root uses, reading the words that it reads, of any number of
 * daemons. What a root does with the answer (a store into its own segment for each counter that moved, a kill for one that is silent)
 * is not in it.
 *
 * <p>One thread; {@link #scan} allocates nothing.
 */
public final class HeartbeatScanProbe {
    private static final long TIMEOUT_NS = 5_000_000_000L;

    /** Where the counters of a daemon, 0 to one less than their number, are read. Any value is possible. */
    public interface Counters {
        /** Turns of its loop. */
        long heartbeatCount(int daemon);

        /** The count at which it announced a long step. */
        long busyAtCount(int daemon);

        /** How long that may take, in milliseconds. */
        long busyAtMostMs(int daemon);
    }

    private final HeartbeatMonitor monitor;
    private final Counters counters;
    private final int daemons;
    private long nowNs;

    /** With every daemon watched from now on; each has a timeout of 5 s, as by default. */
    public HeartbeatScanProbe(int daemons, Counters counters) {
        long[] timeoutsNs = new long[daemons];
        Arrays.fill(timeoutsNs, TIMEOUT_NS);
        this.monitor = new HeartbeatMonitor(timeoutsNs, 0);
        this.counters = counters;
        this.daemons = daemons;
        for (int i = 0; i < daemons; i++) {
            monitor.watch(i, counters.heartbeatCount(i), 0);
        }
    }

    /** Counters in segments, as a root has them mapped. A segment that was truncated is one whose heartbeat stands still. */
    public static Counters in(List<ReadOnlySegment> segments) {
        return new InSegments(segments.toArray(new ReadOnlySegment[0]));
    }

    /**
     * One look at every daemon.
     *
     * @param elapsedNs since the look before, by the clock of the root
     * @return how many have been silent for longer than they may
     */
    public int scan(long elapsedNs) {
        nowNs += elapsedNs;
        long silenceNs = monitor.beginScan(nowNs);
        int silent = 0;
        for (int i = 0; i < daemons; i++) {
            if (monitor.isWatched(i)
                    && !monitor.observe(i, counters.heartbeatCount(i), silenceNs)
                    && monitor.isHung(i, monitor.limitNs(i, counters.busyAtCount(i), counters.busyAtMostMs(i)))) {
                silent++;
            }
        }
        return silent;
    }

    private record InSegments(ReadOnlySegment[] segments) implements Counters {
        @Override
        public long heartbeatCount(int daemon) {
            try {
                return segments[daemon].heartbeatCountAcquire();
            } catch (SegmentDamagedException e) {
                return 0;
            }
        }

        @Override
        public long busyAtCount(int daemon) {
            try {
                return segments[daemon].busyAtCount();
            } catch (SegmentDamagedException e) {
                return 0;
            }
        }

        @Override
        public long busyAtMostMs(int daemon) {
            try {
                return segments[daemon].busyAtMostMs();
            } catch (SegmentDamagedException e) {
                return 0;
            }
        }
    }
}
