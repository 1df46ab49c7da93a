package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Labelled counters of fixed capacity in the owner's segment, created as they are asked for and never removed. Peers and
 * {@code coppice state} list them by label. Owner's thread only.
 *
 * <p>Changes are in place, undone by a rollback or a crash, and kept by {@link State#commit()}; so is the creation of a
 * counter. Ask for each once, and keep it: finding a counter again allocates nothing, but hashes its label. An operation that
 * throws changed nothing.
 */
public final class Counters extends Structure {
    private static final int LABEL_WORDS = CountersLayout.LABEL_LENGTH / Long.BYTES;

    private final CommitEngine engine;
    private final String structure;
    private final int capacity;
    private final Map<String, Counter> byLabel = new HashMap<>();
    /** By index. Those whose creation was rolled back are at its end, until somebody looks. */
    private final List<Counter> counters = new ArrayList<>();

    private long data;

    Counters(CommitEngine engine, StructureInfo info) {
        this.engine = engine;
        this.structure = info.name();
        this.capacity = info.capacity();
        this.data = info.offsetBytes();
        int count = size();
        for (int i = 0; i < count; i++) {
            remember(readLabel(i));
        }
    }

    /** Bytes of {@link State#freeBytes()} that counters of that capacity take. */
    public static long sizeBytes(int capacity) {
        return Align.up(Directory.dataOffset(0) + CountersLayout.dataLength(capacity), ArenaLayout.ALIGNMENT);
    }

    /** Counters that exist. */
    public int size() {
        long count = engine.getLong(data + CountersLayout.COUNT_OFFSET);
        if (count < 0 || count > capacity) {
            throw damaged("there are " + count);
        }
        return (int) count;
    }

    /** Most counters that can exist. */
    public int capacity() {
        return capacity;
    }

    /**
     * Finds a counter, or creates it with value 0; the same object each time. Allocates only if it creates.
     *
     * @param label 1 to {@value RecordLayout#MAX_NAME_BYTES} bytes of UTF-8 without control characters
     * @throws CapacityExceededException if there is none of that label and no room for it
     * @throws UndoLogFullException if there is none of that label and the undo log has no room for its creation
     */
    public Counter counter(String label) {
        int count = knownSize();
        Counter known = byLabel.get(label);
        if (known != null && known.index() < count) {
            return known;
        }
        forgetFrom(count);
        return create(RecordLayout.requireName("counter", label), count);
    }

    /** Visits every counter in the order of creation. The visitor must not create any. */
    public void forEach(Consumer<Counter> visitor) {
        int count = knownSize();
        for (int i = 0; i < count; i++) {
            visitor.accept(counters.get(i));
        }
    }

    @Override
    void detach() {
        data = DETACHED;
        counters.forEach(Counter::detach);
    }

    private Counter create(String label, int index) {
        if (index == capacity) {
            throw new CapacityExceededException("Counters " + structure + " of segment " + engine.segment()
                    + " are full: there are " + capacity + ", their capacity, and none is labelled " + label
                    + ". Declare a larger capacity, and raise " + CapacityExceededException.STATE_FOR_LAYOUT);
        }
        byte[] stored = new byte[CountersLayout.LABEL_LENGTH];
        byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
        NativeWords.put(stored, CountersLayout.LABEL_LENGTH_OFFSET, bytes.length);
        System.arraycopy(bytes, 0, stored, CountersLayout.LABEL_BYTES_OFFSET, bytes.length);
        engine.begin(data, UndoLayout.entryBytes(LABEL_WORDS) + 2L * UndoLayout.ONE_WORD_ENTRY, structure);
        engine.setBytes(CountersLayout.labelOffset(data, index, capacity), stored, 0, stored.length);
        engine.setLong(CountersLayout.valueOffset(data, index), 0);
        engine.setLong(data + CountersLayout.COUNT_OFFSET, index + 1L);
        engine.end();
        return remember(label);
    }

    private Counter remember(String label) {
        Counter counter = new Counter(engine, structure, label, data, counters.size());
        if (byLabel.put(label, counter) != null) {
            throw damaged("two are labelled " + label);
        }
        counters.add(counter);
        return counter;
    }

    /** All that exist went through this object, or its constructor. */
    private int knownSize() {
        int count = size();
        if (count > counters.size()) {
            throw damaged("there are " + count + ", but only " + counters.size() + " were created");
        }
        return count;
    }

    /** Detaches those whose creation was rolled back, before others can take their places. */
    private void forgetFrom(int count) {
        while (counters.size() > count) {
            Counter gone = counters.remove(counters.size() - 1);
            byLabel.remove(gone.label());
            gone.detach();
        }
    }

    private String readLabel(int index) {
        long at = CountersLayout.labelOffset(data, index, capacity);
        byte[] stored = new byte[CountersLayout.LABEL_LENGTH];
        engine.memory.getBytes(at, stored, 0, stored.length);
        long length = NativeWords.get(stored, CountersLayout.LABEL_LENGTH_OFFSET);
        String problem = StoredName.problem(stored, CountersLayout.LABEL_BYTES_OFFSET, length);
        if (problem != null) {
            throw damaged("counter " + index + " has a label that is none: " + problem);
        }
        return StoredName.read(stored, CountersLayout.LABEL_BYTES_OFFSET, length);
    }

    private SegmentDamagedException damaged(String problem) {
        return new SegmentDamagedException("Counters " + structure + " of segment " + engine.segment()
                + " are damaged: they say that " + problem + "; their capacity is " + capacity + ".");
    }
}
