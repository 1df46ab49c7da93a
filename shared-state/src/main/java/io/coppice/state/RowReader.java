package io.coppice.state;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads single rows of a table of somebody else's segment, or a record, as of one commit each: no more is copied than a row and
 * what the undo log holds. Made by {@link ReadOnlySegment#rows}. One thread.
 */
public final class RowReader {
    private final Memory memory;
    private final SegmentGeometry geometry;
    private final String segment;
    private final String structure;
    private final RecordLayout layout;

    /** Where the rows are, on that timeline; null not known. */
    private @Nullable StructureInfo located;

    private long locatedTimeline;

    RowReader(Memory memory, SegmentGeometry geometry, String segment, String structure, RecordLayout layout) {
        this.memory = memory;
        this.geometry = geometry;
        this.segment = segment;
        this.structure = structure;
        this.layout = layout;
    }

    /**
     * One row. Allocates it; the first time, the directory as well.
     *
     * @param index 0 or more; 0 of a record
     * @return empty if there is no such row as of the last commit, or if the owner was too fast or is replacing its contents:
     *     then it can be asked for again
     * @throws SegmentDamagedException if what the segment holds contradicts its layout, or it was truncated
     * @throws LayoutMismatchException if there is another structure of that name
     */
    public Optional<RecordView> row(int index) {
        StructureInfo info = locate();
        if (info == null || index < 0 || index >= info.capacity()) {
            return Optional.empty();
        }
        byte[] row = new ConsistentCopy(memory, geometry, segment)
                .piece(locatedTimeline, info.offsetBytes() + (long) index * info.recordBytes(), info.recordBytes());
        return row == null
                ? Optional.empty()
                : Optional.of(RecordView.checked(info, row, 0).as(layout));
    }

    private @Nullable StructureInfo locate() {
        long timeline = memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET);
        StructureInfo known = located;
        if (known != null && timeline == locatedTimeline) {
            return known;
        }
        located = null;
        List<StructureInfo> structures = new ConsistentCopy(memory, geometry, segment).directory();
        if (structures == null || memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET) != timeline) {
            return null;
        }
        for (StructureInfo info : structures) {
            if (info.name().equals(structure)) {
                boolean rows = info.type() == StructureType.RECORD_TABLE
                        || info.type() == StructureType.RECORD
                        || info.type() == StructureType.PUBLISHED_RECORD;
                if (!rows) {
                    throw LayoutMismatchException.ofReader("Structure " + structure + " of segment " + segment
                            + " is a " + info.type() + ", not a table or a record.");
                }
                info.requireLayout(layout, segment);
                located = info;
                locatedTimeline = timeline;
            }
        }
        return located;
    }
}
