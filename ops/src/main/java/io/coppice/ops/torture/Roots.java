package io.coppice.ops.torture;

import io.coppice.ops.hosted.HostedCleaner;
import io.coppice.ops.hosted.HostedFailedException;
import io.coppice.ops.hosted.RootProcess;
import io.coppice.ops.hosted.RootWatch;
import java.io.IOException;
import java.util.Random;

/**
 * The root that is tortured, and its successors: each is killed at some instant, and the next one is started at once. It is let come as far as its
 * first commit, for what is on record with neither of two roots nobody could clean up. One thread.
 */
final class Roots {
    /** A successor adopts within some tens of milliseconds: some die while it does so, most while they work. */
    private static final int MOST_BETWEEN_MS = 2000;

    private final int wanted;
    private final HostedCleaner cleaner;
    private final RootWatch watch;
    private final Random random;
    private RootProcess now;
    private int kills;
    private long dueNs = Long.MIN_VALUE;

    /**
     * @param wanted how many are to be killed
     * @param watch of the first one; it follows the others
     */
    Roots(int wanted, RootProcess first, HostedCleaner cleaner, RootWatch watch, long seed) {
        this.wanted = wanted;
        this.now = first;
        this.cleaner = cleaner;
        this.watch = watch;
        this.random = new Random(seed);
    }

    /** What is done while there is no root. */
    interface Interregnum {
        void strike();
    }

    /** The one that runs. */
    RootProcess now() {
        return now;
    }

    /** Whether it is time to kill it. */
    boolean isDue(long nowNs) {
        if (areKilled() || !watch.rootSeen()) {
            return false;
        }
        if (dueNs == Long.MIN_VALUE) {
            dueNs = nowNs + random.nextInt(MOST_BETWEEN_MS) * 1_000_000L;
        }
        return nowNs >= dueNs;
    }

    /**
     * Kills it; does that something half of the time, with the dead one's table still there; and starts the next.
     *
     * @throws HostedFailedException if nothing may be started any more
     */
    void strike(Interregnum something) throws IOException, HostedFailedException {
        now.kill();
        kills++;
        dueNs = Long.MIN_VALUE;
        if (random.nextBoolean()) {
            something.strike();
        }
        now = cleaner.startNextRoot();
        watch.follow(now.pid());
    }

    /** Whether as many were killed as wanted. */
    boolean areKilled() {
        return kills >= wanted;
    }

    /** How many were killed. */
    int kills() {
        return kills;
    }
}
