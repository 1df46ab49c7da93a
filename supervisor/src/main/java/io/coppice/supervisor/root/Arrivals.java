package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SpawnResult;
import io.coppice.supervisor.os.Spawner;
import java.util.function.Consumer;

/**
 * What has come of launches: a process that is held until it is recorded, and watched from now on; or none. The counterpart of
 * {@link Funerals}.
 *
 * <p>Duty-cycle thread only.
 */
final class Arrivals {
    private final Spawner spawner;
    private final EventFd spawned;
    private final ChildTable children;
    private final SegmentWatch segments;
    private final InstanceWatch files;
    private final ProcessTable processes;
    private final Epoll epoll;
    private final Funerals funerals;
    private final KeptPidFds kept;
    private final StatusPublisher publisher;
    private final Standbys standbys;
    private final ArchiveWishes archives;
    private final Errands errands;
    private final LaunchLimits limits;
    private final Sandboxes sandboxes;
    private final Consumer<Event> settle;

    /**
     * Of one spawner.
     *
     * @param spawned signalled by it after each result
     * @param settle takes an event in at once
     */
    Arrivals(
            Spawner spawner,
            EventFd spawned,
            ChildTable children,
            SegmentWatch segments,
            InstanceWatch files,
            ProcessTable processes,
            Epoll epoll,
            Funerals funerals,
            KeptPidFds kept,
            StatusPublisher publisher,
            Standbys standbys,
            ArchiveWishes archives,
            Errands errands,
            LaunchLimits limits,
            Sandboxes sandboxes,
            Consumer<Event> settle) {
        this.spawner = spawner;
        this.spawned = spawned;
        this.children = children;
        this.segments = segments;
        this.files = files;
        this.processes = processes;
        this.epoll = epoll;
        this.funerals = funerals;
        this.kept = kept;
        this.publisher = publisher;
        this.standbys = standbys;
        this.archives = archives;
        this.errands = errands;
        this.limits = limits;
        this.sandboxes = sandboxes;
        this.settle = settle;
    }

    /** Whether a child may have a process of which only the spawner knows yet. */
    boolean areAwaited(SupervisorState state) {
        if (errands.areAwaited()) {
            return true;
        }
        for (ChildProcess child : children.all()) {
            ChildState known = state.child(child.index);
            if ((known.phase().occupied() && child.pidFd == null && !child.dead) || Standbys.areAwaited(known)) {
                return true;
            }
        }
        return false;
    }

    /** The spawner has signalled. */
    void take() {
        spawned.drain();
        for (SpawnResult result = spawner.poll(); result != null; result = spawner.poll()) {
            if (Errands.isOne(result)) {
                errands.onResult(result, System.nanoTime());
            } else if (Launcher.isStandbys(result.token())) {
                standbys.onSpawned(result);
            } else if (result instanceof SpawnResult.Spawned ok) {
                onSpawned(ok);
            } else if (result instanceof SpawnResult.Failed failed) {
                ChildProcess child = children.inSlot(Launcher.slotOf(failed.token()));
                child.closeAll();
                limits.discard(child);
                sandboxes.discard(child);
                settle.accept(new Event.SpawnFailed(
                        child.index, Launcher.incarnationOf(failed.token()), failed.reason(), System.nanoTime()));
            }
        }
    }

    private void onSpawned(SpawnResult.Spawned result) {
        ChildProcess child = children.inSlot(Launcher.slotOf(result.token()));
        segments.reopenIfLost(child, files.takesAnother(child));
        long startTicks;
        try {
            startTicks = processes.startTicks(result.pid());
            child.pidFd = PidFd.open(result.pid());
            epoll.add(child.pidFd.fd(), Tokens.of(Tokens.CHILD_DEATH, child.slot));
            if (child.hintReadFd != ChildProcess.NO_FD) {
                child.listen(epoll, Tokens.of(Tokens.CHILD_HINT, child.slot));
            }
        } catch (OsException e) {
            // It is held and never released: it owns nothing, and the end of its pipe ends it.
            child.closeAll();
            limits.discard(child);
            sandboxes.discard(child);
            funerals.beginUnwatched(result.pid(), System.nanoTime());
            settle.accept(new Event.SpawnFailed(
                    child.index,
                    child.incarnation,
                    "pid " + result.pid() + " cannot be watched: " + e.getMessage(),
                    System.nanoTime()));
            return;
        }
        if (child.abandoned) {
            child.closeHold();
        }
        kept.keep(child.plan.name(), child.incarnation, child.pidFd);
        publisher.launched(child.index, result.pid(), child.pidFd.inode(), result.logStartBytes());
        if (result.journalRefusal() != null) {
            publisher.note(child.index, result.pid(), child.incarnation, result.journalRefusal());
        }
        archives.onLaunched(child, System.nanoTime());
        settle.accept(new Event.Spawned(child.index, child.incarnation, result.pid(), startTicks, System.nanoTime()));
    }
}
