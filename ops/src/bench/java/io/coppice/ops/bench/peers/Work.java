package io.coppice.ops.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One piece of work and the state it is done on.
 *
 * @param kind what is changed
 * @param count fields or entries changed in one transaction
 * @param stateBytes size of the fields' state, a power of two of at least 64; 0 for the map's work
 */
record Work(Kind kind, int count, long stateBytes) {
    static final int MAP_ENTRIES = 20_000;
    private static final int MAP_UPDATES = 10;

    /** Odd, so that its multiples reach every field of a power of two once before any twice, and never a neighbour. */
    private static final long STRIDE = 0x9e3779b1L;

    /** Has no divisor in common with {@link #MAP_ENTRIES}. */
    private static final long KEY_STRIDE = 7919;

    private static final long SMALL = 64;
    private static final long PAGE = 4L << 10;
    private static final long MIDDLE = 1L << 20;
    private static final long LARGE = 64L << 20;

    enum Kind {
        COUNTER,
        FIELDS,
        MAP
    }

    static List<Work> all() {
        List<Work> all = new ArrayList<>();
        all.add(new Work(Kind.COUNTER, 1, SMALL));
        all.add(new Work(Kind.COUNTER, 1, LARGE));
        all.add(new Work(Kind.FIELDS, 1, SMALL));
        for (long size : new long[] {PAGE, MIDDLE, LARGE}) {
            for (int count : new int[] {1, 16, 512}) {
                all.add(new Work(Kind.FIELDS, count, size));
            }
        }
        all.add(new Work(Kind.MAP, MAP_UPDATES, 0));
        return all;
    }

    /** The field of a pick, in a state of a power of two of fields. */
    static int field(long pick, int fields) {
        return (int) (pick * STRIDE) & (fields - 1);
    }

    /** The key of a pick. */
    static long key(long pick) {
        return pick * KEY_STRIDE % MAP_ENTRIES;
    }

    int fields() {
        return (int) (stateBytes / Long.BYTES);
    }

    int rows() {
        return (int) (stateBytes / Long.BYTES / Store.FIELDS_PER_ROW);
    }

    /** One transaction; {@code pick} is the first of its fields or entries. */
    void run(Store store, long pick, long value) {
        switch (kind) {
            case COUNTER -> store.count(value);
            case FIELDS -> store.setFields(pick, count, value);
            case MAP -> store.putEntries(pick, count, value);
        }
    }

    /** As a parameter of JMH. */
    String code() {
        return kind + ":" + count + ":" + stateBytes;
    }

    static Work of(String code) {
        String[] parts = code.split(":", -1);
        return new Work(Kind.valueOf(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
    }

    /** As the heading of a row. */
    String title() {
        return switch (kind) {
            case COUNTER -> "1 field, always the same, of " + size();
            case FIELDS -> count + (count == 1 ? " field of " : " fields of ") + size();
            case MAP -> count + String.format(Locale.ROOT, " entries of a map of %,d", MAP_ENTRIES);
        };
    }

    private String size() {
        if (stateBytes >= 1 << 20) {
            return (stateBytes >> 20) + " MiB";
        }
        return stateBytes >= 1 << 10 ? (stateBytes >> 10) + " KiB" : stateBytes + " B";
    }
}
