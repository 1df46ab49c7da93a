package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Slot;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.SupervisorState;
import java.util.List;
import java.util.function.Consumer;

/** How a root that comes after one that died looks for the processes on record, as the shell does by pid and start time. */
final class SimulatedTakeover {
    private final Simulation world;
    private final List<SimulatedChild> children;
    private final Consumer<Event> found;

    /** @param found takes what it has found of each */
    SimulatedTakeover(Simulation world, List<SimulatedChild> children, Consumer<Event> found) {
        this.world = world;
        this.children = children;
        this.found = found;
    }

    /** Before anything else. Once. */
    void lookForAll(SupervisorState recorded) {
        for (ChildState child : recorded.children()) {
            if (child.hasProcess()) {
                lookFor(child);
            }
            for (Standby standby : child.standbys().standbys()) {
                lookFor(child.spec().index(), standby);
            }
        }
    }

    private void lookFor(ChildState recorded) {
        int index = recorded.spec().index();
        long incarnation = recorded.incarnation();
        children.get(index).adopts(incarnation);
        SimulatedProcess process = world.processes.find(index, recorded.pid(), recorded.startTicks());
        Slot slot = recorded.spec().slot();
        if (process == null && slot != null) {
            // Its root died before it passed it on.
            process = world.processes.find(slot.pool(), recorded.pid(), recorded.startTicks());
            if (process != null) {
                world.processes.pass(process, slot.pool(), index);
            }
        }
        if (process == null) {
            throw new IllegalStateException("no process " + recorded.pid() + " was ever there");
        }
        if (process.reapable()) {
            ExitStatus status = world.draws.chance(0.5) ? process.status() : new ExitStatus.Unwitnessed();
            found.accept(new Event.Exited(index, incarnation, status, null, process.progress(), nowNs()));
        } else {
            children.get(index).adopted(process, ChangedSpecs.launchedAs(recorded.spec(), recorded.launchedAs()));
            found.accept(new Event.Adopted(index, incarnation, nowNs()));
            process.tellAgain();
            world.agenda.in(world.draws.ns(0, 100 * MS), process::tellAgain);
        }
    }

    private void lookFor(int index, Standby recorded) {
        SimulatedProcess process = world.processes.find(index, recorded.pid(), recorded.startTicks());
        if (process == null || process.reapable()) {
            found.accept(new Event.StandbyExited(index, recorded.id(), new ExitStatus.Unwitnessed(), nowNs()));
        } else {
            children.get(index).addStandby(recorded.id(), process);
            found.accept(new Event.StandbyAdopted(index, recorded.id(), nowNs()));
        }
    }

    private long nowNs() {
        return world.agenda.nowNs();
    }
}
