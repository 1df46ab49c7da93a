package io.coppice.state;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A private copy of structures as of one commit. Immutable, any thread; nothing here writes to the segment. All of it was
 * checked when it was made, so reading it does not fail.
 */
public final class StateView {
    private final String segment;
    private final long commitSequence;
    private final Map<String, StructureInfo> infos = new LinkedHashMap<>();
    private final Map<String, Object> views = new LinkedHashMap<>();
    private final Map<String, byte[]> contents = new LinkedHashMap<>();

    /**
     * Checks every structure.
     *
     * @throws SegmentDamagedException if one contradicts itself
     */
    StateView(String segment, long commitSequence, List<StructureInfo> structures, List<ConsistentCopy.Range> ranges) {
        this.segment = segment;
        this.commitSequence = commitSequence;
        for (int i = 0; i < structures.size(); i++) {
            StructureInfo info = structures.get(i);
            byte[] bytes = ranges.get(i).bytes();
            infos.put(info.name(), info);
            contents.put(info.name(), bytes);
            views.put(info.name(), info.type().shape().view(info, bytes, commitSequence));
        }
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
     * A map.
     *
     * @throws IllegalArgumentException if there is no map of that name
     */
    public MapView map(String name) {
        return view(name, MapView.class);
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

    /** Whether a structure's bytes are the same in both. */
    boolean sameContents(StateView other, String name) {
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
