package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.SupervisorState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A root: the production core in a simulated shell. Each duty cycle takes a batch of events, steps, commits, then carries
 * out the commands; it may die before the commit, after it, and after each command.
 */
final class SimulatedRoot implements Command.Handler {
    /** What the shell holds under a child's index. */
    private static final class Slot {
        long incarnation;
        boolean inFlight;
        boolean abandoned;

        /** What the spawn that was decided on last is to start. */
        @Nullable
        ChildSpec spec;

        @Nullable
        SimulatedProcess process;

        /** By id; those that were not assigned. */
        final Map<Long, SimulatedProcess> standbys = new TreeMap<>();

        final Set<Long> standbysInFlight = new TreeSet<>();
    }

    private final Simulation world;
    private final Draws draws;
    private final Slot[] slots;
    private final Deque<Event> pending = new ArrayDeque<>();
    private SupervisorState state;
    private boolean alive = true;
    private boolean ended;
    private int exitCode;
    private boolean cycleDue;
    private long tickAtNs = ChildState.NEVER;
    private long stalledSinceNs;
    private long stalledUntilNs;
    private int crashPointsLeft;
    private final boolean deathPlanned;
    private final SimulatedReload reload;

    /** What it is to change over to before it launches anything: it began with the plan of one that died. */
    private @Nullable List<ChildSpec> changesTo;

    SimulatedRoot(Simulation world, SupervisorState initial) {
        this.world = world;
        reload = new SimulatedReload(world, this::wake);
        draws = world.draws;
        state = initial;
        slots = new Slot[initial.children().size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot();
        }
        deathPlanned = world.crashPoints.areDrawn();
        crashPointsLeft = deathPlanned && world.faults.strikes(draws, world.faults.rootDeath)
                ? draws.between(1, draws.oneOf(20, 100, 400))
                : Integer.MAX_VALUE;
    }

    boolean alive() {
        return alive;
    }

    /** With which ExitRoot was carried out; 0 before. */
    int exitCode() {
        return exitCode;
    }

    /** ExitRoot was carried out. */
    boolean ended() {
        return ended;
    }

    SupervisorState state() {
        return state;
    }

    /** Returns false if it is to be asked again, later. */
    boolean reload(List<ChildSpec> plan) {
        return !alive || reload.ask(plan, state);
    }

    void changeTo(List<ChildSpec> plan) {
        changesTo = plan;
    }

    private void wake() {
        if (alive && !cycleDue) {
            cycleDue = true;
            world.agenda.in(0, this::cycle);
        }
    }

    void post(Event event) {
        if (!alive) {
            return;
        }
        pending.add(event);
        if (!cycleDue) {
            cycleDue = true;
            world.agenda.in(draws.chance(0.8) ? 0 : draws.ns(0, 5 * MS), this::cycle);
        }
    }

    void exited(SimulatedProcess process, ExitStatus status) {
        Slot slot = slots[process.spec.index()];
        if (slot.standbys.get(process.standby) == process) {
            slot.standbys.remove(process.standby);
            post(new Event.StandbyExited(process.spec.index(), process.standby, status, world.agenda.nowNs()));
        } else if (slot.process == process) {
            String lastWords = status instanceof ExitStatus.Exited exited && exited.code() >= 70 ? "words" : null;
            post(new Event.Exited(
                    process.spec.index(),
                    process.incarnation(),
                    status,
                    lastWords,
                    process.progress(),
                    world.agenda.nowNs()));
        }
    }

    void parked(SimulatedProcess process) {
        if (slots[process.spec.index()].standbys.get(process.standby) == process) {
            post(new Event.StandbyParked(process.spec.index(), process.standby, world.agenda.nowNs()));
        }
    }

    void findStandbys(ChildState recorded) {
        int index = recorded.spec().index();
        for (Standby standby : recorded.standbys().standbys()) {
            SimulatedProcess found = world.processes.find(index, standby.pid(), standby.startTicks());
            if (found == null || found.reapable()) {
                post(new Event.StandbyExited(index, standby.id(), new ExitStatus.Unwitnessed(), world.agenda.nowNs()));
            } else {
                slots[index].standbys.put(standby.id(), found);
                post(new Event.StandbyAdopted(index, standby.id(), world.agenda.nowNs()));
            }
        }
    }

