package io.coppice.state;

/**
 * The cells of a map's longer keys: chains of 32-byte cells, those given back in a free list. Owner's thread only; the
 * caller has checked that the cells are there and that the undo log has room.
 */
final class KeyPool {
    private final CommitEngine engine;
    private final long header;
    private final long cells;
    private final long cellCount;

    KeyPool(CommitEngine engine, long header, long cells, long cellCount) {
        this.engine = engine;
        this.header = header;
        this.cells = cells;
        this.cellCount = cellCount;
    }

    /** Cells of a pool of at least that many bytes. */
    static long cellsOf(long poolBytes) {
        return poolBytes / MapLayout.CELL_LENGTH + (poolBytes % MapLayout.CELL_LENGTH == 0 ? 0 : 1);
    }

    long freeCells() {
        return cellCount
                - engine.getLong(header + MapLayout.FRESH_CELLS_OFFSET)
                + engine.getLong(header + MapLayout.FREE_CELLS_OFFSET);
    }

    long cellCount() {
        return cellCount;
    }

    /** Upper bound of what {@link #store} logs for {@code count} cells. */
    static long undoBytesToStore(long count) {
        return count * UndoLayout.entryBytes(MapLayout.CELL_LENGTH / Long.BYTES) + 3 * UndoLayout.ONE_WORD_ENTRY;
    }

    /** What {@link #free} logs. */
    static long undoBytesToFree() {
        return 3 * UndoLayout.ONE_WORD_ENTRY;
    }

    /** Stores bytes in {@code count} cells and returns 1 + the index of the first. */
    long store(byte[] key, int from, int length, int count) {
        long fresh = engine.getLong(header + MapLayout.FRESH_CELLS_OFFSET);
        long free = engine.getLong(header + MapLayout.FREE_HEAD_OFFSET);
        long reused = Math.min(count, engine.getLong(header + MapLayout.FREE_CELLS_OFFSET));
        long first = reused > 0 ? free : fresh + 1;
        long link = first;
        int at = from;
        int left = length;
        for (int i = 0; i < count; i++) {
            long cell = offset(link);
            long next;
            if (i < reused) {
                next = engine.getLong(cell + MapLayout.CELL_NEXT_OFFSET);
                free = next;
                if (i + 1 == reused) {
                    next = fresh + 1;
                }
            } else {
                fresh++;
                next = fresh + 1;
            }
            long chained = i + 1 == count ? 0 : next;
            engine.logRange(cell, MapLayout.CELL_LENGTH / Long.BYTES);
            engine.setLong(cell + MapLayout.CELL_NEXT_OFFSET, chained);
            for (int word = 0; word < MapLayout.CELL_PAYLOAD; word += Long.BYTES) {
                int take = Math.min(left, Long.BYTES);
                engine.setLong(cell + MapLayout.CELL_BYTES_OFFSET + word, NativeWords.partial(key, at, take));
                at += take;
                left -= take;
            }
            link = next;
        }
        if (reused > 0) {
            engine.setLong(header + MapLayout.FREE_HEAD_OFFSET, free);
            engine.setLong(
                    header + MapLayout.FREE_CELLS_OFFSET,
                    engine.getLong(header + MapLayout.FREE_CELLS_OFFSET) - reused);
        }
        if (count > reused) {
            engine.setLong(header + MapLayout.FRESH_CELLS_OFFSET, fresh);
        }
        return first;
    }

    /** Whether a chain holds these bytes, which fill {@code count} cells. */
    boolean holds(long firstLink, int count, byte[] key, int from, int length) {
        long link = firstLink;
        int at = from;
        int left = length;
        for (int i = 0; i < count; i++) {
            long cell = offset(link);
            for (int word = 0; word < MapLayout.CELL_PAYLOAD && left > 0; word += Long.BYTES) {
                int take = Math.min(left, Long.BYTES);
                if (engine.getLong(cell + MapLayout.CELL_BYTES_OFFSET + word) != NativeWords.partial(key, at, take)) {
                    return false;
                }
                at += take;
                left -= take;
            }
            link = engine.getLong(cell + MapLayout.CELL_NEXT_OFFSET);
        }
        return true;
    }

    /** Copies the bytes of a chain. */
    void load(long firstLink, byte[] target, int from, int length) {
        long link = firstLink;
        int at = from;
        int left = length;
        while (left > 0) {
            long cell = offset(link);
            int take = Math.min(left, MapLayout.CELL_PAYLOAD);
            engine.memory.getBytes(cell + MapLayout.CELL_BYTES_OFFSET, target, at, take);
            at += take;
            left -= take;
            link = engine.getLong(cell + MapLayout.CELL_NEXT_OFFSET);
        }
    }

    /** Puts a chain of {@code count} cells at the head of the free list. */
    void free(long firstLink, int count) {
        long last = offset(firstLink);
        for (int i = 1; i < count; i++) {
            last = offset(engine.getLong(last + MapLayout.CELL_NEXT_OFFSET));
        }
        engine.setLong(last + MapLayout.CELL_NEXT_OFFSET, engine.getLong(header + MapLayout.FREE_HEAD_OFFSET));
        engine.setLong(header + MapLayout.FREE_HEAD_OFFSET, firstLink);
        engine.setLong(
                header + MapLayout.FREE_CELLS_OFFSET, engine.getLong(header + MapLayout.FREE_CELLS_OFFSET) + count);
    }

    private long offset(long link) {
        if (link < 1 || link > cellCount) {
            throw new SegmentDamagedException("A key of a map in segment " + engine.segment() + " points to cell "
                    + link + " of " + cellCount + ".");
        }
        return cells + (link - 1) * MapLayout.CELL_LENGTH;
    }
}
