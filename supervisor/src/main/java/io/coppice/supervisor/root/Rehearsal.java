package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Slot;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Work;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * Does what a death will need done, and a request for a transaction, before there is one: a JVM that does something for the first time takes ten milliseconds for what
 * takes a tenth of one when it has been done some hundred times, and a root may run for months before its first crash. The core is asked what it
 * would decide, which changes nothing, since it is pure; what it says is written into the root segment and rolled back, which no
 * reader sees; the kernel is asked about processes that live.
 *
 * <p>Once in a root's life each, from the first standby of a daemon and of a slot that is parked on, since without one both take as long as a
 * JVM to start; a few rounds a turn, so that nothing else waits for long. Duty-cycle thread only.
 */
final class Rehearsal {
    /** Two milliseconds as long as they are interpreted; a fifth of one later. */
    private static final int ROUNDS_A_TURN = 5;

    /** Several times what the root's compiler waits for, with the options that the launcher gives. */
    private static final int ROUNDS = 1_000;

    private static final int SIGKILL = 9;

    /** Of an id nothing is asked but to be one. */
    private static final long REQUEST = 1;

    private final ChildTable children;
    private final StatusPublisher publisher;
    private final Consumer<ChildProcess> look;
    private final ObjIntConsumer<ChildProcess> lookForSlot;
    private final ProcessTable processes;
    private int deaths;
    private int requests;
    private long nextNs = Long.MAX_VALUE;

    /**
     * Of one root.
     *
     * @param look at what a child has in its segment
     * @param lookForSlot at what a daemon's segment asks the slot of that number for
     */
    Rehearsal(
            ChildTable children,
            StatusPublisher publisher,
            Consumer<ChildProcess> look,
            ObjIntConsumer<ChildProcess> lookForSlot,
            ProcessTable processes) {
        this.children = children;
        this.publisher = publisher;
        this.look = look;
        this.lookForSlot = lookForSlot;
        this.processes = processes;
    }

    /** How many deaths there were, for tests. */
    int deaths() {
        return deaths;
    }

    /** How many requests there were, for tests. */
    int requests() {
        return requests;
    }

    /** When the next rounds are due; {@link Long#MAX_VALUE} for never. */
    long nextNs() {
        return nextNs;
    }

    /** There is a standby now. */
    void onParked(long nowNs) {
        nextNs = deaths < ROUNDS || requests < ROUNDS ? nowNs : Long.MAX_VALUE;
    }

    /**
     * What would follow if the first child died now that has a standby, or if its daemon asked a slot for something that has one; none has
     * while the instance stops, and nothing is due then.
     */
    void rehearse(SupervisorState state, long nowNs) {
        nextNs = Long.MAX_VALUE;
        for (int i = 0; i < state.children().size(); i++) {
            ChildState child = state.child(i);
            if (child.standbys().parked() > 0 && rehearse(state, child, nowNs)) {
                onParked(nowNs);
                return;
            }
        }
    }

    /** @return whether there was something to rehearse */
    private boolean rehearse(SupervisorState state, ChildState child, long nowNs) {
        if (child.phase() == ChildPhase.READY && child.spec().slot() == null && deaths < ROUNDS) {
            for (int round = 0; round < ROUNDS_A_TURN; round++) {
                death(state, child, nowNs);
            }
            deaths += ROUNDS_A_TURN;
            return true;
        }
        Slot slot = child.spec().slot();
        if (slot != null && child.phase() == ChildPhase.STOPPED && child.work().word() == 0 && requests < ROUNDS) {
            for (int round = 0; round < ROUNDS_A_TURN; round++) {
                request(state, child, slot, nowNs);
            }
            requests += ROUNDS_A_TURN;
            return true;
        }
        return false;
    }

    /** From the daemon's word to the end of the process that a standby was, and the word that follows. */
    private void request(SupervisorState state, ChildState child, Slot slot, long nowNs) {
        lookForSlot.accept(children.get(slot.daemon()), slot.number());
        int index = child.spec().index();
        Step step = rehearse(state, new Event.Requested(index, REQUEST, false, false, nowNs));
        long incarnation = step.state().child(index).incarnation();
        step = rehearse(step.state(), new Event.Released(index, incarnation, nowNs));
        step = rehearse(step.state(), new Event.BecameReady(index, incarnation, nowNs));
        step = rehearse(
                step.state(),
                new Event.Exited(index, incarnation, new ExitStatus.Exited(0), null, StepProgress.DONE, nowNs));
        rehearse(step.state(), new Event.Requested(index, Work.NO_REQUEST, false, false, nowNs));
    }

    private void death(SupervisorState state, ChildState child, long nowNs) {
        ChildProcess process = children.get(child.spec().index());
        PidFd pidFd = process.pidFd;
        if (pidFd == null || process.dead || pidFd.isDead()) {
            return;
        }
        look.accept(process);
        processes.groupExists(pidFd.pid());
        int index = child.spec().index();
        long incarnation = child.incarnation();
        Step step = rehearse(
                state,
                new Event.Exited(
                        index, incarnation, new ExitStatus.Signaled(SIGKILL, false), null, StepProgress.MADE, nowNs));
        step = rehearse(step.state(), new Event.Released(index, incarnation + 1, nowNs));
        step = rehearse(step.state(), new Event.BecameReady(index, incarnation + 1, nowNs));
        for (Standby standby : step.state().child(index).standbys().standbys()) {
            rehearse(
                    step.state(),
                    new Event.StandbyExited(index, standby.id(), new ExitStatus.Signaled(SIGKILL, false), nowNs));
        }
    }

    private Step rehearse(SupervisorState before, Event event) {
        Step step = Supervisor.step(before, event);
        publisher.rehearse(before, step.state(), step.commands());
        return step;
    }
}
