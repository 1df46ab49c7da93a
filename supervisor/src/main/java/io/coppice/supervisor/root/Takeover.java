package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
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

    Takeover(
            StartingPoint start,
            ProcessTable processes,
            Epoll epoll,
            SegmentWatch segments,
            Funerals funerals,
            KeptPidFds kept) {
        this.start = start;
        this.processes = processes;
        this.epoll = epoll;
        this.segments = segments;
        this.funerals = funerals;
        this.kept = kept;
    }

    /** What the core does not know of the children, to who stores it. */
    void tell(StatusPublisher publisher) {
        for (int i = 0; i < start.recorded().size(); i++) {
            RecordedChild recorded = start.recorded().get(i);
            if (recorded != null) {
                publisher.resume(i, recorded);
            }
        }
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
        PidFd pidFd = pidFdOf(child, recorded, before);
        if (pidFd == null) {
            child.dead = true;
            funerals.beginUnwitnessed(
                    child,
                    start.samePids() ? recorded.pid() : Funerals.NO_GROUP,
                    segments.lastWords(child),
                    segments.progress(child),
                    System.nanoTime());
            return null;
        }
        child.pidFd = pidFd;
        if (pidFd.isDead()) {
            // Kept for us, or not reaped yet: there is still somebody to ask how it ended.
            child.dead = true;
            funerals.begin(child, pidFd, segments.lastWords(child), segments.progress(child), System.nanoTime());
            return null;
        }
        epoll.add(pidFd.fd(), Tokens.of(Tokens.CHILD_DEATH, child.slot));
        return new Event.Adopted(child.index, child.incarnation, System.nanoTime());
    }

    /** As the service manager kept it, else by what is on record. Pids of another namespace name nobody here. */
    private @Nullable PidFd pidFdOf(ChildProcess child, ChildState recorded, RecordedChild before) throws OsException {
        if (!start.samePids()) {
            return null;
        }
        PidFd stored = kept.take(child.plan.name(), recorded.incarnation(), recorded.pid());
        return stored != null
                ? stored
                : Leftovers.pin(
                        new Leftovers.OnRecord(
                                child.plan.name(), recorded.pid(), recorded.startTicks(), before.pidfdInode()),
                        processes);
    }
}
