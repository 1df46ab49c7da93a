package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Is silent for long now and then, as its first argument says: {@code labours}: each step takes 30 ms of CPU time; {@code stands-still}: its
 * tenth step waits for a safepoint that another thread does not let come for seconds; {@code hangs}: its tenth step never ends, while
 * another thread is busy. A second incarnation only ticks.
 */
public final class Stalls implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("ticks");
    private static final LongField COUNT = BUILDER.int64("count");
    private static final RecordLayout LAYOUT = BUILDER.build();
    private static final Next SOON = Next.after(Duration.ofMillis(10));
    private static final long WORK_NS = 30_000_000;
    private static final long STANDSTILL_NS = 4_000_000_000L;
    private static final int WARM = 20_000;
    private static final int MEASURED = 20_000_000;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private @Nullable Record ticks;
    private String how = "";
    private int steps;
    private volatile boolean running;
    static volatile long sink;

    @Override
    public void start(DaemonContext context) {
        ticks = context.state().record("ticks", LAYOUT);
        how = context.incarnation() == 1 ? context.args().get(0) : "";
    }

    @Override
    public Next step() {
        java.util.Objects.requireNonNull(ticks).add(COUNT, 1);
        steps++;
        if (how.equals("labours")) {
            labour();
        } else if (how.equals("stands-still") && steps == 10) {
            standStill();
        } else if (how.equals("hangs") && steps == 10) {
            hang();
        }
        return SOON;
    }

    private void labour() {
        long untilNs = threads.getCurrentThreadCpuTime() + WORK_NS;
        while (threads.getCurrentThreadCpuTime() < untilNs) {
            Thread.onSpinWait();
        }
    }

    /**
     * A counted loop, which the second compiler makes without a look for a safepoint (with -XX:-UseCountedLoopSafepoints), and has made once
     * it was warm (with -Xbatch).
     */
    private static long count(int rounds) {
        long x = rounds;
        for (int i = 0; i < rounds; i++) {
            x = x * 31 + (x >>> 7) + i;
        }
        return x;
    }

    private void standStill() {
        for (int i = 0; i < WARM; i++) {
            sink = count(i % 1000);
        }
        // By the CPU that it takes: whoever else has the CPU now need not have it then.
        long sinceNs = threads.getCurrentThreadCpuTime();
        sink = count(MEASURED);
        double nsPerRound = (threads.getCurrentThreadCpuTime() - sinceNs) / (double) MEASURED;
        int rounds = (int) Math.min(Integer.MAX_VALUE - 1, STANDSTILL_NS / nsPerRound);
        Thread counting = new Thread(
                () -> {
                    running = true;
                    sink = count(rounds);
                },
                "counting");
        counting.setDaemon(true);
        counting.start();
        while (!running) {
            Thread.onSpinWait();
        }
        System.gc();
        System.out.println("went on");
    }

    private static void hang() {
        Thread busy = new Thread(
                () -> {
                    while (true) {
                        sink++;
                    }
                },
                "busy");
        busy.setDaemon(true);
        busy.start();
        while (true) {
            LockSupport.park();
        }
    }
}
