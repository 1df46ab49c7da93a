package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.Command;
import java.util.List;

/** What must hold of processes and segments, whatever the core thinks: one owner, whose commits stay. */
final class OwnerPredicates {
    private final Invariants moment;
    private final Simulation world;
    private final ChildBooks books;

    OwnerPredicates(Invariants moment, Simulation world, ChildBooks books) {
        this.moment = moment;
        this.world = world;
        this.books = books;
    }

    void onSpawn(Command.Spawn command, boolean occupied, int liveReleased) {
        ChildBook book = books.of(command.child());
        moment.check(
                "INCARNATIONS_ARE_NEVER_REUSED",
                command.incarnation() > book.lastSpawned,
                () -> moment.name(command.child()));
        book.lastSpawned = command.incarnation();
        moment.check(
                "ONE_PROCESS_PER_CHILD",
                !occupied,
                () -> moment.name(command.child()) + ": spawned again before Exited");
        moment.check(
                "NEVER_TWO_LIVE_OWNERS",
                liveReleased == 0,
                () -> moment.name(command.child()) + ": spawned beside a live one");
    }

    void onOwn(SimulatedProcess process, SimulatedSegment segment) {
        SimulatedProcess owner = segment.owner;
        moment.check(
                "NEVER_TWO_LIVE_OWNERS",
                owner == null || !owner.live(),
                () -> process.spec.name() + ": pid " + process.pid + " beside its owner");
        moment.check(
                "NEVER_TWO_LIVE_OWNERS",
                world.processes.liveReleased(process.spec.index()) == 1,
                () -> process.spec.name() + ": more than one may own it");
    }

    void onCommit(SimulatedProcess process, SimulatedSegment segment, long sequence) {
        moment.check("ONLY_THE_OWNER_COMMITS", segment.owner == process && process.live(), () -> process.spec.name());
        moment.check(
                "COMMITS_NEVER_GO_BACK",
                sequence == segment.commitSequence + 1,
                () -> process.spec.name() + ": " + sequence + " after " + segment.commitSequence);
    }

    /** After every event of the world. */
    void onMoment(List<SimulatedSegment> segments) {
        for (int i = 0; i < segments.size(); i++) {
            int child = i;
            SimulatedSegment segment = segments.get(child);
            ChildBook book = books.of(child);
            if (segment.commitSequence != book.highestCommit) {
                moment.check(
                        "COMMITS_NEVER_GO_BACK", segment.commitSequence > book.highestCommit, () -> moment.name(child));
                book.highestCommit = segment.commitSequence;
            }
            moment.check(
                    "UNCOMMITTED_WORK_DIES_WITH_ITS_OWNER",
                    segment.owner != null || segment.uncommitted == 0,
                    () -> moment.name(child));
            moment.check("NEVER_TWO_LIVE_OWNERS", world.processes.liveReleased(child) <= 1, () -> moment.name(child));
        }
    }
}
