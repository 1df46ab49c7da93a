package io.coppice.supervisor.root;

import io.coppice.state.Parting;
import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.Work;
import io.coppice.supervisor.os.Fds;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The root's look into the workers' segments: read-only, a few words at fixed places, whatever they hold. A worker that
 * has truncated its file, or writes nonsense, is one whose heartbeat stands still.
 *
 * <p>Duty-cycle thread only; reading heartbeats allocates nothing.
 */
final class SegmentWatch implements AutoCloseable {
    /** Enough for every hint that can be waiting; a flood is left in the pipe. */
    private static final int HINT_BYTES = 64;

    private static final int EAGAIN = 11;

    /** Far from the number of bits that a spawn's token has for it. */
    private static final long MOST_INCARNATIONS = 1L << 48;

    /** In place of a number that a segment does not tell. */
    static final long UNKNOWN = -1;

    private final ChildTable children;
    private final PreparedInstance instance;
    private final Console console;
    private final byte[] hintBytes = new byte[HINT_BYTES];

    /** @throws SegmentException if a segment that was prepared a moment ago cannot be mapped */
    SegmentWatch(ChildTable children, PreparedInstance instance, Console console) throws SegmentException {
        this.children = children;
        this.instance = instance;
        this.console = console;
        for (ChildProcess child : children.all()) {
            if (child.hasSegment()) {
                child.segment = SegmentFile.openReadOnly(instance.segment(child.plan.name()));
            }
        }
    }

    /** After the plan has changed: maps those of new daemons. */
    void replan() {
        for (ChildProcess child : children.all()) {
            reopenIfLost(child, false);
        }
    }

    /**
     * For a new incarnation, after {@link #tornAway}, or if another file has the segment's name now. If the file is no segment
     * any more, the worker will say so.
     */
    void reopenIfLost(ChildProcess child, boolean another) {
        if (another && child.segment != null) {
            child.segment.close();
            child.segment = null;
        }
        if (child.hasSegment() && child.segment == null) {
            try {
                child.segment = SegmentFile.openReadOnly(instance.segment(child.plan.name()));
            } catch (SegmentException e) {
                console.warn(child.plan.name() + ": " + e.getMessage());
            }
        }
    }

    /**
     * A worker whose segment is to have another size makes another file its segment when it starts.
     *
     * @return whether the file that has the segment's name now is this very incarnation's; that one is mapped then
     */
    boolean follow(ChildProcess child) {
        ReadOnlySegment named;
        try {
            named = SegmentFile.openReadOnly(instance.segment(child.plan.name()));
        } catch (SegmentException e) {
            return false;
        }
        if (!isOwnedBy(named, child.incarnation)) {
            named.close();
            return false;
        }
        if (child.segment != null) {
            child.segment.close();
        }
        child.segment = named;
        return true;
    }

    private static boolean isOwnedBy(ReadOnlySegment segment, long incarnation) {
        try {
            return incarnation != 0 && segment.incarnation() == incarnation;
        } catch (SegmentDamagedException e) {
            return false;
        }
    }

    /** What a daemon's segment asks a slot of its for: a request's id, below zero if that is to be discarded, 0 nothing; any other value. */
    long request(ChildProcess daemon, int slot) {
        ReadOnlySegment segment = daemon.segment;
        try {
            return segment == null ? 0 : segment.request(slot);
        } catch (SegmentDamagedException e) {
            return tornAway(daemon);
        }
    }

    /** Number of the last order that a daemon has carried out, as it says: any value. {@link #UNKNOWN} if its segment says nothing. */
    long orderDone(ChildProcess daemon) {
        ReadOnlySegment segment = daemon.segment;
        try {
            return segment == null ? UNKNOWN : segment.orderDone();
        } catch (SegmentDamagedException e) {
            tornAway(daemon);
            return UNKNOWN;
        }
    }

    /** Whether a slot's segment has the result of a request. */
    boolean isDone(ChildProcess slot, long request) {
        ReadOnlySegment segment = slot.segment;
        try {
            return segment != null && request != Work.NO_REQUEST && segment.done(request);
        } catch (SegmentDamagedException e) {
            tornAway(slot);
            return false;
        }
    }

    /** By index: the incarnation that owned the segment last, 0 if none did, or there is none. */
    List<Long> incarnations() {
        List<Long> incarnations = new ArrayList<>();
        for (ChildProcess child : children.all()) {
            incarnations.add(lastOwner(child.segment));
        }
        return incarnations;
    }

    /**
     * The incarnation that owned a segment last: none after it may have the same number, or what it said would count for them. Who
     * writes there what he likes brings about a leap in the numbers.
     */
    static long lastOwner(@Nullable ReadOnlySegment segment) {
        try {
            long incarnation = segment == null ? 0 : segment.incarnation();
            return incarnation < 0 || incarnation > MOST_INCARNATIONS ? 0 : incarnation;
        } catch (SegmentDamagedException e) {
            return 0;
        }
    }

