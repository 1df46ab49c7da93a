package io.coppice.worker.runtime;

import io.coppice.state.CapacityExceededException;
import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RequestId;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The segments of a daemon's slots, of which nothing is believed. Loop thread only. */
final class SlotSegments {
    private final List<ForeignFile<ReadOnlySegment>> segments = new ArrayList<>();

    /** @param files of the slots, the first one's first */
    SlotSegments(List<Path> files) {
        for (Path file : files) {
            segments.add(new ForeignFile<>(file, SegmentFile::openReadOnly));
        }
    }

    /** The request that a slot's segment has the contents of, 0 if it cannot be told. */
    long contentsOf(int slot, long nowNs) {
        ReadOnlySegment segment = segments.get(slot - 1).look(nowNs);
        try {
            return segment == null ? 0 : segment.requestId();
        } catch (SegmentDamagedException e) {
            segments.get(slot - 1).close(); // Truncated; whoever owns it fails of that.
            return 0;
        }
    }

    /** The next question is about the file that is there then: a process that has ended may have put another one in its place. */
    void lookAnew(int slot) {
        segments.get(slot - 1).lookAnew();
    }

    /** Whether a result is there. */
    boolean done(int slot, long id, long nowNs) {
        ReadOnlySegment segment = segments.get(slot - 1).look(nowNs);
        try {
            return segment != null && segment.done(id);
        } catch (SegmentDamagedException e) {
            segments.get(slot - 1).close(); // As above.
            return false;
        }
    }

    /** Whether it is known what a slot's segment says: not where this process has no means to open it, such as a descriptor. */
    boolean tells(int slot, long nowNs) {
        ForeignFile<ReadOnlySegment> segment = segments.get(slot - 1);
        return segment.look(nowNs) != null || segment.isUnusable();
    }

    /** Whether there is a segment, as far as this process could look. */
    boolean isSound(int slot, long nowNs) {
        ForeignFile<ReadOnlySegment> segment = segments.get(slot - 1);
        return segment.look(nowNs) != null || !segment.isUnusable();
    }

    /** What is mapped was checked when it was mapped; so is what comes next. */
    void reopen(int slot) {
        segments.get(slot - 1).close();
    }

    Path file(int slot) {
        return segments.get(slot - 1).file();
    }

    /**
     * The result that is there.
     *
     * @param mostBytes that it may have
     */
    SlotResult result(int slot, long id, long mostBytes) {
        ReadOnlySegment segment = segments.get(slot - 1).mapped();
        if (segment == null) {
            return new SlotResult.Busy();
        }
        try {
            return new SlotResult.Bytes(segment.result(id, mostBytes));
        } catch (CapacityExceededException e) {
            return new SlotResult.Unreadable(
                    e.getMessage()
                            + ", which is half of this daemon's heap. Raise the manifest key `jvm: {heap: …}`, or return the name of a file");
        } catch (SegmentDamagedException e) {
            segments.get(slot - 1).close(); // What comes next may be another file, or made anew.
            return new SlotResult.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    /** What the last process in a slot said of its end; empty if it said nothing, or was on another request. */
    Optional<String> lastWords(int slot, long id) {
        ReadOnlySegment segment = segments.get(slot - 1).mapped();
        try {
            return segment == null || segment.requestId() != id || segment.phase() != Phase.FAILING.code()
                    ? Optional.empty()
                    : segment.lastWords().filter(words -> !words.isBlank());
        } catch (SegmentDamagedException e) {
            return Optional.of("the segment of its slot is damaged, so that nothing is known of " + RequestId.text(id));
        }
    }

    /** The pid that the last process in a slot said it has; 0 none. */
    long lastPid(int slot) {
        @Nullable ReadOnlySegment segment = segments.get(slot - 1).mapped();
        try {
            return segment == null ? 0 : segment.ownerPid();
        } catch (SegmentDamagedException e) {
            return 0; // Then there is no report to be found by it, and the cause says less.
        }
    }
}