    /** Looks for a process on record, as the shell does by pid and start time. */
    void find(ChildState recorded) {
        int index = recorded.spec().index();
        Slot slot = slots[index];
        slot.incarnation = recorded.incarnation();
        SimulatedProcess process = world.processes.find(index, recorded.pid(), recorded.startTicks());
        if (process == null) {
            throw new IllegalStateException("no process " + recorded.pid() + " was ever there");
        }
        if (process.reapable()) {
            ExitStatus status = draws.chance(0.5) ? process.status() : new ExitStatus.Unwitnessed();
            post(new Event.Exited(
                    index, recorded.incarnation(), status, null, process.progress(), world.agenda.nowNs()));
        } else {
            slot.process = process;
            process.assigned(recorded.incarnation()); // its root may have died before it told it
            post(new Event.Adopted(index, recorded.incarnation(), world.agenda.nowNs()));
            process.tellAgain();
            world.agenda.in(draws.ns(0, 100 * MS), process::tellAgain);
        }
    }

    private void cycle() {
        if (alive && world.faults.strikes(world.latestDraws, world.faults.rootStall)) {
            stall();
        }
        if (alive && world.agenda.nowNs() < stalledUntilNs) {
            world.agenda.in(stalledUntilNs - world.agenda.nowNs(), this::cycle);
            return;
        }
        cycleDue = false;
        if (!alive) {
            return;
        }
        List<Command> commands = new ArrayList<>();
        boolean wasStalled = stalledUntilNs != 0;
        if (wasStalled) {
            world.invariants.books.onSilence(world.agenda.nowNs() - stalledSinceNs);
        }
        stalledUntilNs = 0;
        while (!pending.isEmpty()) {
            Event event = pending.remove();
            if (event instanceof Event.Begin && changesTo != null) {
                reload.changeTo(changesTo, state, stop -> step(stop, commands));
                changesTo = null;
            }
            step(wasStalled ? SeenLater.at(event, world.agenda.nowNs()) : event, commands);
        }
        if (state.nextDeadlineNs() <= world.agenda.nowNs()) {
            step(new Event.Tick(world.agenda.nowNs()), commands);
        }
        if (state.nextRefillNs() <= world.agenda.nowNs()) {
            step(new Event.RefillDue(world.standbyDraws.chance(0.2), world.agenda.nowNs()), commands);
        }
        List<ChildSpec> plan = reload.advance(state, stop -> step(stop, commands));
        if (plan != null) {
            step(new Event.Replanned(plan, world.owners(plan), world.scenario.groups, world.agenda.nowNs()), commands);
        }
        crashPoint();
        if (!alive) {
            return;
        }
        world.commit(state);
        crashPoint();
        for (Command command : commands) {
            if (!alive) {
                return;
            }
            command.carryOutWith(this);
            crashPoint();
        }
        if (alive && plan != null) {
            world.manifest.recorded(plan);
        }
        armTick();
    }

    /** It does nothing for a while: the machine is suspended, or the CPU is somebody else's. */
    void stall() {
        stalledSinceNs = stalledUntilNs == 0 ? world.agenda.nowNs() : stalledSinceNs;
        stalledUntilNs = world.agenda.nowNs() + world.latestDraws.ns(100 * MS, 10_000 * MS);
    }

    private void step(Event event, List<Command> commands) {
        SupervisorState before = state;
        Step step = world.core.step(before, event);
        state = step.state();
        commands.addAll(step.commands());
        for (Command command : step.commands()) {
            if (command instanceof Command.Spawn spawn) {
                slots[spawn.child()].spec = state.child(spawn.child()).spec();
            }
        }
        world.invariants.onStep(before, event, step);
    }

