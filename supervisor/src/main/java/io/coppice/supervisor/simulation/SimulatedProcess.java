package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitRules;
import io.coppice.supervisor.core.ExitSet;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StartStage;
import io.coppice.supervisor.core.StepProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A process from its spawn to its death. It boots, reads its pipe, then (a daemon) locks its segment, starts, and commits
 * once per step. Killed, it may go on for a while before it is dead.
 */
final class SimulatedProcess {
    static final long NO_STANDBY = 0;

    /** What a root hears nothing of, of one that only serves others; the soonest since it was silent before. */
    private static final long SOONEST_SILENCE_NS = 5 * SECOND;

    private static final long LONGEST_SILENCE_NS = 70 * SECOND;

    private static final ExitStatus SEGV = new ExitStatus.Signaled(11, true);
    private static final ExitStatus KILLED = new ExitStatus.Signaled(9, false);
    private static final ExitStatus TERMINATED = new ExitStatus.Signaled(15, false);

    final ChildSpec spec;
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
    private final SimulatedProber prober;
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
    private int steps;
    private @Nullable StartStage lastStage;
    private long sequence;
    private StepProgress progress = StepProgress.UNKNOWN;
    private @Nullable Fallback fallback;
    private @Nullable ExitStatus status;

    SimulatedProcess(Simulation world, ChildSpec spec, long incarnation, int pid, long serial) {
        this(world, spec, incarnation, NO_STANDBY, pid, serial, spec.auxiliary() ? world.kindDraws : world.draws);
    }

    /** A standby. */
    static SimulatedProcess standby(Simulation world, ChildSpec spec, long id, int pid, long serial) {
        return new SimulatedProcess(world, spec, -1, id, pid, serial, world.standbyDraws);
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
        prober = world.scenario.prober(world, this);
        Faults faults = world.faults;
        slowDeath = faults.strikes(draws, faults.slowDeath);
        ignoresTerm = faults.strikes(draws, faults.ignoresTerm);
        long bootNs = spec.hasSegment() ? draws.ns(20 * MS, 300 * MS) : draws.ns(MS, 5 * MS);
        if (faults.strikes(draws, faults.slowBoot)) {
            bootNs += draws.ns(0, 2 * spec.startTimeouts().startNs());
        }
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
            world.agenda.in(bootNs + draws.ns(0, 5 * SECOND), this::hang);
        }
        if (faults.strikes(draws, faults.exitZero)) {
            world.agenda.in(bootNs + draws.ns(0, 5 * SECOND), this::exitZeroEarly);
        }
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

    long incarnation() {
        return incarnation;
    }

    /** Whether it will wait for ever, whatever becomes of its root. */
    boolean waitsForEver() {
        return toldToWarm && !lineInPipe;
    }

    void assigned(long to) {
        incarnation = to;
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
        inTime(FaultKind.STANDBY_DEATH, () -> {
            if (!lineInPipe) {
                crashAsChosen();
            }
        });
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
        return progress;
    }

    void release(@Nullable Fallback to) {
        if (!pipeClosed) {
            fallback = to;
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
            end(KILLED, delayNs + asleepNs());
        } else if (signal == 15 && !hung && !ignoresTerm) {
            boolean orderly = running && (spec.hasSegment() || draws.chance(0.5));
            end(orderly ? new ExitStatus.Exited(0) : TERMINATED, draws.ns(0, 200 * MS));
        } else if (signal == 11) {
            end(SEGV, draws.ns(0, 5 * MS));
        }
    }

    private long asleepNs() {
        Draws bodies = world.bodyDraws;
        return world.faults.strikes(bodies, world.faults.uninterruptible) ? bodies.ns(10 * SECOND, 60 * SECOND) : 0;
    }

