package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.StepProgress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process from its spawn to its death. It boots, reads its pipe, and then its program runs. Killed, it may go on for a while
 * before it is dead.
 */
final class SimulatedProcess {
    static final long NO_STANDBY = 0;

    private static final ExitStatus TERMINATED = new ExitStatus.Signaled(15, false);

    /** Of a standby whose pool serves several slots: that of the first of them, until it is assigned. */
    ChildSpec spec;

    final int pid;

    /** No two processes have the same. */
    final long startTicks;

    /** Its id as a standby, {@link #NO_STANDBY} for one that was launched to run at once. */
    final long standby;

    /** -1 for a standby that was not assigned. */
    private long incarnation;

    private boolean toldToWarm;
    private boolean parked;
    private boolean paused;
    private final Simulation world;
    private final Draws draws;
    private final HangReports hangs;
    private final Mishaps mishaps;
    private final SimulatedProber prober;
    private final SimulatedProgram program;
    private final boolean slowDeath;
    private final boolean ignoresTerm;
    private boolean lineInPipe;
    private boolean pipeClosed;
    private boolean booted;
    private boolean running;
    private boolean hung;
    private boolean dying;
    private boolean dead;
    private boolean reapable;
    private boolean ready;
    private boolean serving;
    private @Nullable Fallback fallback;
    private long request;
    private @Nullable ExitStatus status;

    SimulatedProcess(Simulation world, ChildSpec spec, long incarnation, int pid, long serial) {
        this(world, spec, incarnation, NO_STANDBY, pid, serial, drawsOf(world, spec));
    }

    /** A standby. */
    static SimulatedProcess standby(Simulation world, ChildSpec spec, long id, int pid, long serial) {
        return new SimulatedProcess(
                world, spec, -1, id, pid, serial, spec.slot() == null ? world.standbyDraws : world.taskDraws);
    }

    private static Draws drawsOf(Simulation world, ChildSpec spec) {
        return spec.slot() != null ? world.taskDraws : spec.auxiliary() ? world.kindDraws : world.draws;
    }

    private SimulatedProcess(
            Simulation world, ChildSpec spec, long incarnation, long standby, int pid, long serial, Draws draws) {
        this.world = world;
        this.standby = standby;
        this.spec = spec;
        this.incarnation = incarnation;
        this.pid = pid;
        startTicks = 7 * serial;
        this.draws = draws;
        hangs = new HangReports(world, this, draws);
        mishaps = new Mishaps(world, this, draws);
        prober = world.scenario.prober(world, this);
        program = spec.slot() != null
                ? new SimulatedTask(world, this, draws, mishaps)
                : spec.hasSegment()
                        ? new SimulatedDaemon(world, this, draws, hangs, mishaps)
                        : new SimulatedCommand(world, this, draws, hangs, mishaps, prober);
        Faults faults = world.faults;
        slowDeath = faults.strikes(draws, faults.slowDeath);
        ignoresTerm = faults.strikes(draws, faults.ignoresTerm);
        long bootNs = program.bootNs();
        if (faults.strikes(draws, faults.slowBoot)) {
            bootNs += draws.ns(0, 2 * spec.startTimeouts().startNs());
        }
        mishaps.onSpawned(bootNs);
        world.agenda.in(bootNs, () -> {
            booted = true;
            readPipe();
        });
    }

    /** Whether it is the one that has this number, and began then. */
    boolean is(int thatPid, long thatStartTicks) {
        return pid == thatPid && startTicks == thatStartTicks;
    }

    boolean live() {
        return !dead;
    }

    /** It is neither dead nor hung; it may be dying. */
    boolean goesOn() {
        return !dead && !hung;
    }

    /** It will be dead in a while. */
    boolean isDying() {
        return dying;
    }

    long incarnation() {
        return incarnation;
    }

    /** Whether it will wait for ever, whatever becomes of its root. */
    boolean waitsForEver() {
        return toldToWarm && !lineInPipe;
    }

    void assigned(long to, ChildSpec as) {
        incarnation = to;
        spec = as;
    }

    /** What it was told to work on, 0 for nothing. */
    long request() {
        return request;
    }

    /** Its first line: it is on record. */
    void warm() {
        if (!pipeClosed) {
            toldToWarm = true;
            readPipe();
        }
    }

    void pause(boolean stop) {
        paused = stop;
        if (!stop) {
            readPipe();
        }
    }

