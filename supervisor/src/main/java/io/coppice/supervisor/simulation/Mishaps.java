package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ExitStatus;

/**
 * What befalls one process of itself: some of it is drawn at its spawn, for a moment soon after that, the rest strikes so and so often an
 * hour once it runs, or waits.
 */
final class Mishaps {
    private final Simulation world;
    private final SimulatedProcess process;
    private final Draws draws;
    private final DrawnEnds ends;

    Mishaps(Simulation world, SimulatedProcess process, Draws draws) {
        this.world = world;
        this.process = process;
        this.draws = draws;
        ends = new DrawnEnds(world, process.spec, draws);
    }

    /**
     * It was spawned.
     *
     * @param bootNs from then until it reads its pipe
     */
    void onSpawned(long bootNs) {
        Faults faults = world.faults;
        if (faults.strikes(draws, faults.crashHeld)) {
            world.agenda.in(draws.ns(0, bootNs), this::crash);
        }
        if (faults.strikes(draws, faults.crashStarting)) {
            world.agenda.in(bootNs + draws.ns(0, 500 * MS), this::crash);
        }
        if (faults.strikes(draws, faults.crashRunning)) {
            world.agenda.in(bootNs + draws.ns(0, draws.oneOf(SECOND, 10 * SECOND)), this::crash);
        }
        if (faults.strikes(draws, faults.hang)) {
            world.agenda.in(bootNs + draws.ns(0, 5 * SECOND), process::hang);
        }
        if (faults.strikes(draws, faults.exitZero)) {
            world.agenda.in(bootNs + draws.ns(0, 5 * SECOND), this::exitZeroEarly);
        }
    }

    /** A standby waits: it may die of that, until it is no standby any more. */
    void onParked() {
        inTime(FaultKind.STANDBY_DEATH, () -> {
            if (!process.released()) {
                process.end(ends.ofCrashInTime());
            }
        });
    }

    /** It runs. */
    void onRuns() {
        inTime(FaultKind.CRASH, () -> process.end(ends.ofCrashInTime()));
        inTime(FaultKind.HANG, process::hang);
        inTime(FaultKind.EXIT, this::exitZeroEarly);
    }

    /** Has something strike once, after so long as such a fault takes to come, or never. */
    void inTime(FaultKind kind, Runnable strike) {
        long afterNs = world.faults.untilNextNs(kind, world.latestDraws);
        if (afterNs != Faults.NEVER) {
            world.agenda.in(afterNs, () -> {
                if (canStrike()) {
                    strike.run();
                }
            });
        }
    }

    private boolean canStrike() {
        return process.live() && !process.isDying() && !world.faults.over;
    }

    private void crash() {
        if (canStrike()) {
            process.end(ends.ofCrash(process.isRunning()));
        }
    }

    private void exitZeroEarly() {
        if (canStrike() && !process.isHung() && process.isRunning()) {
            process.end(new ExitStatus.Exited(0));
        }
    }

    /** What it read in its segment kills it, also if the faults are over by now. */
    void dieOfPoison() {
        if (process.goesOn() && !process.isDying()) {
            process.end(ends.ofPoison());
        }
    }
}
