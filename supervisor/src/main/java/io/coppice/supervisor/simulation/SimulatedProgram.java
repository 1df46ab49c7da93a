package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.StepProgress;
import org.jspecify.annotations.Nullable;

/** What a process does with its life once it got its line. */
abstract class SimulatedProgram {
    final Simulation world;
    final SimulatedProcess process;

    /** The sequence that its process draws from. */
    final Draws draws;

    SimulatedProgram(Simulation world, SimulatedProcess process, Draws draws) {
        this.world = world;
        this.process = process;
        this.draws = draws;
    }

    /** From its spawn until it reads its pipe, unless it is slow. */
    abstract long bootNs();

    /**
     * It begins. Once.
     *
     * @param to what a daemon falls back to, null for its last commit
     */
    abstract void run(@Nullable Fallback to);

    /** What a root sees that looks at it anew, once it runs. */
    abstract void tellAgain();

    /** Whether it ends with code 0 when it is asked to end, once it runs. */
    abstract boolean endsInOrder();

    /** Its process is dead. */
    abstract void died();

    /** As is told after its death. */
    abstract StepProgress progress();

    final long nowNs() {
        return world.agenda.nowNs();
    }
}