    private void park() {
        if (dead || dying || hung || paused || parked || lineInPipe) {
            return;
        }
        parked = true;
        mishaps.onParked();
        world.root().parked(this);
    }

    /** Got its line: from here on it may own its segment. */
    boolean released() {
        return lineInPipe;
    }

    boolean reapable() {
        return reapable;
    }

    /** How it ended. */
    ExitStatus status() {
        return Objects.requireNonNull(status);
    }

    /** As its segment told after its death. */
    StepProgress progress() {
        return program.progress();
    }

    void release(@Nullable Fallback to, long workOn) {
        if (!pipeClosed) {
            fallback = to;
            request = workOn;
            lineInPipe = true;
            world.processes.liveReleasedChanged(spec.index(), dead ? 0 : 1);
            pipeClosed = true;
            readPipe();
            prober.released();
        }
    }

    void closePipe() {
        if (!pipeClosed && !toldToWarm) {
            pipeClosed = true;
            readPipe();
        }
    }

    void signal(int signal) {
        if (dead || dying) {
            return;
        }
        if (signal == 9) {
            long delayNs = slowDeath ? draws.ns(100 * MS, 4 * SECOND) : draws.ns(0, 5 * MS);
            end(DrawnEnds.KILLED, delayNs + asleepNs());
        } else if (signal == 15 && !hung && !ignoresTerm) {
            boolean orderly = running && program.endsInOrder();
            end(orderly ? new ExitStatus.Exited(0) : TERMINATED, draws.ns(0, 200 * MS));
        } else if (signal == 11) {
            end(DrawnEnds.SEGV, draws.ns(0, 5 * MS));
        }
    }

    private long asleepNs() {
        Draws bodies = world.bodyDraws;
        return world.faults.strikes(bodies, world.faults.uninterruptible) ? bodies.ns(10 * SECOND, 60 * SECOND) : 0;
    }

    /** What a root sees when it looks. */
    void tellAgain() {
        if (!dead && running) {
            program.tellAgain();
        }
    }

    private void readPipe() {
        if (toldToWarm && booted && !dead && !hung && !parked && !lineInPipe) {
            world.agenda.in(draws.ns(0, 500 * MS), this::park);
        }
        if (dead || hung || paused || !booted || !pipeClosed || running) {
            return;
        }
        if (!lineInPipe) {
            if (!dying) {
                end(new ExitStatus.Exited(125), draws.ns(0, 5 * MS));
            }
            return;
        }
        running = true;
        mishaps.onRuns();
        program.run(fallback);
    }

    boolean isRunning() {
        return running;
    }

    boolean isHung() {
        return hung;
    }

    boolean isReady() {
        return ready;
    }

    /** It serves, unless it is too late for that. */
    void becomeReady() {
        ready = true;
        if (goesOn()) {
            serve();
        }
    }

    /** It does, or does not, what others need it for. */
    void serve() {
        if (!serving) {
            serving = true;
            world.services.changed(spec.index(), 1);
        }
    }

    void stopServing() {
        if (serving) {
            serving = false;
            world.services.changed(spec.index(), -1);
        }
    }

    /** As if killed from outside, by nobody who told the root. */
    void killNow() {
        if (!dead) {
            end(DrawnEnds.KILLED);
        }
    }

    /** It does nothing any more, until somebody kills it. */
    void hang() {
        if (dead || world.faults.over) {
            return;
        }
        hung = true;
        world.told(spec.index(), SimulationReport.Line.HANGS);
        stopServing();
        prober.hung();
        hangs.begin();
    }

    /** It is dead at once. */
    void end(ExitStatus how) {
        end(how, 0);
    }

    private void end(ExitStatus how, long delayNs) {
        dying = true;
        status = how;
        if (delayNs == 0) {
            die();
        } else {
            world.agenda.in(delayNs, this::die);
        }
    }

    private void die() {
        if (dead) {
            return;
        }
        dead = true;
        world.processes.liveReleasedChanged(spec.index(), lineInPipe ? -1 : 0);
        stopServing();
        program.died();
        ExitStatus how = Objects.requireNonNull(status);
        long untilToldNs = draws.ns(0, 3 * MS);
        if (world.faults.strikes(world.latestDraws, world.faults.zombie)) {
            untilToldNs += world.latestDraws.ns(0, 5 * SECOND);
        }
        world.agenda.in(untilToldNs, () -> {
            reapable = true;
            world.processes.freePid(pid);
            world.root().exited(this, how);
        });
    }
}
