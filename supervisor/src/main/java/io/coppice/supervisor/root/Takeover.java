package io.coppice.supervisor.root;

import io.coppice.state.root.StandbyRecord;
import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.PipeOfAnother;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SignalNumbers;
import org.jspecify.annotations.Nullable;

/**
 * Finds the processes that a root which died had recorded. A process is taken for the one on record if it has that pid and start
 * time (in this boot) after a pidfd has been opened for it: from then on no other can be meant.
 *
 * <p>Duty-cycle thread only, before its first turn.
 */
final class Takeover {
    private final StartingPoint start;
    private final ProcessTable processes;
    private final Epoll epoll;
    private final SegmentWatch segments;
    private final Funerals funerals;
    private final KeptPidFds kept;
    private final LaunchLimits groups;
    private final WorkerUsers users;
    private final Sandboxes sandboxes;

    Takeover(
            StartingPoint start,
            ProcessTable processes,
            Epoll epoll,
            SegmentWatch segments,
            Funerals funerals,
            KeptPidFds kept,
            LaunchLimits groups,
            WorkerUsers users,
            Sandboxes sandboxes) {
        this.start = start;
        this.processes = processes;
        this.epoll = epoll;
        this.segments = segments;
        this.funerals = funerals;
        this.kept = kept;
        this.groups = groups;
        this.users = users;
        this.sandboxes = sandboxes;
    }

    /**
     * What the core does not know of the children, to who stores it; of their standbys as well, since what is not known of them when this
     * root first stores them is lost to the next.
     */
    void tell(StatusPublisher publisher, ChildTable children, StandbyTable table) {
        for (int i = 0; i < start.recorded().size(); i++) {
            publisher.resumeOrder(i, start.orders().get(i));
            RecordedChild recorded = start.recorded().get(i);
            if (recorded != null) {
                publisher.resume(i, recorded);
                for (Standby standby : start.state().child(i).standbys().standbys()) {
                    if (standby.hasProcess()) {
                        tell(recorded.standby(standby.id()), table.add(children.get(i), standby.id()));
                    }
                }
            }
        }
    }

    private static void tell(StandbyRecord before, StandbyProcess standby) {
        standby.adopted = true;
        standby.session = before.session();
        standby.startTicks = before.startTicks();
        standby.pipeInode = before.pipeInode();
        standby.pidfdInode = before.pidfdInode();
    }

    /**
     * Watches the child's process, or begins to bury what is left of it.
     *
     * @return null if it has ended, or none is on record
     * @throws OsException if there is no descriptor left; nothing has been done to the process then
     */
    Event.@Nullable Adopted find(ChildProcess child, ChildState recorded) throws OsException {
        RecordedChild before = start.recorded().get(child.index);
        if (before == null || !recorded.hasProcess()) {
            return null;
        }
        child.incarnation = recorded.incarnation();
        child.adopted = true;
        child.session = before.session();
        child.startTicks = recorded.startTicks();
        child.uid = users.ofOwner(child.plan);
        sandboxes.adopt(child, recorded.assigned() ? before.pipeInode() : 0);
        PidFd pidFd = pidFdOf(child, recorded, before);
        if (pidFd == null) {
            child.dead = true;
            child.group = groups.named(child);
            funerals.beginUnwitnessed(
                    child,
                    start.samePids() ? recorded.pid() : Funerals.NO_GROUP,
                    segments.leftBy(child, recorded.work().served()),
                    System.nanoTime());
            return null;
        }
        child.pidFd = pidFd;
        child.group = pidFd.isDead() ? groups.named(child) : groups.of(pidFd.pid());
        if (pidFd.isDead()) {
            // Kept for us, or not reaped yet: there is still somebody to ask how it ended.
            child.dead = true;
            funerals.begin(child, pidFd, segments.leftBy(child, recorded.work().served()), System.nanoTime());
            return null;
        }
        epoll.add(pidFd.fd(), Tokens.of(Tokens.CHILD_DEATH, child.slot));
        if (recorded.assigned()) {
            child.assigned = true;
            if (recorded.phase() == ChildPhase.HELD) {
                reopenPipes(child, pidFd, before.pipeInode());
            }
        }
        if (child.hasSegment()) {
            // A transaction has no heartbeat by which it would be looked at, and its daemon submits at any time.
            reopenHints(child, pidFd, Tokens.of(Tokens.CHILD_HINT, child.slot));
        }
        return new Event.Adopted(child.index, child.incarnation, System.nanoTime());
    }

