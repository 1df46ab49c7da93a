package io.coppice.ops.demo.thumbnails;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * When to kill whom: after how many files, and how long after that. Pure; the same seed always gives the same plan. The plan is
 * repeatable, the instant at which a signal hits is not, and need not be.
 *
 * @param kills in the order of their files
 */
record ThumbnailKills(List<Kill> kills) {
    /** Longer than most pictures take, so that a kill may hit anywhere in one. */
    static final long LONGEST_DELAY_NS = 400_000_000;

    /** Of the files; who is killed later has nothing left to do. */
    private static final double LAST_KILL = 0.85;

    /** Whom. */
    enum Whom {
        DAEMON,
        TRANSACTION,
        ROOT
    }

    /**
     * One kill.
     *
     * @param after so many files have an outcome
     * @param delayNs to wait then
     */
    record Kill(int after, long delayNs, Whom whom) {}

    ThumbnailKills {
        kills = List.copyOf(kills);
    }

    /** Spreads kills over files at random, each of the three as often as the others. */
    static ThumbnailKills of(long seed, int kills, int files) {
        Random random = new Random(seed);
        List<Whom> whom = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            whom.add(Whom.values()[i % Whom.values().length]);
        }
        Collections.shuffle(whom, random);
        List<Kill> plan = new ArrayList<>();
        for (Whom each : whom) {
            plan.add(new Kill(
                    random.nextInt(Math.max(1, (int) (LAST_KILL * files))),
                    (long) (random.nextDouble() * LONGEST_DELAY_NS),
                    each));
        }
        plan.sort(Comparator.comparingInt(Kill::after));
        return new ThumbnailKills(plan);
    }
}
