package io.coppice.supervisor.root;

import io.coppice.state.LoopWord;
import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Work;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.WordWaiter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Deaths that are told by the death word: the robust mutex in a worker's segment that its loop thread holds, and that the kernel marks when
 * this thread is gone, before it gives back the memory of the process. For workers that hold theirs, while there is a standby to go on;
 * for all others, and where anything is in doubt, the pidfd tells, a little later.
 *
 * <p>The word is memory that the worker writes. So it is a hint and no more: a worker counts as dead if its word is marked <em>and</em> the
 * kernel says that the whole process is ending and cannot be stopped from it. Together that is enough for a successor: the only thread
 * that writes the segment has left it for ever, and all others are killed. A worker whose word wakes the root for nothing is soon no
 * longer listened to.
 *
 * <p>Only children of this root: of one that was taken over, neither pid nor group are kept by our not reaping it.
 *
 * <p>Duty-cycle thread only. The thread that waits knows nothing, see {@link WordWaiter}; it is started when the first worker holds a word.
 */
final class DeathWords implements AutoCloseable {
    private static final int MOST_FALSE_ALARMS = 4;

    /** Wakings from one scan to the next after which nothing is found. */
    private static final int MOST_FOR_NOTHING = 16;

    private final ChildTable children;
    private final SegmentWatch segments;
    private final ProcessTable processes;
    private final Funerals funerals;
    private final Remains remains;
    private final Epoll epoll;
    private final Incidents incidents;
    private final Supplier<SupervisorState> state;
    private final EventFd woken;
    private @Nullable WordWaiter waiter;
    private boolean unusable;
    private boolean changed;
    private int wokenForNothing;

    /** @param state the core's, as it is now */
    DeathWords(
            ChildTable children,
            SegmentWatch segments,
            ProcessTable processes,
            Funerals funerals,
            Remains remains,
            Epoll epoll,
            Incidents incidents,
            Supplier<SupervisorState> state)
            throws OsException {
        this.children = children;
        this.segments = segments;
        this.processes = processes;
        this.funerals = funerals;
        this.remains = remains;
        this.epoll = epoll;
        this.incidents = incidents;
        this.state = state;
        this.woken = EventFd.create();
    }

    /** Readable when {@link #onWoken} has something to look at. */
    int fd() {
        return woken.fd();
    }

    /** Whether a worker that is ready has taken its word since: it is watched from then on. Allocates only if so. */
    void look(ChildProcess child) {
        if (wokenForNothing > 0) {
            changed = true;
            wokenForNothing = 0;
        }
        if (child.wordHeld != 0 || unusable || child.falseAlarms >= MOST_FALSE_ALARMS || !isOurs(child)) {
            return;
        }
        int word = segments.loopWord(child);
        if (LoopWord.isHeld(word) && LoopWord.isAnnounced(word)) {
            child.wordHeld = word;
            changed = true;
        }
    }

    /** A worker is dead, or is another process now. */
    void forget(ChildProcess child) {
        changed |= child.wordHeld != 0;
        child.wordHeld = 0;
    }

    /** The plan, and so perhaps what is mapped, is another one. */
    void onReplanned() {
        changed |= waiter != null;
    }

    /** At the end of a turn: says to the thread what it is to wait for. */
    void commit() {
        if (!changed || unusable) {
            return;
        }
        changed = false;
        int count = 0;
        for (ChildProcess child : children.all()) {
            count += isWatched(child) ? 1 : 0;
        }
        long[] addresses = new long[count];
        int[] values = new int[count];
        int at = 0;
        for (ChildProcess child : children.all()) {
            if (isWatched(child)) {
                addresses[at] = SegmentWatch.loopWordAddress(child);
                values[at++] = child.wordHeld;
            }
        }
        if (waiter == null) {
            waiter = start();
        }
        if (waiter != null) {
            waiter.watch(addresses, values);
        }
    }

    private boolean isWatched(ChildProcess child) {
        return child.wordHeld != 0 && child.segment != null;
    }

    private @Nullable WordWaiter start() {
        try {
            return WordWaiter.start(woken);
        } catch (OutOfMemoryError e) {
            giveUp("no thread can be started: " + e.getMessage());
            return null;
        }
    }

    private void giveUp(String why) {
        unusable = true;
        incidents.tell(
                Incidents.Kind.NO_DEATH_WORD,
                System.nanoTime(),
                "death words are not waited for (" + why + "); deaths are told by the kernel's notice, a little later");
    }

    /** Some word is not any more what it was. */
    void onWoken() {
        woken.drain();
        WordWaiter present = waiter;
        String broken = present == null ? null : present.broken();
        if (broken != null) {
            giveUp(broken);
            return;
        }
        // Who wakes and changes nothing, or changes it back, is not to keep this thread and the other one busy.
        boolean forNothing = true;
        for (ChildProcess child : children.all()) {
            if (child.wordHeld != 0) {
                int word = segments.loopWord(child);
                if (word != child.wordHeld) {
                    child.wordHeld = 0;
                    forNothing = false;
                    onChanged(child, word);
                }
            }
        }
        wokenForNothing += forNothing ? 1 : 0;
        changed |= !forNothing || wokenForNothing <= MOST_FOR_NOTHING;
    }

    /** The same looks as at a death, so that they are compiled. */
    void rehearse(ChildProcess child) {
        boolean marked = LoopWord.isMarked(segments.loopWord(child));
        boolean ends = inevitableEnd(child) != null;
        changed |= marked && ends;
    }

    private void onChanged(ChildProcess child, int word) {
        ExitStatus status = LoopWord.isMarked(word) ? inevitableEnd(child) : null;
        PidFd pidFd = child.pidFd;
        if (status == null || pidFd == null) {
            // Given back by a worker that ends in good order, or a lie. It is looked at again, but not for ever.
            child.falseAlarms++;
            return;
        }
        if (!isAwaited(child)) {
            return;
        }
        long nowNs = System.nanoTime();
        epoll.remove(pidFd.fd());
        child.dead = true;
        child.pidFd = null;
        funerals.beginKnown(child, status, segments.leftBy(child, Work.NO_REQUEST), nowNs);
        remains.add(pidFd, nowNs);
    }

    /** Whether a standby would go on at once. */
    private boolean isAwaited(ChildProcess child) {
        ChildState known = state.get().child(child.index);
        return known.phase() == ChildPhase.READY && known.standbys().parked() > 0;
    }

    private @Nullable ExitStatus inevitableEnd(ChildProcess child) {
        PidFd pidFd = child.pidFd;
        try {
            return pidFd == null || !isOurs(child) ? null : processes.inevitableEnd(pidFd.pid());
        } catch (OsException e) {
            return null; // No descriptor is left to look with: the pidfd will tell.
        }
    }

    private static boolean isOurs(ChildProcess child) {
        return child.pidFd != null && !child.dead && !child.adopted;
    }

    @Override
    public void close() {
        if (waiter != null) {
            waiter.close();
        }
        woken.close();
    }
}
