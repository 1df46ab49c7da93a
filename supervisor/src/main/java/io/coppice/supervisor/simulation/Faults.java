package io.coppice.supervisor.simulation;

import java.util.EnumMap;
import java.util.Map;

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

    /** Of a look that a prober takes: a process is found unwell, or not alive. */
    final double unwell;

    final double probeFails;

    final double rootDeath;
    final double operator;
    final double shutdown;

    /** Of the kinds that strike in time; empty where they strike at occasions. */
    private final Map<FaultKind, Double> perHour = new EnumMap<>(FaultKind.class);

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
        unwell = withLatest ? kind(all.ends) : 0;
        probeFails = withLatest ? all.ends.oneOf(0.0, 0.01, 0.1) : 0;
        rootStall = withLatest ? all.latest.oneOf(0.0, 0.0, 0.001, 0.02) : 0;
    }

    /** As chosen: what is not drawn at occasions strikes so often an hour. */
    Faults(FaultChoice choice, Draws draws) {
        Map<FaultKind, Double> often = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            (kind.timed() ? perHour : often).put(kind, choice.drawOften(kind, draws));
        }
        crashHeld = 0;
        crashStarting = often.getOrDefault(FaultKind.START_CRASH, 0.0);
        crashRunning = 0;
        hang = 0;
        falseAlarm = 0;
        slowBoot = often.getOrDefault(FaultKind.SLOW_BOOT, 0.0);
        spawnFailure = often.getOrDefault(FaultKind.SPAWN_FAILURE, 0.0);
        slowDeath = often.getOrDefault(FaultKind.SLOW_DEATH, 0.0);
        ignoresTerm = often.getOrDefault(FaultKind.IGNORES_TERM, 0.0);
        exitZero = 0;
        lateWord = often.getOrDefault(FaultKind.LATE_WORD, 0.0);
        poison = 0;
        rootDeath = 0;
        operator = 0;
        shutdown = 0;
        stageTalk = often.getOrDefault(FaultKind.STAGE_TALK, 0.0);
        reload = 0;
        uninterruptible = often.getOrDefault(FaultKind.UNINTERRUPTIBLE, 0.0);
        zombie = often.getOrDefault(FaultKind.ZOMBIE, 0.0);
        pidReuse = often.getOrDefault(FaultKind.PID_REUSE, 0.0);
        rootStall = 0;
        unwell = 0;
        probeFails = 0;
    }

    /** Until it strikes next, {@link #NEVER} if it does not. */
    long untilNextNs(FaultKind kind, Draws draws) {
        double often = perHour.getOrDefault(kind, 0.0);
        return often == 0 || over ? NEVER : draws.untilNextNs(often);
    }

    private static double kind(Draws draws) {
        return draws.oneOf(0.0, 0.05, 0.3, 0.9);
    }

    boolean strikes(Draws draws, double probability) {
        return !over && draws.chance(probability);
    }
}