    private void armTick() {
        long deadlineNs = Math.min(state.nextDeadlineNs(), state.nextRefillNs());
        if (!alive || deadlineNs == ChildState.NEVER || deadlineNs == tickAtNs) {
            return;
        }
        tickAtNs = deadlineNs;
        world.agenda.in(Math.max(0, deadlineNs - world.agenda.nowNs()), () -> {
            if (tickAtNs == deadlineNs) {
                tickAtNs = ChildState.NEVER;
                post(new Event.Tick(world.agenda.nowNs()));
            }
        });
    }

    private void crashPoint() {
        if (alive && (deathPlanned ? !world.faults.over && --crashPointsLeft <= 0 : world.crashPoints.isNext())) {
            die();
        }
    }

    /** SIGKILL: pipes close, spawns in flight may or may not leave a process behind. */
    void die() {
        if (!alive) {
            return;
        }
        alive = false;
        for (Slot slot : slots) {
            if (slot.process != null) {
                slot.process.closePipe();
            }
            slot.standbys.values().forEach(SimulatedProcess::closePipe);
        }
        world.rootDied(stalledUntilNs == 0 ? world.agenda.nowNs() : stalledSinceNs);
    }

    @Override
    public void spawn(Command.Spawn command) {
        Slot slot = slots[command.child()];
        world.invariants.owners.onSpawn(
                command,
                slot.inFlight || (slot.process != null && !slot.process.reapable()),
                world.processes.liveReleased(command.child()));
        slot.incarnation = command.incarnation();
        slot.inFlight = true;
        slot.abandoned = false;
        slot.process = null;
        ChildSpec spec = Objects.requireNonNull(slot.spec);
        boolean fails = world.faults.strikes(draws, world.faults.spawnFailure);
        world.agenda.in(draws.ns(0, 5 * MS), () -> spawnReturned(command, spec, slot, fails));
    }

    private void spawnReturned(Command.Spawn command, ChildSpec spec, Slot slot, boolean fails) {
        slot.inFlight = false;
        if (!alive) {
            if (!fails && draws.chance(0.5)) {
                world.processes.spawn(command, spec).closePipe();
            }
        } else if (fails) {
            post(new Event.SpawnFailed(
                    command.child(), command.incarnation(), "no more processes", world.agenda.nowNs()));
        } else {
            SimulatedProcess process = world.processes.spawn(command, spec);
            slot.process = process;
            if (slot.abandoned) {
                process.closePipe();
            }
            post(new Event.Spawned(
                    command.child(), command.incarnation(), process.pid, process.startTicks, world.agenda.nowNs()));
            world.operators.onSpawned(command.child());
        }
    }

    @Override
    public void spawnStandby(Command.SpawnStandby command) {
        Slot slot = slots[command.child()];
        ChildSpec spec = state.child(command.child()).spec();
        boolean fails = world.faults.strikes(world.standbyDraws, world.faults.spawnFailure);
        slot.standbysInFlight.add(command.standby());
        world.agenda.in(world.standbyDraws.ns(0, 5 * MS), () -> {
            slot.standbysInFlight.remove(command.standby());
            if (!alive) {
                if (!fails) {
                    world.processes.spawn(command, spec).closePipe();
                }
            } else if (fails) {
                post(new Event.StandbySpawnFailed(
                        command.child(), command.standby(), "no more processes", world.agenda.nowNs()));
            } else {
                SimulatedProcess process = world.processes.spawn(command, spec);
                slot.standbys.put(command.standby(), process);
                post(new Event.StandbySpawned(
                        command.child(), command.standby(), process.pid, process.startTicks, world.agenda.nowNs()));
            }
        });
    }

    @Override
    public void warmStandby(Command.WarmStandby command) {
        SimulatedProcess process = slots[command.child()].standbys.get(command.standby());
        if (process != null) {
            process.warm();
        }
    }

    @Override
    public void pauseStandby(Command.PauseStandby command) {
        SimulatedProcess process = slots[command.child()].standbys.get(command.standby());
        if (process != null) {
            process.pause(command.paused());
        }
    }

