package io.coppice.state;

/**
 * The keys of a map from longs, each with a word: the value, or where it is. Owner's thread only.
 *
 * <p>An entry holds the hash instead of the key. The hash is a bijection of the key, so one comparison tells a key, removal
 * need not hash again, and {@link EntryTable} sees here what it sees in a map from byte strings. The one key whose hash is 0
 * has an entry of its own behind the table.
 */
final class LongKeys {
    private final CommitEngine engine;
    private final EntryTable table;
    private final long seed;

    LongKeys(CommitEngine engine, StructureInfo info) {
        this.engine = engine;
        this.table = new EntryTable(engine, info, MapLayout.LONG_ENTRY_LENGTH);
        this.seed = engine.getLong(info.offsetBytes() + MapLayout.HASH_SEED_OFFSET);
    }

    EntryTable table() {
        return table;
    }

    /** Offset of the key's entry, or the complement of the offset of the empty one where it would go. */
    long find(long key) {
        long hash = MapLayout.hash(key, seed);
        return hash == 0 ? findZero() : table.first(hash);
    }

    private long findZero() {
        long entry = table.entry(table.entries());
        return engine.getLong(entry + MapLayout.ENTRY_HASH_OFFSET) == 0 ? ~entry : entry;
    }

    /** Fills the empty entry that {@link #find} told; the caller has begun, with {@link EntryTable#undoBytesToAdd}. */
    void add(long entry, long key, long value) {
        long hash = MapLayout.hash(key, seed);
        table.log(entry);
        engine.setLong(entry + MapLayout.ENTRY_HASH_OFFSET, hash == 0 ? MapLayout.PRESENT : hash);
        engine.setLong(entry + MapLayout.ENTRY_VALUE_OFFSET, value);
        table.count(1);
    }

    /** Upper bound of what {@link #remove} logs for that entry. */
    long undoBytesToRemove(long entry) {
        return isZero(entry) ? table.undoBytesToAdd() : table.undoBytesToRemove(entry);
    }

    /** Removes an entry that {@link #find} told. */
    void remove(long entry) {
        if (isZero(entry)) {
            table.clear(entry);
            table.count(-1);
        } else {
            table.remove(entry);
        }
    }

    /** How many places there are to look for keys, for {@link #at}. */
    long places() {
        return table.entries() + 1;
    }

    /** Offset of the entry at a place, -1 if it is empty. */
    long at(long place) {
        long entry = table.entry(place);
        return engine.getLong(entry + MapLayout.ENTRY_HASH_OFFSET) == 0 ? -1 : entry;
    }

    /** The key of an entry that is not empty. */
    long key(long entry) {
        return isZero(entry) ? seed : MapLayout.key(engine.getLong(entry + MapLayout.ENTRY_HASH_OFFSET), seed);
    }

    private boolean isZero(long entry) {
        return entry == table.entry(table.entries());
    }
}
