package io.coppice.state;

import io.coppice.state.testing.RecordingMemory;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Lets a recorded life end at each of its crash points, recovers, checks, and takes the recovery back, all in one copy of the
 * segment. The crash points are
 *
 * <ul>
 *   <li>every prefix of the stores in program order;
 *   <li>between two fences, every set of stores that may be in memory without the others: a release brings all before it
 *       along, plain stores come in any order. All sets of at most {@link #FEW} stores, seeded samples of more;
 *   <li>every prefix of the stores of a recovery from any of the prefixes above, which is then repeated.
 * </ul>
 */
final class CrashExplorer {
    /** Between two fences, stores of which all sets are tried: 64 sets. */
    private static final int FEW = 6;

    /** Sets of more stores than that which are tried. */
    private static final int SAMPLES = 16;

    /** Recoveries of more stores than this copy contents; only a sample of them is let die, at each of their stores. */
    private static final int LONG_RECOVERY = 200;

    private static final int LONG_RECOVERIES = 200;

    private static final int READERS = 97;

    private final CrashRun run;
    private final String name;
    private final SplittableRandom random;
    private final int dyingRecoveries;
    private final RecordingMemory life;
    private final RecordingMemory disk;
    private long points;

    /**
     * @param name of the life, for messages
     * @param dyingRecoveries of so many recoveries one is let die at each of its stores; 1 for all
     */
    CrashExplorer(CrashRun run, String name, long seed, int dyingRecoveries) {
        this.run = run;
        this.name = name;
        this.random = new SplittableRandom(seed);
        this.dyingRecoveries = dyingRecoveries;
        this.life = run.memory();
        this.disk = new RecordingMemory(run.startImage());
        disk.startRecording();
    }

    /** Crash points tried so far. */
    long points() {
        return points;
    }

    /** The whole life, unless it has more crash points than that. */
    void explore(long mostPoints) {
        explore(0, life.recorded(), mostPoints);
    }

    /** The crash points up to the prefix of that many stores that lie between the same fences. */
    void exploreAt(int prefix) {
        explore(prefix - 1, prefix, Long.MAX_VALUE);
    }

    /** Groups of stores between fences that have a store with an index of {@code first} or more and below {@code last}. */
    private void explore(int first, int last, long mostPoints) {
        int start = 0;
        while (start < last && points < mostPoints) {
            int end = start;
            while (end < life.recorded() && life.kind(end) != RecordingMemory.FENCE) {
                end++;
            }
            boolean wanted = end > first;
            if (wanted) {
                tryOrders(start, end);
            }
            for (int step = start; step < end; step++) {
                life.replay(step, disk);
                disk.startRecording();
                if (wanted) {
                    tryPrefix(step + 1);
                }
            }
            start = end + 1;
        }
    }

    private void tryOrders(int start, int end) {
        int stores = end - start;
        if (stores < 2) {
            return;
        }
        if (stores <= FEW) {
            for (int set = 0; set < 1 << stores; set++) {
                boolean prefix = (set & (set + 1)) == 0;
                if (!prefix && allowed(start, set)) {
                    int which = set;
                    for (int i = 0; i < stores; i++) {
                        if (((set >> i) & 1) != 0) {
                            life.replay(start + i, disk);
                        }
                    }
                    tryPoint(() ->
                            "stores " + Integer.toBinaryString(which) + " (the first one last) after prefix " + start);
                    disk.undoTo(0);
                }
            }
            return;
        }
        for (int sample = 0; sample < SAMPLES; sample++) {
            replaySample(start, end);
            int which = sample;
            tryPoint(() -> "sample " + which + " of the stores after prefix " + start);
            disk.undoTo(0);
        }
    }

    /** Whether all stores before the last release of a set are in it. That the last of several to one word wins is not lost. */
    private boolean allowed(int start, int set) {
        for (int i = 31 - Integer.numberOfLeadingZeros(set); i >= 0; i--) {
            if (((set >> i) & 1) != 0 && life.kind(start + i) == RecordingMemory.RELEASE) {
                int before = (1 << i) - 1;
                return (set & before) == before;
            }
        }
        return true;
    }

    private void replaySample(int start, int end) {
        int releases = 0;
        for (int step = start; step < end; step++) {
            releases += life.kind(step) == RecordingMemory.RELEASE ? 1 : 0;
        }
        int done = random.nextInt(releases + 1);
        int likely = 1 + random.nextInt(15);
        int step = start;
        for (int seen = 0; seen < done; step++) {
            seen += life.kind(step) == RecordingMemory.RELEASE ? 1 : 0;
            life.replay(step, disk);
        }
        for (; step < end; step++) {
            if (life.kind(step) == RecordingMemory.PLAIN && random.nextInt(16) < likely) {
                life.replay(step, disk);
            }
        }
    }

    private void tryPrefix(int prefix) {
        if (random.nextInt(READERS) == 0) {
            run.assertReaders(disk.bytes(), name + ", prefix " + prefix);
        }
        Object expected = tryPoint(() -> "prefix " + prefix);
        int stores = disk.recorded();
        boolean dies = random.nextInt(dyingRecoveries) == 0;
        if (dies && (stores <= LONG_RECOVERY || random.nextInt(LONG_RECOVERIES) == 0)) {
            tryDyingRecovery(prefix, stores, expected);
        }
        disk.undoTo(0);
    }

    /** Backwards, so that taking the second recovery and one store of the first one back leads to the point before. */
    private void tryDyingRecovery(int prefix, int stores, Object expected) {
        for (int store = stores - 1; store > 0; store--) {
            disk.undoTo(store);
            if (disk.kind(store - 1) == RecordingMemory.FENCE) {
                continue;
            }
            int died = store;
            Object decided = tryPoint(() -> "prefix " + prefix + ", recovery store " + died);
            if (!decided.equals(expected)) {
                throw failure(
                        "prefix " + prefix + ", recovery store " + died,
                        new AssertionError("recovery came to " + decided + ", before it died it was " + expected));
            }
        }
    }

    private Object tryPoint(Supplier<String> point) {
        points++;
        try {
            Object expected = run.expected(disk);
            run.recover(disk);
            run.assertHolds(expected, disk, point);
            return expected;
        } catch (RuntimeException | AssertionError e) {
            throw failure(point.get(), e);
        }
    }

    private AssertionError failure(String point, Throwable cause) {
        return new AssertionError(name + ", " + point + ": " + cause.getMessage(), cause);
    }
}
