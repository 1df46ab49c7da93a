package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.StepProgress;
import org.jspecify.annotations.Nullable;

/** A transaction: it works on one request, from the last checkpoint of it, commits the result, and ends. */
final class SimulatedTask extends SimulatedProgram {
    /** Without faults, a task is done after so many checkpoints at most. */
    private static final int MOST_CHECKPOINTS = 5;

    private final Mishaps mishaps;
    private boolean owned;

    SimulatedTask(Simulation world, SimulatedProcess process, Draws draws, Mishaps mishaps) {
        super(world, process, draws);
        this.mishaps = mishaps;
    }

    private SimulatedSegment segment() {
        return world.segment(process.spec.index());
    }

    @Override
    long bootNs() {
        return draws.ns(20 * MS, 300 * MS);
    }

    @Override
    void run(@Nullable Fallback to) {
        world.agenda.in(draws.ns(0, 5 * MS), this::own);
    }

    private void own() {
        if (!process.goesOn()) {
            return;
        }
        SimulatedSegment segment = segment();
        world.invariants.owners.onOwn(process, segment);
        segment.owner = process;
        segment.incarnation = process.incarnation();
        segment.uncommitted = 0;
        owned = true;
        long request = process.request();
        if (segment.resultOf == request) {
            world.agenda.in(draws.ns(0, 5 * MS), this::end);
            return;
        }
        if (segment.request != request) {
            world.invariants.transactions.overwritten(segment.request, segment.resultOf);
            segment.request = request;
            segment.resultOf = 0;
            segment.checkpoints = 0;
        }
        world.agenda.in(draws.ns(0, 300 * MS), this::begin);
    }

    private void begin() {
        if (!process.goesOn()) {
            return;
        }
        process.becomeReady();
        tellAgain();
        boolean kills = world.invariants.transactions.isPoison(process.request());
        world.agenda.in(draws.ns(0, SECOND), kills ? this::dieOfIt : this::checkpoint);
    }

    private void dieOfIt() {
        switch (draws.between(0, 4)) {
            case 0 -> process.hang();
            case 1 -> mishaps.dieOfPoison();
            case 2 -> endWith(new ExitStatus.Exited(0));
            case 3 -> endWith(new ExitStatus.Exited(draws.chance(0.2) ? 78 : 3));
            default -> mishaps.dieOfPoison();
        }
        if (process.goesOn() && !process.isDying()) {
            checkpoint(); // hanging is for the chaos only
        }
    }

    private void checkpoint() {
        if (!process.goesOn()) {
            return;
        }
        SimulatedSegment segment = segment();
        world.invariants.owners.onCommit(process, segment, segment.commitSequence + 1);
        segment.commitSequence++;
        segment.checkpoints++;
        if (segment.checkpoints >= MOST_CHECKPOINTS || draws.chance(0.4)) {
            segment.resultOf = process.request();
            world.invariants.transactions.result(process.request());
            boolean lingers = world.faults.strikes(draws, 0.05);
            world.agenda.in(lingers ? 3_600 * SECOND : draws.ns(0, 50 * MS), this::end);
        } else {
            world.agenda.in(draws.ns(0, SECOND), this::checkpoint);
        }
    }

    private void end() {
        endWith(new ExitStatus.Exited(0));
    }

    private void endWith(ExitStatus status) {
        if (process.goesOn() && !process.isDying()) {
            process.end(status);
        }
    }

    /** The phase in its segment. */
    @Override
    void tellAgain() {
        if (process.isReady()) {
            world.root().post(new Event.BecameReady(process.spec.index(), process.incarnation(), nowNs()));
        }
    }

    @Override
    boolean endsInOrder() {
        return false;
    }

    @Override
    void died() {
        SimulatedSegment segment = segment();
        if (segment.owner == process) {
            segment.owner = null;
        }
    }

    /** What the segment says of the request, whoever wrote that there. */
    @Override
    StepProgress progress() {
        if (process.request() != 0 && segment().resultOf == process.request()) {
            return StepProgress.DONE;
        }
        return owned ? StepProgress.NONE : StepProgress.UNKNOWN;
    }
}