    @Override
    public void assignStandby(Command.AssignStandby command) {
        Slot slot = slots[command.child()];
        world.invariants.owners.onSpawn(
                new Command.Spawn(command.child(), command.incarnation()),
                slot.inFlight || (slot.process != null && !slot.process.reapable()),
                world.processes.liveReleased(command.child()));
        SimulatedProcess process = slot.standbys.remove(command.standby());
        slot.incarnation = command.incarnation();
        slot.abandoned = false;
        slot.process = process;
        if (process == null) {
            // Its death was told under its old name, when it was a standby no more.
            post(new Event.Exited(
                    command.child(),
                    command.incarnation(),
                    new ExitStatus.Signaled(9, false),
                    null,
                    StepProgress.UNKNOWN,
                    world.agenda.nowNs()));
        } else {
            process.assigned(command.incarnation());
        }
    }

    @Override
    public void endStandby(Command.EndStandby command) {
        SimulatedProcess process = slots[command.child()].standbys.get(command.standby());
        if (process != null) {
            process.signal(9);
        }
    }

    @Override
    public void release(Command.Release command) {
        SimulatedProcess process = process(command.child(), command.incarnation());
        if (process != null && process.live()) {
            process.release(command.fallback());
            post(new Event.Released(command.child(), command.incarnation(), world.agenda.nowNs()));
        }
    }

    @Override
    public void abandonHeld(Command.AbandonHeld command) {
        Slot slot = slots[command.child()];
        if (slot.incarnation == command.incarnation()) {
            slot.abandoned = true;
            if (slot.process != null) {
                slot.process.closePipe();
                if (slot.process.standby != SimulatedProcess.NO_STANDBY) {
                    slot.process.signal(9);
                }
            }
        }
    }

    @Override
    public void signal(Command.Signal command) {
        SimulatedProcess process = process(command.child(), command.incarnation());
        if (process != null) {
            process.signal(
                    switch (command.signal()) {
                        case "TERM" -> 15;
                        case "KILL" -> 9;
                        case "SEGV" -> 11;
                        default -> 0;
                    });
        }
    }

    /** It succeeds, and asks as a signal does; or it fails, or hangs. What is left of it goes with its process. */
    @Override
    public void runShutdownCommand(Command.RunShutdownCommand command) {
        SimulatedProcess process = process(command.child(), command.incarnation());
        if (process == null || world.endDraws.chance(0.1)) {
            return;
        }
        boolean fails = world.endDraws.chance(0.3);
        world.agenda.in(world.endDraws.ns(0, 2_000 * MS), () -> {
            if (alive && process == process(command.child(), command.incarnation()) && process.live()) {
                if (!fails) {
                    process.signal(15);
                }
                post(new Event.ShutdownCommandEnded(
                        command.child(), command.incarnation(), fails ? "exit code 1" : null, world.agenda.nowNs()));
            }
        });
    }

    @Override
    public void killGroup(Command.KillGroup command) {
        SimulatedProcess process = process(command.child(), command.incarnation());
        if (process != null) {
            process.signal(9);
        }
    }

    @Override
    public void dumpThreads(Command.DumpThreads command) {
        // Leaves a log only.
    }

    @Override
    public void reply(Command.Reply command) {
        world.invariants.commands.onReply(command);
    }

    @Override
    public void recordEvent(Command.RecordEvent command) {
        // The log is checked when it is commanded.
        if (world.isToldOf()) {
            world.told(
                    command.child(), command.type().word() + (command.text().isEmpty() ? "" : ": " + command.text()));
        }
    }

    @Override
    public void exitRoot(Command.ExitRoot command) {
        boolean somethingLeft = false;
        for (Slot slot : slots) {
            somethingLeft |= slot.inFlight || (slot.process != null && slot.process.live());
            somethingLeft |= !slot.standbysInFlight.isEmpty();
            for (SimulatedProcess standby : slot.standbys.values()) {
                somethingLeft |= standby.live();
            }
        }
        world.invariants.commands.onExitRoot(command, somethingLeft);
        ended = true;
        exitCode = command.code();
        alive = false;
    }

    private @Nullable SimulatedProcess process(int child, long incarnation) {
        Slot slot = slots[child];
        return slot.incarnation == incarnation ? slot.process : null;
    }
}