    /**
     * The same for a standby.
     *
     * @param table has it since {@link #tell}, be it alive or about to be buried
     * @return null if it has ended, or had no process yet
     * @throws OsException as {@link #find(ChildProcess, ChildState)}
     */
    Event.@Nullable StandbyAdopted find(ChildProcess child, Standby recorded, StandbyTable table) throws OsException {
        StandbyProcess standby = table.find(child.index, recorded.id());
        if (standby == null) {
            return null;
        }
        sandboxes.adopt(standby);
        PidFd pidFd = start.samePids()
                ? Leftovers.pin(
                        new Leftovers.OnRecord(
                                child.plan.name(), recorded.pid(), recorded.startTicks(), standby.pidfdInode),
                        processes)
                : null;
        if (pidFd == null || pidFd.isDead()) {
            standby.dead = true;
            standby.pidFd = pidFd;
            funerals.beginUnwitnessed(
                    standby,
                    start.samePids() ? recorded.pid() : Funerals.NO_GROUP,
                    LeftBehind.NOTHING,
                    System.nanoTime());
            return null;
        }
        standby.pidFd = pidFd;
        standby.group = groups.of(pidFd.pid());
        standby.uid = users.ofStandby(child.plan, pidFd.pid());
        epoll.add(pidFd.fd(), Tokens.of(Tokens.STANDBY_DEATH, standby.slot));
        if (recorded.phase() == Standby.Phase.PARKED) {
            takePipe(standby, pidFd, PipeOfAnother.openToWrite(pidFd.pid(), Standbys.HOLD_FD, standby.pipeInode));
            // Once it is assigned it says by that how far it is.
            reopenHints(standby, pidFd, Tokens.of(Tokens.STANDBY_HINT, standby.slot));
        }
        return new Event.StandbyAdopted(child.index, recorded.id(), System.nanoTime());
    }

    /** One that was assigned: it waits on in the pipe of the root that died, or has read its line there and closed it ({@link ChildProcess#wasLetGo}). */
    private void reopenPipes(ChildProcess child, PidFd pidFd, long pipeInode) {
        int hold = PipeOfAnother.openToWrite(pidFd.pid(), Standbys.HOLD_FD, pipeInode);
        if (hold != PipeOfAnother.NOT_THERE) {
            takePipe(child, pidFd, hold);
        }
    }

    /** One that cannot be written to is of no use, and waits for ever: it is killed, which is told like every death. */
    private void takePipe(LaunchedProcess process, PidFd pidFd, int hold) {
        if (hold >= 0) {
            process.holdWriteFd = hold;
        } else if (!pidFd.isDead()) {
            processes.signalGroup(pidFd.pid(), SignalNumbers.of("KILL"));
        }
    }

    private void reopenHints(LaunchedProcess process, PidFd pidFd, long token) throws OsException {
        int hint = PipeOfAnother.openToRead(pidFd.pid(), Standbys.HINT_FD);
        if (hint >= 0) {
            process.hintReadFd = hint;
            process.listen(epoll, token);
        }
    }

    /** As the service manager kept it, else by what is on record. Pids of another namespace name nobody here. */
    private @Nullable PidFd pidFdOf(ChildProcess child, ChildState recorded, RecordedChild before) throws OsException {
        if (!start.samePids()) {
            return null;
        }
        PidFd stored = kept.take(child.plan.name(), recorded.incarnation(), recorded.pid());
        return stored != null
                ? stored
                : Leftovers.pinOrBody(
                        new Leftovers.OnRecord(
                                child.plan.name(), recorded.pid(), recorded.startTicks(), before.pidfdInode()),
                        processes);
    }
}
