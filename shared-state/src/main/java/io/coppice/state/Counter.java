package io.coppice.state;

/**
 * One of {@link Counters}: a long under commits. Owner's thread only; nothing here allocates. Once its creation is rolled
 * back, each call throws {@link IllegalStateException} and changes nothing; ask the counters for it again.
 */
public final class Counter {
    private final CommitEngine engine;
    private final String structure;
    private final String label;
    private final int index;
    private final long value;
    private long data;

    Counter(CommitEngine engine, String structure, String label, long data, int index) {
        this.engine = engine;
        this.structure = structure;
        this.label = label;
        this.index = index;
        this.data = data;
        this.value = CountersLayout.valueOffset(data, index);
    }

    /** What it is found by. */
    public String label() {
        return label;
    }

    /** The value. */
    public long get() {
        requireCreated();
        return engine.getLong(value);
    }

    /**
     * Sets the value.
     *
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public void set(long newValue) {
        requireCreated();
        engine.setLong(value, newValue);
    }

    /**
     * Adds to the value, wrapping around on overflow, and returns the sum.
     *
     * @throws UndoLogFullException if the undo log has no room for the change
     */
    public long add(long delta) {
        requireCreated();
        long sum = engine.getLong(value) + delta;
        engine.setLong(value, sum);
        return sum;
    }

    /** Position in the order of creation. */
    int index() {
        return index;
    }

    /** Its place may now be another's, or nobody's. */
    void detach() {
        data = Structure.DETACHED;
    }

    /** Until somebody asks the counters again, only their count tells that this one is no more. */
    private void requireCreated() {
        if (data < 0 || engine.getLong(data + CountersLayout.COUNT_OFFSET) <= index) {
            throw new IllegalStateException("Counter " + label + " of " + structure + " in segment " + engine.segment()
                    + " was created after the last commit and rolled back. Ask for it again.");
        }
    }
}
