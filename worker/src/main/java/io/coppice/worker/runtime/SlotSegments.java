package io.coppice.worker.runtime;

import io.coppice.state.AppendLogView;
import io.coppice.state.LayoutMismatchException;
import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RequestId;
import io.coppice.state.ReservedNames;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import java.io.ByteArrayOutputStream;
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

    /** The result that is there. */
    SlotResult result(int slot, long id) {
        ReadOnlySegment segment = segments.get(slot - 1).mapped();
        if (segment == null) {
            return new SlotResult.Busy();
        }
        try {
            SnapshotResult result = segment.snapshot(List.of(ReservedNames.RESULT));
            if (!(result instanceof SnapshotResult.Snapshot snapshot)) {
                return result instanceof SnapshotResult.Damaged damaged
                        ? new SlotResult.Unreadable(damaged.reason())
                        : new SlotResult.Busy();
            }
            byte[] bytes = bytesOf(snapshot.view().appendLog(ReservedNames.RESULT));
            return segment.done(id)
                    ? new SlotResult.Bytes(bytes)
                    : new SlotResult.Unreadable("it was replaced while it was read");
        } catch (SegmentDamagedException | LayoutMismatchException | IllegalArgumentException e) {
            return new SlotResult.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytesOf(AppendLogView log) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (long piece = log.firstSequence(); piece < log.nextSequence(); piece++) {
            bytes.writeBytes(log.entry(piece));
        }
        return bytes.toByteArray();
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
