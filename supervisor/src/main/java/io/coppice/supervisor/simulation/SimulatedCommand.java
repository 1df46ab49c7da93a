package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StepProgress;
import org.jspecify.annotations.Nullable;

/** A program without a segment: it serves at once, or when a prober finds it ready, and a task ends by itself. */
final class SimulatedCommand extends SimulatedProgram {
    private final HangReports hangs;
    private final Mishaps mishaps;
    private final SimulatedProber prober;

    SimulatedCommand(
            Simulation world,
            SimulatedProcess process,
            Draws draws,
            HangReports hangs,
            Mishaps mishaps,
            SimulatedProber prober) {
        super(world, process, draws);
        this.hangs = hangs;
        this.mishaps = mishaps;
        this.prober = prober;
    }

    @Override
    long bootNs() {
        return draws.ns(MS, 5 * MS);
    }

    @Override
    void run(@Nullable Fallback to) {
        ChildSpec spec = process.spec;
        if (world.doomed == spec.index()) {
            process.end(new ExitStatus.Exited(1));
            return;
        }
        if (!spec.probed()) {
            process.serve();
        }
        mishaps.inTime(FaultKind.UNHEALTHY, prober::fallIll);
        if (spec.auxiliary() && world.faults.strikes(draws, world.faults.falseAlarm)) {
            // It gets no CPU.
            world.agenda.in(draws.ns(0, 10 * SECOND), hangs::tellOfSilence);
        }
        if (spec.restart() != RestartPolicy.ALWAYS && world.finite(spec)) {
            world.agenda.in(draws.ns(10 * MS, 3 * SECOND), this::complete);
        }
    }

    private void complete() {
        if (process.goesOn() && !process.isDying()) {
            process.end(new ExitStatus.Exited(0));
        }
    }

    /** That it has become its program, and what its prober finds. */
    @Override
    void tellAgain() {
        int child = process.spec.index();
        long nowNs = nowNs();
        world.root().post(new Event.Released(child, process.incarnation(), nowNs));
        if (process.isReady()) {
            world.root().post(new Event.BecameReady(child, process.incarnation(), nowNs));
            prober.tellHealth();
        }
    }

    @Override
    boolean endsInOrder() {
        return draws.chance(0.5);
    }

    /** It leaves nothing behind. */
    @Override
    void died() {}

    @Override
    StepProgress progress() {
        return StepProgress.UNKNOWN;
    }
}
