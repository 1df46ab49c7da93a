package io.coppice.state;

/** The keys of a map from longs in a private copy. Immutable, any thread. */
final class LongKeysView {
    private final EntryTableView table;
    private final long seed;

    /** Checks all of them. */
    LongKeysView(StructureInfo info, byte[] data) {
        this.table = new EntryTableView(info, data, MapLayout.LONG_ENTRY_LENGTH);
        this.seed = table.seed();
        long present = table.hash(table.entries());
        if (present != 0 && present != MapLayout.PRESENT) {
            throw MapShape.damaged(info, "present " + present);
        }
        table.check((int) present, true);
    }

    EntryTableView table() {
        return table;
    }

    /** Index of the key's entry, -1 if it is absent. */
    int find(long key) {
        long hash = MapLayout.hash(key, seed);
        if (hash == 0) {
            return table.hash(table.entries()) == 0 ? -1 : table.entries();
        }
        return table.first(hash);
    }

    /** How many indexes there are. */
    int places() {
        return table.entries() + 1;
    }

    boolean isTaken(int index) {
        return table.hash(index) != 0;
    }

    long key(int index) {
        return index == table.entries() ? seed : MapLayout.key(table.hash(index), seed);
    }
}
