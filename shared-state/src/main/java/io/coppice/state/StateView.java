package io.coppice.state;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A private copy of structures as of one commit. Immutable, any thread; nothing here writes to the segment. All of it was
 * checked when it was made, so reading it does not fail.
 */
public final class StateView {
    private final String segment;
    private final long timeline;
    private final long commitSequence;
    private final Map<String, StructureInfo> infos = new LinkedHashMap<>();
    private final Map<String, Object> views = new LinkedHashMap<>();
    private final Map<String, byte[]> contents = new LinkedHashMap<>();

    /**
     * Checks every structure.
     *
     * @throws SegmentDamagedException if one contradicts itself
     */
    StateView(
            String segment,
            long timeline,
            long commitSequence,
            List<StructureInfo> structures,
            List<ConsistentCopy.Range> ranges) {
        this.segment = segment;
        this.timeline = timeline;
        this.commitSequence = commitSequence;
        for (int i = 0; i < structures.size(); i++) {
            StructureInfo info = structures.get(i);
            byte[] bytes = ranges.get(i).bytes();
            infos.put(info.name(), info);
            contents.put(info.name(), bytes);
            views.put(info.name(), info.type().shape().view(info, bytes, commitSequence));
        }
    }

    /** The timeline of the commit: the same number means the same commit only on the same timeline. */
    public long timeline() {
        return timeline;
    }

    /** Number of the commit this is the contents of. */
    public long commitSequence() {
        return commitSequence;
    }

    /** The structures copied, in the order of their creation. */
    public List<StructureInfo> structures() {
        return List.copyOf(infos.values());
    }

    /** A structure's description, empty if there is none of that name. */
    public Optional<StructureInfo> structure(String name) {
        return Optional.ofNullable(infos.get(name));
    }

    /**
     * A record (published or not) by the fields the segment describes.
     *
     * @throws IllegalArgumentException if there is no record of that name
     */
    public RecordView record(String name) {
        return view(name, RecordView.class);
    }

    /**
     * A record (published or not) to be read with the fields of {@code layout}.
     *
     * @throws IllegalArgumentException if there is no record of that name
     * @throws LayoutMismatchException if it has another layout
     */
    public RecordView record(String name, RecordLayout layout) {
        return view(name, RecordView.class).as(layout, segment);
    }

    /**
     * A table by the fields the segment describes.
     *
     * @throws IllegalArgumentException if there is no table of that name
     */
    public TableView table(String name) {
        return view(name, TableView.class);
    }

    /**
     * A table to be read with the fields of {@code layout}.
     *
     * @throws IllegalArgumentException if there is no table of that name
     * @throws LayoutMismatchException if it has another layout
     */
    public TableView table(String name, RecordLayout layout) {
        return view(name, TableView.class).as(layout, segment);
    }

    /**
     * A map from byte strings to longs.
     *
     * @throws IllegalArgumentException if there is no such map of that name
     */
    public StringLongMapView stringLongMap(String name) {
        return view(name, StringLongMapView.class);
    }

    /**
     * A map from longs to longs.
     *
     * @throws IllegalArgumentException if there is no such map of that name
     */
    public LongLongMapView longLongMap(String name) {
        return view(name, LongLongMapView.class);
    }

    /**
     * A map from longs to records, by the fields the segment describes.
     *
     * @throws IllegalArgumentException if there is no such map of that name
     */
    public LongRecordMapView longRecordMap(String name) {
        return view(name, LongRecordMapView.class);
    }

    /**
     * A map from longs to records, to be read with the fields of {@code layout}.
     *
     * @throws IllegalArgumentException if there is no such map of that name
     * @throws LayoutMismatchException if it has another layout
     */
    public LongRecordMapView longRecordMap(String name, RecordLayout layout) {
        return view(name, LongRecordMapView.class).as(layout, segment);
    }

    /**
     * A map from byte strings to records, by the fields the segment describes.
     *
     * @throws IllegalArgumentException if there is no such map of that name
     */
    public StringRecordMapView stringRecordMap(String name) {
        return view(name, StringRecordMapView.class);
    }

