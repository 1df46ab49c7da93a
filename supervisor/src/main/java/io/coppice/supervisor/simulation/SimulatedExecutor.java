package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.StepProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the core's commands, which the root has committed by then, on simulated processes. What a command brings about its root
 * hears as an event. A spawn may return when the root is dead.
 */
final class SimulatedExecutor implements Command.Handler {
    private final Simulation world;
    private final SimulatedRoot root;
    private final List<SimulatedChild> children;
    private final Draws draws;

    SimulatedExecutor(Simulation world, SimulatedRoot root, List<SimulatedChild> children) {
        this.world = world;
        this.root = root;
        this.children = children;
        draws = world.draws;
    }

    @Override
    public void spawn(Command.Spawn command) {
        SimulatedChild child = children.get(command.child());
        checkThatItIsFree(child, command);
        ChildSpec spec = child.spawnBegins(command.incarnation());
        boolean fails = world.faults.strikes(draws, world.faults.spawnFailure);
        world.agenda.in(draws.ns(0, 5 * MS), () -> spawnReturned(command, spec, child, fails));
    }

    private void checkThatItIsFree(SimulatedChild child, Command.Spawn command) {
        world.invariants.owners.onSpawn(command, child.isOccupied(), world.processes.liveReleased(command.child()));
    }

    /** Of a dead root's, which may or may not leave a process behind, nobody hears. */
    private void spawnReturned(Command.Spawn command, ChildSpec spec, SimulatedChild child, boolean fails) {
        child.spawnReturned();
        if (!root.alive()) {
            if (!fails && draws.chance(0.5)) {
                world.processes.spawn(command, spec).closePipe();
            }
        } else if (fails) {
            root.post(new Event.SpawnFailed(command.child(), command.incarnation(), "no more processes", nowNs()));
        } else {
            SimulatedProcess process = world.processes.spawn(command, spec);
            child.spawned(process);
            root.post(new Event.Spawned(
                    command.child(), command.incarnation(), process.pid, process.startTicks, nowNs()));
            world.operators.onSpawned(command.child());
        }
    }

    @Override
    public void spawnStandby(Command.SpawnStandby command) {
        SimulatedChild child = children.get(command.child());
        ChildSpec spec = root.state().child(command.child()).spec();
        boolean fails = world.faults.strikes(world.standbyDraws, world.faults.spawnFailure);
        child.standbySpawnBegins(command.standby());
        world.agenda.in(world.standbyDraws.ns(0, 5 * MS), () -> standbySpawnReturned(command, spec, child, fails));
    }

    private void standbySpawnReturned(
            Command.SpawnStandby command, ChildSpec spec, SimulatedChild child, boolean fails) {
        child.standbySpawnReturned(command.standby());
        if (!root.alive()) {
            if (!fails) {
                world.processes.spawn(command, spec).closePipe();
            }
        } else if (fails) {
            root.post(new Event.StandbySpawnFailed(command.child(), command.standby(), "no more processes", nowNs()));
        } else {
            SimulatedProcess process = world.processes.spawn(command, spec);
            child.addStandby(command.standby(), process);
            root.post(new Event.StandbySpawned(
                    command.child(), command.standby(), process.pid, process.startTicks, nowNs()));
        }
    }

    @Override
    public void warmStandby(Command.WarmStandby command) {
        SimulatedProcess process = children.get(command.child()).standby(command.standby());
        if (process != null) {
            process.warm();
        }
    }

    @Override
    public void pauseStandby(Command.PauseStandby command) {
        SimulatedProcess process = children.get(command.child()).standby(command.standby());
        if (process != null) {
            process.pause(command.paused());
        }
    }

    @Override
    public void assignStandby(Command.AssignStandby command) {
        SimulatedChild child = children.get(command.child());
        checkThatItIsFree(child, new Command.Spawn(command.child(), command.incarnation()));
        SimulatedProcess standby = children.get(command.pool()).takeStandby(command.standby());
        if (standby != null) {
            world.processes.pass(standby, command.pool(), command.child());
        }
        child.assign(
                standby,
                command.incarnation(),
                standby == null ? root.state().child(command.child()).spec() : startedAs(standby, command.child()));
        if (standby == null) {
            // Its death was told under its old name, when it was a standby no more.
            root.post(new Event.Exited(
                    command.child(),
                    command.incarnation(),
                    new ExitStatus.Signaled(9, false),
                    null,
                    StepProgress.UNKNOWN,
                    nowNs()));
        }
    }

    @Override
    public void endStandby(Command.EndStandby command) {
        SimulatedProcess process = children.get(command.child()).standby(command.standby());
        if (process != null) {
            process.signal(9);
        }
    }

    @Override
    public void release(Command.Release command) {
        SimulatedProcess process = process(command.child(), command.incarnation());
        if (process != null && process.live()) {
            process.release(command.fallback(), command.request());
            root.post(new Event.Released(command.child(), command.incarnation(), nowNs()));
        }
    }

    @Override
    public void abandonHeld(Command.AbandonHeld command) {
        children.get(command.child()).abandon(command.incarnation());
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
            if (root.alive() && process == process(command.child(), command.incarnation()) && process.live()) {
                if (!fails) {
                    process.signal(15);
                }
                root.post(new Event.ShutdownCommandEnded(
                        command.child(), command.incarnation(), fails ? "exit code 1" : null, nowNs()));
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
        boolean somethingLeft = children.stream().anyMatch(SimulatedChild::isAnythingLeft);
        world.invariants.commands.onExitRoot(command, somethingLeft);
        root.exit(command.code());
    }

    /** What it was launched as stays; only which slot it is for is another. */
    private ChildSpec startedAs(SimulatedProcess standby, int child) {
        return standby.spec.index() == child
                ? standby.spec
                : ChangedSpecs.launchedAs(root.state().child(child).spec(), standby.spec.launch());
    }

    private @Nullable SimulatedProcess process(int child, long incarnation) {
        return children.get(child).process(incarnation);
    }

    private long nowNs() {
        return world.agenda.nowNs();
    }
}
