package io.coppice.state;

import org.jspecify.annotations.Nullable;

/**
 * A fixed number of rows of one record layout, all present and initially zero. Owner's thread only.
 *
 * <p>{@link #at} shows any row by one object and allocates nothing. {@link #row} makes an object for each row that is asked
 * for, once, and keeps it: about 50 bytes of heap for each such row.
 */
public final class RecordTable extends Structure {
    /** Rows whose objects are kept in one array, which is made when the first of them is asked for. */
    private static final int PAGE_ROWS = 1024;

    private static final int PAGE_SHIFT = Integer.numberOfTrailingZeros(PAGE_ROWS);

    private final CommitEngine engine;
    private final String structure;
    private final RecordLayout layout;
    private final int rows;
    private final int recordBytes;
    private final Record moving;
    private final @Nullable Record[] @Nullable [] pages;
    private long base;

    RecordTable(CommitEngine engine, String structure, RecordLayout layout, long base, int rows) {
        this.engine = engine;
        this.structure = structure;
        this.layout = layout;
        this.rows = rows;
        this.recordBytes = layout.sizeBytes();
        this.base = base;
        this.moving = new Record(engine, structure, layout, base, false);
        this.pages = new Record[(rows + PAGE_ROWS - 1) >>> PAGE_SHIFT][];
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** Layout of every row. */
    public RecordLayout layout() {
        return layout;
    }

    /**
     * One row; the same object for all rows, good until the next call of this method. Allocates nothing, however many rows
     * there are.
     *
     * @param index 0 to {@code rows() - 1}
     */
    public Record at(int index) {
        return moving.moveTo(offset(index));
    }

    /**
     * One row, by an object of its own; the same each time. Allocates it the first time; for tables of which more rows are
     * used than the heap has room for objects, see {@link #at}.
     *
     * @param index 0 to {@code rows() - 1}
     */
    public Record row(int index) {
        long offset = offset(index);
        @Nullable Record[] page = pages[index >>> PAGE_SHIFT];
        Record row = page == null ? null : page[index & (PAGE_ROWS - 1)];
        return row == null ? make(index, offset) : row;
    }

    @Override
    void detach() {
        base = DETACHED;
        moving.detach();
        for (@Nullable Record[] page : pages) {
            for (int i = 0; page != null && i < page.length; i++) {
                Record row = page[i];
                if (row != null) {
                    row.detach();
                }
            }
        }
    }

    private Record make(int index, long offset) {
        int number = index >>> PAGE_SHIFT;
        @Nullable Record[] page = pages[number];
        if (page == null) {
            page = new Record[Math.min(PAGE_ROWS, rows - (number << PAGE_SHIFT))];
            pages[number] = page;
        }
        Record row = new Record(engine, structure, layout, offset, false);
        page[index & (PAGE_ROWS - 1)] = row;
        return row;
    }

    private long offset(int index) {
        if (index < 0 || index >= rows) {
            throw new IndexOutOfBoundsException(
                    "Row " + index + " of table " + structure + ", which has " + rows + " rows.");
        }
        return base + (long) index * recordBytes;
    }
}
