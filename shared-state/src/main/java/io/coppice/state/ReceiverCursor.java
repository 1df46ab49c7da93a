package io.coppice.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far one receiver of a channel has read, as the channel's writer sees it: places in the receiver's segment, trusted in
 * nothing. Writer's thread. Allocates only while the receiver has no cursor yet, or makes structures.
 *
 * <p>A receiver may have several cursors for the channel; what the slowest needs is needed. Whatever the receiver writes
 * there, the writer only ever waits for it too long, which is told, or overwrites what it claims to have read. A receiver
 * that is missing, unreadable, or never read holds everything back.
 */
final class ReceiverCursor {
    private static final long[] NOWHERE = {};

    /** Looks of one {@link #refresh}: the second one if the receiver has made a cursor in the meantime. */
    private static final int LOOKS = 2;

    private final String receiver;
    private final long key;
    private @Nullable ReadOnlySegment segment;
    private @Nullable ForeignPlace place;

    /** Where the receiver's cursors for the ring lie, as of a commit of its. */
    private long[] offsets = NOWHERE;

    private long locatedAtCommit = -1;
    private long locatedOnTimeline;
    private long locatedStructures;
    private long position;
    private long number;
    private boolean seen;

    /** @param key of the ring, see {@link RingLayout#key} */
    ReceiverCursor(String receiver, long key) {
        this.receiver = receiver;
        this.key = key;
    }

    String receiver() {
        return receiver;
    }

    /** Everything below was read and that committed, 0 as long as nothing is known. */
    long position() {
        return position;
    }

    /** Messages of that. */
    long number() {
        return number;
    }

    /** Whether a cursor of it was ever found. */
    boolean seen() {
        return seen;
    }

    /** Looks again; keeps what it had if the receiver cannot be read now or if what it wrote cannot be. */
    void refresh(Receivers receivers, Ring ring, long end) {
        ReadOnlySegment found = receivers.segment(receiver);
        if (found == null) {
            return;
        }
        if (found != segment) {
            segment = found;
            place = new ForeignPlace(found.memory(), 0);
            forget();
        }
        try {
            for (int look = 0; look < LOOKS; look++) {
                if (locate(found) && accept(found, ring, end)) {
                    return;
                }
            }
        } catch (SegmentDamagedException | IndexOutOfBoundsException e) {
            offsets = NOWHERE; // It holds where it was, and is looked for again when it commits.
        }
    }

    /** @return false if the cursors may be others by now: nothing was accepted */
    private boolean accept(ReadOnlySegment found, Ring ring, long end) {
        ForeignPlace current = place;
        long least = Long.MAX_VALUE;
        long leastNumber = 0;
        boolean used = false;
        for (int i = 0; i < offsets.length && current != null; i++) {
            if (!current.read(offsets[i]) || !current.plausible()) {
                return true;
            }
            long resumes =
                    current.isEmpty() ? 0 : ring.resumeAt(current.origin(), current.timeline(), current.position());
            used |= !current.isEmpty();
            if (resumes > end) {
                return true;
            }
            if (resumes < least) {
                least = resumes;
                leastNumber = current.number();
            }
        }
        // After the places: whichever commit of the receiver they show, a cursor made by it or before is seen here.
        found.memory().loadFence();
        if (!locatedNow(found)) {
            return false;
        }
        if (used) {
            position = least;
            number = leastNumber;
            seen = true;
        }
        return true;
    }

    /** Whether no cursor can have been committed since they were located: structures are only ever added to a timeline. */
    private boolean locatedNow(ReadOnlySegment found) {
        long structures = found.memory().getLong(found.geometry().arenaOffset() + ArenaLayout.STRUCTURE_COUNT_OFFSET);
        return History.of(found.memory()) == locatedOnTimeline
                && (structures == locatedStructures || found.commitSequenceAcquire() == locatedAtCommit);
    }

    private boolean locate(ReadOnlySegment found) {
        if (offsets.length > 0 && locatedNow(found)) {
            return true;
        }
        long timeline = History.of(found.memory());
        long committed = found.commitSequenceAcquire();
        if (committed == locatedAtCommit && timeline == locatedOnTimeline) {
            return false;
        }
        forget();
        List<StructureInfo> structures = found.directory();
        if (structures == null) {
            return false;
        }
        locatedAtCommit = committed;
        locatedOnTimeline = timeline;
        locatedStructures = structures.size();
        offsets = structures.stream()
                .filter(info -> info.type() == StructureType.CURSOR && info.parameter2() == key)
                .mapToLong(StructureInfo::offsetBytes)
                .toArray();
        return offsets.length > 0;
    }

    private void forget() {
        offsets = NOWHERE;
        locatedAtCommit = -1;
    }
}
