package io.coppice.state;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counters in a private copy. Immutable, any thread. */
public final class CountersView {
    private final StructureInfo info;
    private final Map<String, Long> values;

    private CountersView(StructureInfo info, Map<String, Long> values) {
        this.info = info;
        this.values = values;
    }

    static CountersView checked(StructureInfo info, byte[] data) {
        long count = NativeWords.get(data, CountersLayout.COUNT_OFFSET);
        require(count >= 0 && count <= info.capacity(), info, "count " + count);
        Map<String, Long> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int at = (int) CountersLayout.labelOffset(0, i, info.capacity());
            long length = NativeWords.get(data, at + CountersLayout.LABEL_LENGTH_OFFSET);
            int bytes = at + CountersLayout.LABEL_BYTES_OFFSET;
            String problem = StoredName.problem(data, bytes, length);
            require(problem == null, info, "counter " + i + ": " + problem);
            String label = StoredName.read(data, bytes, length);
            long value = NativeWords.get(data, (int) CountersLayout.valueOffset(0, i));
            require(values.put(label, value) == null, info, "two counters labelled " + label);
        }
        return new CountersView(info, Collections.unmodifiableMap(values));
    }

    /** Counters that exist. */
    public int size() {
        return values.size();
    }

    /** Most counters that can exist. */
    public int capacity() {
        return info.capacity();
    }

    /** The values by label, in the order in which the counters were created. */
    public Map<String, Long> values() {
        return values;
    }

    /**
     * The value of one counter.
     *
     * @throws IllegalArgumentException if there is none of that label
     */
    public long get(String label) {
        Long value = values.get(label);
        if (value == null) {
            throw new IllegalArgumentException("Counters " + info.name() + " have none labelled " + label
                    + "; they have " + values.keySet() + ".");
        }
        return value;
    }

    private static void require(boolean condition, StructureInfo info, String problem) {
        if (!condition) {
            throw new SegmentDamagedException("Counters " + info.name() + " are damaged: " + problem
                    + "; their capacity is " + info.capacity() + ".");
        }
    }
}