    long heartbeatCount(ChildProcess child) {
        ReadOnlySegment segment = child.segment;
        try {
            return segment == null ? 0 : segment.heartbeatCountAcquire();
        } catch (SegmentDamagedException e) {
            return tornAway(child);
        }
    }

    long busyAtCount(ChildProcess child) {
        ReadOnlySegment segment = child.segment;
        try {
            return segment == null ? 0 : segment.busyAtCount();
        } catch (SegmentDamagedException e) {
            return tornAway(child);
        }
    }

    long busyAtMostMs(ChildProcess child) {
        ReadOnlySegment segment = child.segment;
        try {
            return segment == null ? 0 : segment.busyAtMostMs();
        } catch (SegmentDamagedException e) {
            return tornAway(child);
        }
    }

    /** The kernel's number of its loop thread, as it says: any value. */
    long loopThread(ChildProcess child) {
        ReadOnlySegment segment = child.segment;
        try {
            return segment == null ? 0 : segment.loopThread();
        } catch (SegmentDamagedException e) {
            return tornAway(child);
        }
    }

    /** One more than the questions that its JVM has answered, as it says: any value. */
    long answers(ChildProcess child) {
        ReadOnlySegment segment = child.segment;
        try {
            return segment == null ? 0 : segment.answers();
        } catch (SegmentDamagedException e) {
            return tornAway(child);
        }
    }

    /** The phase that this very incarnation says it is in, as a code: any value. {@link Phase#EMPTY} if it says nothing. */
    int phase(ChildProcess child) {
        ReadOnlySegment segment = child.segment;
        try {
            // The incarnation first: a new owner resets the phase before it stores its incarnation.
            return segment != null && segment.incarnation() == child.incarnation ? segment.phase() : Phase.EMPTY.code();
        } catch (SegmentDamagedException e) {
            tornAway(child);
            return Phase.EMPTY.code();
        }
    }

    /** The word of the loop thread's mutex: any value. 0 if the segment says nothing of this very incarnation. */
    int loopWord(ChildProcess child) {
        ReadOnlySegment segment = child.segment;
        try {
            return segment == null || segment.incarnation() != child.incarnation ? 0 : segment.loopWord();
        } catch (SegmentDamagedException e) {
            tornAway(child);
            return 0;
        }
    }

    /** Where that word is mapped, read-only; 0 if the segment is not mapped. */
    static long loopWordAddress(ChildProcess child) {
        ReadOnlySegment segment = child.segment;
        return segment == null ? 0 : segment.loopWordAddress();
    }

    /**
     * What this incarnation, now dead, left in its segment. A worker may write there what it likes; all it can bring about by that
     * is to be restarted more often, or less, as by its exit code.
     *
     * @param served the request that a transaction was launched for, {@link Work#NO_REQUEST} of all others
     */
    LeftBehind leftBy(ChildProcess child, long served) {
        ReadOnlySegment segment = child.segment;
        try {
            return segment == null ? LeftBehind.NOTHING : leftBy(segment, child.incarnation, served);
        } catch (SegmentDamagedException e) {
            tornAway(child);
            return LeftBehind.NOTHING;
        }
    }

    private static LeftBehind leftBy(ReadOnlySegment segment, long incarnation, long served) {
        Parting parting = Parting.of(segment, incarnation);
        boolean failing = segment.phase() == Phase.FAILING.code();
        boolean done = served != Work.NO_REQUEST && segment.done(served);
        return new LeftBehind(
                failing ? parting.words().orElse(null) : null,
                parting,
                done ? StepProgress.DONE : progress(segment, incarnation));
    }

    /** @throws SegmentDamagedException if the file was truncated */
    static StepProgress progress(ReadOnlySegment segment, long incarnation) {
        if (segment.incarnation() != incarnation) {
            return StepProgress.UNKNOWN;
        }
        return segment.lastStepCommit() != 0 || segment.commitSequenceAcquire() == 0
                ? StepProgress.MADE
                : StepProgress.NONE;
    }

    /** The file behind the mapping has become shorter than the mapping: the worker did that, and nothing in it counts. */
    private long tornAway(ChildProcess child) {
        console.warn(child.plan.name() + ": its segment has been truncated; what it says no longer counts");
        child.segment = null;
        return 0;
    }

    /** Takes the hints that wait; false once the worker has closed its end. */
    boolean drainHints(ChildProcess child) {
        int count = Fds.readSome(child.hintReadFd, hintBytes);
        return count > 0 || count == -EAGAIN;
    }

    @Override
    public void close() {
        for (ChildProcess child : children.all()) {
            if (child.segment != null) {
                child.segment.close();
                child.segment = null;
            }
        }
    }
}
