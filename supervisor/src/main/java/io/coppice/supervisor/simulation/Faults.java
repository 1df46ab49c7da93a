package io.coppice.supervisor.simulation;

/** The mix of faults of one run (swarm): each kind is off, rare or frequent, or as it was chosen. They end with the chaos phase. */
final class Faults {
    static final long NEVER = -1;

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

    /** The kernel tells of its death late. */
    final double zombie;

    /** It has the number of one that ended just now. */
    final double pidReuse;

    /** At the beginning of a duty cycle. */
    final double rootStall;

    final double rootDeath;
    final double operator;
    final double shutdown;

    /** Of the kinds that strike in time, by ordinal; all 0 where they strike at occasions. */
    private final double[] perHour = new double[FaultKind.values().length];

    boolean over;

    /** As the project's own runs have it: some of all at every turn. */
    Faults(RunDraws all, boolean rootDeaths, boolean withLatest) {
        Draws draws = all.main;
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
        stageTalk = kind(all.stages);
        reload = all.stages.oneOf(0.0, 0.0, 0.1, 1.0);
        uninterruptible = kind(all.bodies);
        zombie = withLatest ? kind(all.latest) : 0;
        pidReuse = withLatest ? kind(all.latest) : 0;
        rootStall = withLatest ? all.latest.oneOf(0.0, 0.0, 0.001, 0.02) : 0;
    }

    /** As chosen: what is not drawn at occasions strikes so often an hour. */
    Faults(FaultChoice choice, Draws draws) {
        double[] often = new double[perHour.length];
        for (FaultKind kind : FaultKind.values()) {
            (kind.timed() ? perHour : often)[kind.ordinal()] = choice.drawOften(kind, draws);
        }
        crashHeld = 0;
        crashStarting = often[FaultKind.START_CRASH.ordinal()];
        crashRunning = 0;
        hang = 0;
        falseAlarm = 0;
        slowBoot = often[FaultKind.SLOW_BOOT.ordinal()];
        spawnFailure = often[FaultKind.SPAWN_FAILURE.ordinal()];
        slowDeath = often[FaultKind.SLOW_DEATH.ordinal()];
        ignoresTerm = often[FaultKind.IGNORES_TERM.ordinal()];
        exitZero = 0;
        lateWord = often[FaultKind.LATE_WORD.ordinal()];
        poison = 0;
        rootDeath = 0;
        operator = 0;
        shutdown = 0;
        stageTalk = often[FaultKind.STAGE_TALK.ordinal()];
        reload = 0;
        uninterruptible = often[FaultKind.UNINTERRUPTIBLE.ordinal()];
        zombie = often[FaultKind.ZOMBIE.ordinal()];
        pidReuse = often[FaultKind.PID_REUSE.ordinal()];
        rootStall = 0;
    }

    /** Until it strikes next, {@link #NEVER} if it does not. */
    long untilNextNs(FaultKind kind, Draws draws) {
        double often = perHour[kind.ordinal()];
        return often == 0 || over ? NEVER : draws.untilNextNs(often);
    }

    private static double kind(Draws draws) {
        return draws.oneOf(0.0, 0.05, 0.3, 0.9);
    }

    boolean strikes(Draws draws, double probability) {
        return !over && draws.chance(probability);
    }
}
