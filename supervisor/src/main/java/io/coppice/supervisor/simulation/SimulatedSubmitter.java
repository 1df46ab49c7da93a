package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A daemon's part in its transactions: it submits, gives what waits to free slots, adopts and drops, each with a commit of its own. */
final class SimulatedSubmitter {
    /** Beyond those that are being worked on. */
    private static final int QUEUE = 3;

    private final Simulation world;
    private final SimulatedProcess process;
    private final SimulatedRequests requests;
    private final List<Integer> slots;
    private final Draws draws;

    /** What the present step would change, null for nothing. */
    private @Nullable List<SimulatedRequests.Entry> draft;

    private final List<Runnable> atCommit = new ArrayList<>();

    SimulatedSubmitter(Simulation world, SimulatedProcess process, List<Integer> slots) {
        this.world = world;
        this.process = process;
        this.slots = slots;
        requests = world.segment(process.spec.index()).requests;
        draws = world.taskDraws;
    }

    /** It begins with what its predecessor committed, or with nothing. */
    void begin(boolean empty) {
        if (empty) {
            requests.entries().forEach(entry -> world.invariants.transactions.abandoned(entry.id()));
            requests.commit(new ArrayList<>());
        }
        publish();
    }

    void step() {
        draft = new ArrayList<>();
        atCommit.clear();
        for (SimulatedRequests.Entry entry : requests.entries()) {
            SimulatedRequests.Entry goesOn = followed(entry);
            if (goesOn != null) {
                draft.add(goesOn);
            }
        }
        if (!world.faults.over && draft.size() < slots.size() + QUEUE && draws.chance(0.4)) {
            long id = world.invariants.transactions.nextId();
            draft.add(new SimulatedRequests.Entry(id, SimulatedRequests.NO_SLOT, false));
            atCommit.add(() -> world.invariants.transactions.submitted(id));
        }
        for (int slot : slots) {
            if (draft.stream().noneMatch(entry -> entry.slot() == slot) && draws.chance(0.7)) {
                giveFirstTo(draft, slot);
            }
        }
    }

    private static void giveFirstTo(List<SimulatedRequests.Entry> draft, int slot) {
        for (int i = 0; i < draft.size(); i++) {
            SimulatedRequests.Entry entry = draft.get(i);
            if (entry.slot() == SimulatedRequests.NO_SLOT) {
                draft.set(i, new SimulatedRequests.Entry(entry.id(), slot, entry.discard()));
                return;
            }
        }
    }

    /** What becomes of a request in this step; null if it is over. */
    private SimulatedRequests.@Nullable Entry followed(SimulatedRequests.Entry entry) {
        long id = entry.id();
        if (entry.slot() == SimulatedRequests.NO_SLOT) {
            return entry;
        }
        // The verdict first: a result that is there by then is stronger.
        ChildState told = world.committedChild(entry.slot());
        boolean over = told.work().request() == id && told.work().over();
        if (world.segment(entry.slot()).resultOf == id) {
            if (draws.chance(0.8)) {
                atCommit.add(() -> world.invariants.transactions.adopted(id));
                return null;
            }
        } else if (over && told.phase() == ChildPhase.FAILED) {
            atCommit.add(() -> world.invariants.transactions.failed(id));
            return null;
        } else if (over && told.work().discard()) {
            atCommit.add(() -> world.invariants.transactions.discarded(id));
            return null;
        } else if (!entry.discard() && world.faults.strikes(draws, 0.02)) {
            return new SimulatedRequests.Entry(id, entry.slot(), true);
        }
        return entry;
    }

    /** The step is committed; the slots are told a little later. */
    void committed() {
        List<SimulatedRequests.Entry> changed = draft;
        if (changed != null) {
            requests.commit(changed);
            atCommit.forEach(Runnable::run);
            world.agenda.in(draws.ns(0, MS), this::publish);
        }
        draft = null;
    }

    private void publish() {
        if (process.goesOn() && world.segment(process.spec.index()).owner == process) {
            requests.publish();
            world.root().lookAtRequests();
        }
    }
}
