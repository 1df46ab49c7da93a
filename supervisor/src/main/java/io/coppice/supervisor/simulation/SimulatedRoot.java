package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Slot;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A root: the production core in a simulated shell. Each duty cycle takes a batch of events, steps, commits, then has the commands
 * carried out; it may die before the commit, after it, and after each command.
 */
final class SimulatedRoot {
    private final Simulation world;
    private final Draws draws;
    private final List<SimulatedChild> children = new ArrayList<>();
    private final SimulatedExecutor executor;
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
        for (int i = 0; i < initial.children().size(); i++) {
            children.add(new SimulatedChild(i));
        }
        executor = new SimulatedExecutor(world, this, children);
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
        Event event = children.get(process.spec.index()).exited(process, status, world.agenda.nowNs());
        if (event != null) {
            post(event);
        }
    }

    void parked(SimulatedProcess process) {
        int index = process.spec.index();
        if (children.get(index).standby(process.standby) == process) {
            post(new Event.StandbyParked(index, process.standby, world.agenda.nowNs()));
        }
    }

    /** What the segments of daemons ask their slots for. */
    void lookAtRequests() {
        for (ChildState child : state.children()) {
            Slot slot = child.spec().slot();
            if (slot == null) {
                continue;
            }
            int index = child.spec().index();
            long word = world.segment(slot.daemon()).requests.word(index);
            if (word != child.work().word()) {
                long served = child.work().served();
                boolean done = served != 0 && world.segment(index).resultOf == served;
                post(new Event.Requested(index, Math.abs(word), word < 0, done, world.agenda.nowNs()));
            }
        }
    }

    /** It comes after one that died. */
    void takeOver() {
        new SimulatedTakeover(world, children, this::post).lookForAll(state);
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
            step(new Event.RootWasAway(world.agenda.nowNs() - stalledSinceNs, world.agenda.nowNs()), commands);
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
            command.carryOutWith(executor);
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
                children.get(spawn.child())
                        .spawnDecided(state.child(spawn.child()).spec());
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
        children.forEach(SimulatedChild::closePipes);
        world.rootDied(stalledUntilNs == 0 ? world.agenda.nowNs() : stalledSinceNs);
    }

    /** ExitRoot is carried out. */
    void exit(int code) {
        ended = true;
        exitCode = code;
        alive = false;
    }
}
