package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import java.util.function.Consumer;

/**
 * Does what a death will need done, before there is one: a JVM that does something for the first time takes ten milliseconds for what
 * takes a tenth of one when it has been done some hundred times, and a root may run for months before its first crash. The core is asked what it
 * would decide, which changes nothing, since it is pure; what it says is written into the root segment and rolled back, which no
 * reader sees; the kernel is asked about processes that live.
 *
 * <p>Once in a root's life, from the first standby that is parked on, since without one a recovery takes as long as a JVM to start; a few
 * rounds a turn, so that nothing else waits for long. Duty-cycle thread only.
 */
final class Rehearsal {
    /** Two milliseconds as long as they are interpreted; a fifth of one later. */
    private static final int ROUNDS_A_TURN = 5;

    /** Several times what the root's compiler waits for, with the options that the launcher gives. */
    private static final int ROUNDS = 1_000;

    private static final int SIGKILL = 9;

    private final ChildTable children;
    private final StatusPublisher publisher;
    private final Consumer<ChildProcess> look;
    private final ProcessTable processes;
    private int rounds;
    private long nextNs = Long.MAX_VALUE;

    /** @param look at what a child has in its segment */
    Rehearsal(ChildTable children, StatusPublisher publisher, Consumer<ChildProcess> look, ProcessTable processes) {
        this.children = children;
        this.publisher = publisher;
        this.look = look;
        this.processes = processes;
    }

    /** How many there were, for tests. */
    int rounds() {
        return rounds;
    }

    /** When the next rounds are due; {@link Long#MAX_VALUE} for never. */
    long nextNs() {
        return nextNs;
    }

    /** There is a standby now. */
    void onParked(long nowNs) {
        nextNs = rounds < ROUNDS ? nowNs : Long.MAX_VALUE;
    }

    /** What would follow if the first child died now that has a standby; none has while the instance stops, and nothing is due then. */
    void rehearse(SupervisorState state, long nowNs) {
        nextNs = Long.MAX_VALUE;
        for (int i = 0; i < state.children().size(); i++) {
            ChildState child = state.child(i);
            if (child.phase() == ChildPhase.READY && child.standbys().parked() > 0) {
                for (int round = 0; round < ROUNDS_A_TURN; round++) {
                    round(state, child, nowNs);
                }
                rounds += ROUNDS_A_TURN;
                onParked(nowNs);
                return;
            }
        }
    }

    private void round(SupervisorState state, ChildState child, long nowNs) {
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
