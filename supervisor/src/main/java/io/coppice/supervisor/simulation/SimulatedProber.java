package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.Event;

/** How one process is looked at from outside, and what the root is told of that. */
abstract class SimulatedProber {
    final Simulation world;
    final SimulatedProcess process;

    /** By the last word of its readiness probe. */
    private boolean well = true;

    SimulatedProber(Simulation world, SimulatedProcess process) {
        this.world = world;
        this.process = process;
    }

    /** The process got its line. */
    abstract void released();

    /** It does nothing any more, and says nothing. */
    abstract void hung();

    /** For a while it is of no use to others. */
    abstract void fallIll();

    /** What a root is told that looks anew at one that is ready. */
    abstract void tellHealth();

    final boolean well() {
        return well;
    }

    final void setWell(boolean now) {
        well = now;
    }

    final long nowNs() {
        return world.agenda.nowNs();
    }

    final void tellReady() {
        process.becomeReady();
        tell(new Event.BecameReady(process.spec.index(), process.incarnation(), nowNs()));
    }

    final void tellFailed(String text) {
        tell(new Event.ProbeFailed(process.spec.index(), process.incarnation(), text, nowNs()));
    }

    final void tellHealth(String text) {
        tell(new Event.HealthChanged(process.spec.index(), process.incarnation(), well, text, nowNs()));
    }

    /** By way of another process, which may take its time. */
    private void tell(Event event) {
        if (world.faults.strikes(world.endDraws, world.faults.lateWord)) {
            world.agenda.in(world.endDraws.ns(0, SECOND), () -> world.root().post(SeenLater.at(event, nowNs())));
        } else {
            world.root().post(event);
        }
    }
}
