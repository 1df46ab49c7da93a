package io.coppice.supervisor.simulation;

/** The mix of faults of one run (swarm): each kind is off, rare or frequent. They end with the chaos phase. */
final class Faults {
    final double crashHeld;
    final double crashStarting;
    final double crashRunning;
    final double hang;
    final double falseAlarm;
    final double slowBoot;
    final double spawnFailure;
    final double slowDeath;
    final double ignoresTerm;
    final double exitZero;
    /** What a process said reaches the root late, perhaps when it is dead and replaced. */
    final double lateWord;

    /** It says, as often as it likes, that it recovers or migrates, before it says that it is ready. */
    final double stageTalk;

    /** A commit that its successors die of. */
    final double poison;

    /** The manifest is changed and reloaded. */
    final double reload;
    /** Killed, it is in uninterruptible sleep: on a hung file system, for tens of seconds. */
    final double uninterruptible;

    final double rootDeath;
    final double operator;
    final double shutdown;
    boolean over;

    /**
     * @param later for what came later, so that the seeds that were found before still mean the same runs
     * @param bodies the same for what came last
     * @param rootDeaths whether the root may die when it is drawn
     */
    Faults(Draws draws, Draws later, Draws bodies, boolean rootDeaths) {
        crashHeld = kind(draws);
        crashStarting = kind(draws);
        crashRunning = kind(draws);
        hang = kind(draws);
        falseAlarm = kind(draws);
        slowBoot = kind(draws);
        spawnFailure = kind(draws);
        slowDeath = kind(draws);
        ignoresTerm = kind(draws);
        exitZero = kind(draws);
        lateWord = kind(draws);
        poison = draws.oneOf(0.0, 0.0, 0.01, 0.1);
        double death = draws.oneOf(0.0, 0.5, 1.0);
        rootDeath = rootDeaths ? death : 0;
        operator = draws.oneOf(0.0, 0.1, 1.0);
        shutdown = draws.oneOf(0.0, 0.0, 0.0, 0.5);
        stageTalk = kind(later);
        reload = later.oneOf(0.0, 0.0, 0.1, 1.0);
        uninterruptible = kind(bodies);
    }

    private static double kind(Draws draws) {
        return draws.oneOf(0.0, 0.05, 0.3, 0.9);
    }

    boolean strikes(Draws draws, double probability) {
        return !over && draws.chance(probability);
    }
}