    /** What a root sees when it looks: the phase in the segment; of a command, that it has become its program. */
    void tellAgain() {
        if (dead || !running) {
            return;
        }
        long nowNs = world.agenda.nowNs();
        if (!spec.hasSegment()) {
            world.root().post(new Event.Released(spec.index(), incarnation, nowNs));
            if (ready) {
                world.root().post(new Event.BecameReady(spec.index(), incarnation, nowNs));
                prober.tellHealth();
            }
        } else if (ready) {
            world.root().post(new Event.BecameReady(spec.index(), incarnation, nowNs));
        } else if (lastStage != null) {
            world.root().post(new Event.StageEntered(spec.index(), incarnation, lastStage, nowNs));
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
        inTime(FaultKind.CRASH, this::crashAsChosen);
        inTime(FaultKind.HANG, this::hang);
        inTime(FaultKind.EXIT, this::exitZeroEarly);
        if (!spec.hasSegment()) {
            if (world.doomed == spec.index()) {
                end(new ExitStatus.Exited(1), 0);
                return;
            }
            if (!spec.probed()) {
                serve();
            }
            inTime(FaultKind.UNHEALTHY, prober::fallIll);
            if (spec.auxiliary() && world.faults.strikes(draws, world.faults.falseAlarm)) {
                // It gets no CPU.
                world.agenda.in(draws.ns(0, 10 * SECOND), this::reportSilence);
            }
        }
        if (spec.hasSegment()) {
            world.agenda.in(draws.ns(0, 5 * MS), this::own);
        } else if (spec.restart() != RestartPolicy.ALWAYS && world.finite(spec)) {
            world.agenda.in(draws.ns(10 * MS, 3 * SECOND), () -> {
                if (!dead && !dying && !hung) {
                    end(new ExitStatus.Exited(0), 0);
                }
            });
        }
    }

    private void own() {
        if (dead || hung) {
            return;
        }
        SimulatedSegment segment = world.segment(spec.index());
        world.invariants.owners.onOwn(this, segment);
        segment.owner = this;
        segment.incarnation = incarnation;
        segment.uncommitted = 0;
        sequence = segment.commitSequence;
        progress = sequence == 0 ? StepProgress.MADE : StepProgress.NONE;
        if (fallback == Fallback.EMPTY || (fallback == Fallback.CHECKPOINT && draws.chance(0.5))) {
            segment.poisoned = false;
        }
        if (world.doomed == spec.index()) {
            progress = StepProgress.NONE;
            end(new ExitStatus.Exited(1), 0);
            return;
        }
        inTime(FaultKind.FALSE_ALARM, this::reportHang);
        inTime(FaultKind.POISON, () -> segment.poisoned |= segment.owner == this);
        if (segment.poisoned && !world.faults.over) {
            world.agenda.in(draws.ns(0, 200 * MS), draws.chance(0.2) ? this::hang : this::dieOfPoison);
            return;
        }
        if (world.faults.strikes(world.stageDraws, world.faults.stageTalk)) {
            talk(world.stageDraws.between(1, 30));
        } else {
            world.agenda.in(draws.ns(0, 300 * MS), this::started);
        }
    }

    /** Once in a while it only stays where it says it is. */
    private void talk(int words) {
        if (dead || hung) {
            return;
        }
        Draws stages = world.stageDraws;
        StartStage stage = words == 0 ? StartStage.START : stages.oneOf(StartStage.values());
        lastStage = stage;
        tellAgain();
        if (words == 0) {
            world.agenda.in(stages.ns(0, 300 * MS), this::started);
        } else if (world.faults.over || !stages.chance(0.02)) {
            world.agenda.in(stages.ns(0, world.faults.over ? MS : SECOND), () -> talk(words - 1));
        }
    }

    private void started() {
        if (dead || hung) {
            return;
        }
        boolean late = world.faults.strikes(draws, world.faults.lateWord);
        world.agenda.in(draws.ns(0, late ? SECOND : 2 * MS), () -> {
            ready = true;
            if (!dead && !hung) {
                serve();
            }
            if (!dead || late) {
                world.root().post(new Event.BecameReady(spec.index(), incarnation, world.agenda.nowNs()));
            }
        });
        if (world.faults.strikes(draws, world.faults.falseAlarm)) {
            world.agenda.in(draws.ns(0, 10 * SECOND), this::reportHang);
        }
        stepOnce();
    }

    private void stepOnce() {
        if (dead || hung) {
            return;
        }
        SimulatedSegment segment = world.segment(spec.index());
        segment.uncommitted++;
        if (draws.chance(0.7)) {
            world.invariants.owners.onCommit(this, segment, sequence + 1);
            segment.commitSequence = ++sequence;
            segment.uncommitted = 0;
            progress = StepProgress.MADE;
            segment.poisoned |= world.faults.strikes(draws, world.faults.poison);
            if (!dying
                    && spec.restart() != RestartPolicy.ALWAYS
                    && world.finite(spec)
                    && sequence >= world.work(spec)) {
                end(new ExitStatus.Exited(0), 0);
                return;
            }
        }
        long pauseNs = draws.ns(20 * MS, 400 * MS);
        if (world.scenario.slowestStepNs > 400 * MS) {
            // After its first steps: what follows is alike, and a simulated hour has many of them.
            pauseNs = Math.min(world.scenario.slowestStepNs, pauseNs << Math.min(20, steps++));
        }
        world.agenda.in(pauseNs, this::stepOnce);
    }

    private void crash() {
        if (dead || dying || world.faults.over) {
            return;
        }
        ExitStatus how = draws.oneOf(
                SEGV,
                new ExitStatus.Exited(1),
                new ExitStatus.Exited(70),
                KILLED,
                new ExitStatus.Unknown(),
                running && draws.chance(0.2) ? new ExitStatus.Exited(78) : SEGV);
        ExitStatus usual = world.stageDraws.chance(0.1) ? new ExitStatus.Exited(75) : how;
        end(spec.exits().equals(ExitRules.NONE) || world.endDraws.chance(0.5) ? usual : named(), 0);
    }

    /** One of those that its lists name, and so one that means something. */
    private ExitStatus named() {
        List<ExitStatus> named = new ArrayList<>();
        for (ExitSet set : List.of(
                spec.exits().success(), spec.exits().prevent(), spec.exits().force())) {
            set.codes().forEach(code -> named.add(new ExitStatus.Exited(code)));
            set.signals().forEach(signal -> named.add(new ExitStatus.Signaled(signal, false)));
        }
        return named.get(world.endDraws.between(0, named.size() - 1));
    }

    private void inTime(FaultKind kind, Runnable strike) {
        long afterNs = world.faults.untilNextNs(kind, world.latestDraws);
        if (afterNs != Faults.NEVER) {
            world.agenda.in(afterNs, () -> {
                if (!dead && !dying && !world.faults.over) {
                    strike.run();
                }
            });
        }
    }

    private void crashAsChosen() {
        end(world.latestDraws.oneOf(SEGV, KILLED, new ExitStatus.Exited(1), new ExitStatus.Signaled(6, true)), 0);
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

    void becomeReady() {
        ready = true;
        serve();
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
            end(KILLED, 0);
        }
    }

    void hangNow() {
        hang();
    }

    private void dieOfPoison() {
        if (!dead && !dying && !hung) {
            end(
                    draws.oneOf(
                            SEGV,
                            new ExitStatus.Signaled(6, true),
                            new ExitStatus.Exited(1),
                            new ExitStatus.Exited(70),
                            new ExitStatus.Exited(134)),
                    0);
        }
    }

    private void exitZeroEarly() {
        if (!dead && !dying && !hung && running && !world.faults.over) {
            end(new ExitStatus.Exited(0), 0);
        }
    }

    private void hang() {
        if (dead || world.faults.over) {
            return;
        }
        hung = true;
        world.told(spec.index(), SimulationReport.Line.HANGS);
        stopServing();
        prober.hung();
        if (spec.heartbeatTimeoutNs() > 0) {
            world.agenda.in(spec.heartbeatTimeoutNs(), this::watchHang);
        } else if (spec.auxiliary()) {
            world.agenda.in(draws.ns(SOONEST_SILENCE_NS, LONGEST_SILENCE_NS), this::watchSilence);
        }
    }

    private void watchHang() {
        if (!dead) {
            reportHang();
            world.agenda.in(spec.heartbeatTimeoutNs(), this::watchHang);
        }
    }

    private void watchSilence() {
        if (!dead) {
            reportSilence();
            world.agenda.in(LONGEST_SILENCE_NS, this::watchSilence);
        }
    }

    private void reportSilence() {
        if (!dead) {
            world.root()
                    .post(new Event.ProbeFailed(
                            spec.index(), incarnation, "it has not said that it does its work", world.agenda.nowNs()));
        }
    }

    private void reportHang() {
        if (!dead) {
            heartbeatLost();
            if (world.faults.strikes(draws, world.faults.lateWord)) {
                world.agenda.in(draws.ns(0, SECOND), this::heartbeatLost);
            }
        }
    }

    private void heartbeatLost() {
        world.root().post(new Event.HeartbeatLost(spec.index(), incarnation, world.agenda.nowNs()));
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
        SimulatedSegment segment = world.segment(spec.index());
        if (segment.owner == this) {
            segment.owner = null;
            segment.uncommitted = 0;
        }
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