    /**
     * A map from byte strings to records, to be read with the fields of {@code layout}.
     *
     * @throws IllegalArgumentException if there is no such map of that name
     * @throws LayoutMismatchException if it has another layout
     */
    public StringRecordMapView stringRecordMap(String name, RecordLayout layout) {
        return view(name, StringRecordMapView.class).as(layout, segment);
    }

    /**
     * A queue by the fields the segment describes.
     *
     * @throws IllegalArgumentException if there is no queue of that name
     */
    public QueueView queue(String name) {
        return view(name, QueueView.class);
    }

    /**
     * A queue to be read with the fields of {@code layout}.
     *
     * @throws IllegalArgumentException if there is no queue of that name
     * @throws LayoutMismatchException if it has another layout
     */
    public QueueView queue(String name, RecordLayout layout) {
        return view(name, QueueView.class).as(layout, segment);
    }

    /**
     * An append log.
     *
     * @throws IllegalArgumentException if there is no append log of that name
     */
    public AppendLogView appendLog(String name) {
        return view(name, AppendLogView.class);
    }

    /**
     * An object pool by the fields the segment describes.
     *
     * @throws IllegalArgumentException if there is no pool of that name
     */
    public PoolView pool(String name) {
        return view(name, PoolView.class);
    }

    /**
     * An object pool to be read with the fields of {@code layout}.
     *
     * @throws IllegalArgumentException if there is no pool of that name
     * @throws LayoutMismatchException if it has another layout
     */
    public PoolView pool(String name, RecordLayout layout) {
        return view(name, PoolView.class).as(layout, segment);
    }

    /**
     * A channel or broadcast.
     *
     * @throws IllegalArgumentException if there is no ring of that name
     */
    public RingView ring(String name) {
        return view(name, RingView.class);
    }

    /**
     * A reader's cursor.
     *
     * @throws IllegalArgumentException if there is no cursor of that name
     */
    public CursorView cursor(String name) {
        return view(name, CursorView.class);
    }

    /**
     * A set of counters.
     *
     * @throws IllegalArgumentException if there are no counters of that name
     */
    public CountersView counters(String name) {
        return view(name, CountersView.class);
    }

    /**
     * A table of requests.
     *
     * @throws IllegalArgumentException if there is no table of requests of that name
     */
    public RequestsView requests(String name) {
        return view(name, RequestsView.class);
    }

    /**
     * How many of a structure's {@link StructureInfo#capacity} elements hold something.
     *
     * @throws IllegalArgumentException if there is no structure of that name
     */
    public long used(String name) {
        StructureInfo info = infos.get(name);
        byte[] bytes = contents.get(name);
        if (info == null || bytes == null) {
            throw new IllegalArgumentException(
                    "Segment " + segment + " has no structure named " + name + "; it has " + infos.keySet() + ".");
        }
        return info.type().shape().used(info, bytes, commitSequence);
    }

    /**
     * A copy of a structure's bytes, as they are laid out in the segment: what was stamped by a later commit is erased. Of a
     * channel or broadcast, what lies before its messages.
     *
     * @throws IllegalArgumentException if there is no structure of that name
     */
    public byte[] bytes(String name) {
        StructureInfo info = infos.get(name);
        byte[] bytes = contents.get(name);
        if (info == null || bytes == null) {
            throw new IllegalArgumentException(
                    "Segment " + segment + " has no structure named " + name + "; it has " + infos.keySet() + ".");
        }
        byte[] copy = bytes.clone();
        long place = info.type().shape().placeOffset(info);
        if (place >= 0) {
            PlaceLayout.eraseAbove(copy, (int) (place - info.offsetBytes()), commitSequence);
        }
        return copy;
    }

    /** Whether a structure is the same in both: its bytes, or what counts of them if they are stamped. */
    boolean sameContents(StateView other, String name) {
        StructureInfo info = infos.get(name);
        if (info != null && info.type().shape().isStamped()) {
            return Objects.equals(views.get(name), other.views.get(name));
        }
        return Arrays.equals(contents.get(name), other.contents.get(name));
    }

    private <T> T view(String name, Class<T> type) {
        @Nullable Object view = views.get(name);
        if (!type.isInstance(view)) {
            throw new IllegalArgumentException("Segment " + segment + " has no "
                    + type.getSimpleName().replace("View", "") + " named " + name + "; it has " + infos.keySet() + ".");
        }
        return type.cast(view);
    }
}
