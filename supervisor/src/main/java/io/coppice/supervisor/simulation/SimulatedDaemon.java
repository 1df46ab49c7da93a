package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StartStage;
import io.coppice.supervisor.core.StepProgress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program with a segment: it locks that, starts, and commits once per step, until it has done its work or for ever. */
final class SimulatedDaemon extends SimulatedProgram {
    private final ChildSpec spec;
    private final SimulatedSegment segment;
    private final HangReports hangs;
    private final Mishaps mishaps;
    private int steps;
    private @Nullable StartStage lastStage;
    private long sequence;
    private StepProgress progress = StepProgress.UNKNOWN;
    private final @Nullable SimulatedSubmitter submitter;

    SimulatedDaemon(Simulation world, SimulatedProcess process, Draws draws, HangReports hangs, Mishaps mishaps) {
        super(world, process, draws);
        this.hangs = hangs;
        this.mishaps = mishaps;
        spec = process.spec;
        segment = world.segment(spec.index());
        List<Integer> slots = world.slotsOf(spec.index());
        submitter = slots.isEmpty() ? null : new SimulatedSubmitter(world, process, slots);
    }

    @Override
    long bootNs() {
        return draws.ns(20 * MS, 300 * MS);
    }

    @Override
    void run(@Nullable Fallback to) {
        world.agenda.in(draws.ns(0, 5 * MS), () -> own(to));
    }

    private void own(@Nullable Fallback to) {
        if (!process.goesOn()) {
            return;
        }
        world.invariants.owners.onOwn(process, segment);
        segment.owner = process;
        segment.incarnation = process.incarnation();
        segment.uncommitted = 0;
        sequence = segment.commitSequence;
        progress = sequence == 0 ? StepProgress.MADE : StepProgress.NONE;
        if (to == Fallback.EMPTY || (to == Fallback.CHECKPOINT && draws.chance(0.5))) {
            segment.poisoned = false;
        }
        if (submitter != null) {
            submitter.begin(to == Fallback.EMPTY);
        }
        if (world.doomed == spec.index()) {
            progress = StepProgress.NONE;
            process.end(new ExitStatus.Exited(1));
            return;
        }
        mishaps.inTime(FaultKind.FALSE_ALARM, hangs::tellOfHang);
        mishaps.inTime(FaultKind.POISON, () -> segment.poisoned |= segment.owner == process);
        if (segment.poisoned && !world.faults.over) {
            world.agenda.in(draws.ns(0, 200 * MS), draws.chance(0.2) ? process::hang : mishaps::dieOfPoison);
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
        if (!process.goesOn()) {
            return;
        }
        Draws stages = world.stageDraws;
        StartStage stage = words == 0 ? StartStage.START : stages.oneOf(StartStage.values());
        lastStage = stage;
        process.tellAgain();
        if (words == 0) {
            world.agenda.in(stages.ns(0, 300 * MS), this::started);
        } else if (world.faults.over || !stages.chance(0.02)) {
            world.agenda.in(stages.ns(0, world.faults.over ? MS : SECOND), () -> talk(words - 1));
        }
    }

    private void started() {
        if (!process.goesOn()) {
            return;
        }
        boolean late = world.faults.strikes(draws, world.faults.lateWord);
        world.agenda.in(draws.ns(0, late ? SECOND : 2 * MS), () -> {
            process.becomeReady();
            if (process.live() || late) {
                tellReady();
            }
        });
        if (world.faults.strikes(draws, world.faults.falseAlarm)) {
            world.agenda.in(draws.ns(0, 10 * SECOND), hangs::tellOfHang);
        }
        stepOnce();
    }

    private void stepOnce() {
        if (!process.goesOn()) {
            return;
        }
        segment.uncommitted++;
        if (submitter != null) {
            submitter.step();
        }
        if (draws.chance(0.7)) {
            commit();
            if (!process.isDying()
                    && spec.restart() != RestartPolicy.ALWAYS
                    && world.finite(spec)
                    && sequence >= world.work(spec)) {
                process.end(new ExitStatus.Exited(0));
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

    private void commit() {
        world.invariants.owners.onCommit(process, segment, sequence + 1);
        segment.commitSequence = ++sequence;
        if (submitter != null) {
            submitter.committed();
        }
        segment.uncommitted = 0;
        progress = StepProgress.MADE;
        segment.poisoned |= world.faults.strikes(draws, world.faults.poison);
    }

    /** The phase in its segment. */
    @Override
    void tellAgain() {
        if (process.isReady()) {
            tellReady();
        } else if (lastStage != null) {
            world.root().post(new Event.StageEntered(spec.index(), process.incarnation(), lastStage, nowNs()));
        }
    }

    private void tellReady() {
        world.root().post(new Event.BecameReady(spec.index(), process.incarnation(), nowNs()));
    }

    @Override
    boolean endsInOrder() {
        return true;
    }

    /** The kernel lets go of its lock; what it had not committed is lost. */
    @Override
    void died() {
        if (segment.owner == process) {
            segment.owner = null;
            segment.uncommitted = 0;
        }
    }

    @Override
    StepProgress progress() {
        return progress;
    }
}
