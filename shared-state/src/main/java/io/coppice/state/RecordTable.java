package io.coppice.state;

/**
 * A fixed number of rows of one record layout, all present and initially zero. Owner's thread only. The rows are
 * preallocated: {@link #row} allocates nothing.
 */
public final class RecordTable extends Structure {
    private final String structure;
    private final RecordLayout layout;
    private final Record[] rows;

    RecordTable(CommitEngine engine, String structure, RecordLayout layout, long base, int rowCount) {
        this.structure = structure;
        this.layout = layout;
        this.rows = new Record[rowCount];
        for (int i = 0; i < rowCount; i++) {
            rows[i] = new Record(engine, structure, layout, base + (long) i * layout.sizeBytes(), false);
        }
    }

    /** Number of rows. */
    public int rows() {
        return rows.length;
    }

    /** Layout of every row. */
    public RecordLayout layout() {
        return layout;
    }

    /**
     * One row; the same object each time.
     *
     * @param index 0 to {@code rows() - 1}
     */
    public Record row(int index) {
        if (index < 0 || index >= rows.length) {
            throw new IndexOutOfBoundsException(
                    "Row " + index + " of table " + structure + ", which has " + rows.length + " rows.");
        }
        return rows[index];
    }

    @Override
    void detach() {
        for (Record row : rows) {
            row.detach();
        }
    }
}
