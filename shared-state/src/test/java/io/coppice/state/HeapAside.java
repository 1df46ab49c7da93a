package io.coppice.state;

import io.coppice.state.testing.RecordingMemory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Keeps abandoned contents of a segment in memory; all of them, so that any earlier moment of a run finds its own. */
final class HeapAside implements Aside {
    private final Map<String, byte[]> kept;
    private final RecordingMemory segment;
    private boolean full;

    HeapAside(RecordingMemory segment) {
        this(segment, new HashMap<>());
    }

    private HeapAside(RecordingMemory segment, Map<String, byte[]> kept) {
        this.segment = segment;
        this.kept = kept;
    }

    /** The same contents beside another copy of the segment. */
    HeapAside of(RecordingMemory other) {
        return new HeapAside(other, new HashMap<>(kept));
    }

    void full(boolean isFull) {
        full = isFull;
    }

    boolean has(long timeline, long commitSequence) {
        return kept.containsKey(Abandoned.id(timeline, commitSequence));
    }

    @Override
    public Abandoned keep(long timeline, long commitSequence, long inUse) throws SegmentException {
        if (full) {
            throw new SegmentException("no space left");
        }
        kept.put(Abandoned.id(timeline, commitSequence), segment.copy());
        return new Abandoned(Path.of("in-memory.seg"), timeline, commitSequence);
    }

    @Override
    public void discard(long timeline, long commitSequence) {
        // Kept all the same: a crash point before this moment needs it.
    }

    @Override
    public ReadOnlySegment open(long timeline, long commitSequence) throws SegmentException {
        byte[] bytes = kept.get(Abandoned.id(timeline, commitSequence));
        if (bytes == null) {
            throw new SegmentException("nothing kept of " + Abandoned.id(timeline, commitSequence));
        }
        return TestSegments.read(new RecordingMemory(bytes));
    }
}
