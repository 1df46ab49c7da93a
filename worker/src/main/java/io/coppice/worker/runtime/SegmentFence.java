package io.coppice.worker.runtime;

import io.coppice.state.OwnedSegment;
import io.coppice.state.SegmentException;
import io.coppice.worker.libc.RobustMutex;
import org.jspecify.annotations.Nullable;

/**
 * The two fences of a segment that was opened with {@link io.coppice.state.Fence#WORD}: takes each when it can be had, between
 * two steps, and gives the loop word back before an end that is not a death. Loop thread only.
 *
 * <p>The <em>loop word</em> is taken as soon as the C library is loaded: by a standby at once, as it has loaded it while it
 * warmed up; by a cold start some turns after it is ready. The <em>file lock</em> may still be the predecessor's, whose address
 * space the kernel is taking down, and is asked for every 10 ms until it is held.
 *
 * <p>A turn costs nothing once it has both; before, a volatile read and a look at the clock.
 */
final class SegmentFence {
    /** A predecessor whose memory is still being taken down takes tens of milliseconds. */
    private static final long LOOK_NS = 10_000_000;

    private final OwnedSegment segment;
    private final LibcLoader libc;
    private final WorkerLog log;
    private long lookedAtNs = System.nanoTime();
    private boolean settled;
    private boolean locked;
    private boolean lockFailed;
    private boolean wordDecided;
    private @Nullable RobustMutex held;

    SegmentFence(OwnedSegment segment, LibcLoader libc, WorkerLog log) {
        this.segment = segment;
        this.locked = segment.isLocked();
        this.libc = libc;
        this.log = log;
    }

    /** What can be taken by now is taken. */
    void turn() {
        if (settled) {
            return;
        }
        if (!wordDecided) {
            takeWord();
        }
        if (!locked && System.nanoTime() - lookedAtNs >= LOOK_NS) {
            takeLock();
        }
        settled = wordDecided && locked;
    }

    /** The daemon is ready: there is time now for what would have made it later. */
    void ready() {
        if (!wordDecided) {
            libc.loadBeside();
        }
    }

    /** How long the loop may sleep that wants to sleep so long. */
    long parkAtMostNs(long ns) {
        return locked ? ns : Math.min(ns, LOOK_NS);
    }

    /**
     * This process ends in order, so the kernel must not mark the word; except where the file lock is still the predecessor's, as
     * without a mark the next owner would be refused by a lock that says nothing of this one. Nothing is taken after that. To be
     * called before the segment is closed; harmless to repeat.
     */
    void giveBack() {
        settled = true;
        if (!locked) {
            takeLock();
        }
        if (locked) {
            giveWordBack();
        }
    }

    private void takeWord() {
        RobustMutex mutex = libc.mutex();
        if (mutex == null) {
            wordDecided = libc.hasFailed();
            return;
        }
        wordDecided = true;
        try {
            int tid = mutex.take(segment.loopLockAddress());
            held = mutex;
            if (!segment.announceLoopWord(tid)) {
                log.log("no loop word, as it changes by itself; the file lock stays the fence", null);
                giveWordBack();
            }
        } catch (IllegalStateException e) {
            log.log("no loop word; the file lock stays the fence: " + e.getMessage(), null);
        }
    }

    private void giveWordBack() {
        RobustMutex mutex = held;
        if (mutex == null) {
            return;
        }
        held = null;
        try {
            mutex.release(segment.loopLockAddress());
        } catch (IllegalStateException e) {
            log.log("the loop word is not given back, and will say that this worker died: " + e.getMessage(), null);
        }
    }

    private void takeLock() {
        lookedAtNs = System.nanoTime();
        try {
            locked = segment.tryTakeLock();
            if (locked) {
                log.log("has the file lock now; it went on at its predecessor's death word, before that", null);
            }
        } catch (SegmentException e) {
            if (!lockFailed) {
                lockFailed = true;
                log.log("the file lock cannot be taken; it is tried again and again: " + e.getMessage(), null);
            }
        }
    }
}
