package io.coppice.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far one receiver of a channel has read, as the channel's writer sees it: a place in the receiver's segment, trusted in
 * nothing. Writer's thread. Allocates only while the receiver has no cursor yet.
 *
 * <p>Whatever the receiver writes there, the writer only ever waits for it too long, which is told, or overwrites what it
 * claims to have read. A receiver that is missing, unreadable, or never read holds everything back.
 */
final class ReceiverCursor {
    private final String receiver;
    private final long key;
    private @Nullable ReadOnlySegment segment;
    private @Nullable ForeignPlace place;
    private long offset = -1;
    private long locatedAtCommit = -1;
    private long locatedOnTimeline;
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
            offset = -1;
            locatedAtCommit = -1;
        }
        try {
            ForeignPlace current = place;
            if (current != null && locate(found) && current.read(offset) && !current.isEmpty()) {
                accept(current, ring, end);
            }
        } catch (SegmentDamagedException | IndexOutOfBoundsException e) {
            offset = -1; // It holds where it was, and is looked for again when it commits.
        }
    }

    private void accept(ForeignPlace current, Ring ring, long end) {
        if (!current.plausible()) {
            return;
        }
        long resumes = ring.resumeAt(current.origin(), current.timeline(), current.position());
        if (resumes <= end) {
            position = resumes;
            number = current.number();
            seen = true;
        }
    }

    private boolean locate(ReadOnlySegment found) {
        long timeline = History.of(found.memory());
        if (offset >= 0 && timeline == locatedOnTimeline) {
            return true;
        }
        long committed = found.commitSequenceAcquire();
        if (committed == locatedAtCommit && timeline == locatedOnTimeline) {
            return false;
        }
        offset = -1;
        List<StructureInfo> structures = found.directory();
        if (structures == null) {
            return false;
        }
        locatedAtCommit = committed;
        locatedOnTimeline = timeline;
        for (StructureInfo info : structures) {
            if (info.type() == StructureType.CURSOR && info.parameter2() == key) {
                offset = info.offsetBytes();
            }
        }
        return offset >= 0;
    }
}
