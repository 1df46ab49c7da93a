package io.coppice.state;

import java.util.Arrays;

/** The entries of a map in a private copy, and the checks that are the same for all of them. Immutable, any thread. */
final class EntryTableView {
    private static final int ABSENT = -1;

    private final StructureInfo info;
    private final byte[] data;
    private final int entryLength;
    private final int mask;

    EntryTableView(StructureInfo info, byte[] data, int entryLength) {
        this.info = info;
        this.data = data;
        this.entryLength = entryLength;
        this.mask = (int) MapLayout.entries(info.capacity()) - 1;
    }

    int entries() {
        return mask + 1;
    }

    int size() {
        return (int) NativeWords.get(data, MapLayout.SIZE_OFFSET);
    }

    long seed() {
        return NativeWords.get(data, MapLayout.HASH_SEED_OFFSET);
    }

    /** A word of an entry, or of the one behind the others. */
    long word(int index, int offset) {
        return NativeWords.get(data, (int) MapLayout.entryOffset(0, index, entryLength) + offset);
    }

    long hash(int index) {
        return word(index, MapLayout.ENTRY_HASH_OFFSET);
    }

    long value(int index) {
        return word(index, MapLayout.ENTRY_VALUE_OFFSET);
    }

    /** Index of the first entry with that hash, -1 if there is none. */
    int first(long hash) {
        return walk(hash, (int) hash & mask);
    }

    /** Index of the next entry with that hash, -1 if there is none. */
    int next(long hash, int index) {
        return walk(hash, (index + 1) & mask);
    }

    /** Ends, since {@link #check} has seen an empty entry. */
    private int walk(long hash, int start) {
        int index = start;
        while (true) {
            long found = hash(index);
            if (found == hash) {
                return index;
            }
            if (found == 0) {
                return ABSENT;
            }
            index = (index + 1) & mask;
        }
    }

    /**
     * Checks that the size is that of the entries taken, and that a search from its home finds each of them. One walk over
     * the table, which looks at nothing twice, however the hashes were chosen.
     *
     * @param elsewhere keys that are not in the table
     * @param unique whether two entries with one hash are one key twice
     */
    void check(int elsewhere, boolean unique) {
        long size = NativeWords.get(data, MapLayout.SIZE_OFFSET);
        if (size < 0 || size > info.capacity()) {
            throw MapShape.damaged(info, "size " + size);
        }
        int empty = 0;
        while (hash(empty) != 0) {
            if (++empty > mask) {
                throw MapShape.damaged(info, "no empty entry");
            }
        }
        long found = elsewhere;
        int run = 0;
        for (int step = 1; step <= mask + 1; step++) {
            int index = (empty + step) & mask;
            long hash = hash(index);
            if (hash != 0) {
                if (((index - (int) hash) & mask) > run) {
                    throw MapShape.damaged(info, "entry " + index + " is not found from its home");
                }
                run++;
                continue;
            }
            if (unique && run > 1) {
                checkUnique(index - run, run);
            }
            found += run;
            run = 0;
        }
        if (found != size) {
            throw MapShape.damaged(info, "size " + size + " with " + found + " keys");
        }
    }

    private void checkUnique(int start, int count) {
        long[] hashes = new long[count];
        for (int i = 0; i < count; i++) {
            hashes[i] = hash((start + i) & mask);
        }
        Arrays.sort(hashes);
        for (int i = 1; i < count; i++) {
            if (hashes[i] == hashes[i - 1]) {
                throw MapShape.damaged(info, "a key that is there twice");
            }
        }
    }
}
