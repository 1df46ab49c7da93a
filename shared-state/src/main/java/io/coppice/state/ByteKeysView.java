package io.coppice.state;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/** The keys of a map from byte strings in a private copy. Immutable, any thread. */
final class ByteKeysView {
    private final StructureInfo info;
    private final byte[] data;
    private final EntryTableView table;

    /** Checks all of them: that each is the one that was stored, and that each cell belongs to one key or is free. */
    ByteKeysView(StructureInfo info, byte[] data) {
        this.info = info;
        this.data = data;
        this.table = new EntryTableView(info, data, MapLayout.BYTES_ENTRY_LENGTH);
        table.check(0, false);
        long seed = table.seed();
        BitSet cells = new BitSet();
        for (int i = 0; i < table.entries(); i++) {
            long hash = table.hash(i);
            if (hash == 0) {
                continue;
            }
            takeCells(i, cells);
            byte[] key = key(i);
            if (MapLayout.hash(key, 0, key.length, seed) != hash) {
                throw MapShape.damaged(info, "a key that is not the one that was stored");
            }
        }
        checkFreeCells(cells);
    }

    EntryTableView table() {
        return table;
    }

    /** Index of the key's entry, -1 if it is absent. */
    int find(byte[] key, int from, int length) {
        Objects.checkFromIndexSize(from, length, key.length);
        long hash = MapLayout.hash(key, from, length, table.seed());
        int index = table.first(hash);
        while (index >= 0
                && !(keyLength(index) == length && Arrays.equals(key(index), 0, length, key, from, from + length))) {
            index = table.next(hash, index);
        }
        return index;
    }

    boolean isTaken(int index) {
        return table.hash(index) != 0;
    }

    /** A copy of an entry's key. */
    byte[] key(int index) {
        int length = keyLength(index);
        byte[] key = new byte[length];
        int at = Math.min(length, MapLayout.PREFIX_BYTES);
        NativeWords.putPartial(key, 0, table.word(index, MapLayout.ENTRY_PREFIX_OFFSET), at);
        long link = firstCell(index);
        while (at < length) {
            int cell = cell(link);
            int take = Math.min(length - at, MapLayout.CELL_PAYLOAD);
            System.arraycopy(data, cell + MapLayout.CELL_BYTES_OFFSET, key, at, take);
            at += take;
            link = NativeWords.get(data, cell + MapLayout.CELL_NEXT_OFFSET);
        }
        return key;
    }

    private void takeCells(int index, BitSet taken) {
        int length = keyLength(index);
        if (length < 0 || length > info.maxKeyBytes()) {
            throw MapShape.damaged(info, "key of " + length + " bytes");
        }
        long link = firstCell(index);
        for (int cells = MapLayout.cells(length); cells > 0; cells--) {
            take(link, taken);
            link = NativeWords.get(data, cell(link) + MapLayout.CELL_NEXT_OFFSET);
        }
        if (link != 0) {
            throw MapShape.damaged(info, "a key that goes on in cell " + link);
        }
    }

    private void checkFreeCells(BitSet taken) {
        long fresh = NativeWords.get(data, MapLayout.FRESH_CELLS_OFFSET);
        long free = NativeWords.get(data, MapLayout.FREE_CELLS_OFFSET);
        if (fresh < 0 || fresh > info.keyCells() || free != fresh - taken.cardinality()) {
            throw MapShape.damaged(
                    info, taken.cardinality() + " cells taken and " + free + " free of " + fresh + " ever used");
        }
        long link = NativeWords.get(data, MapLayout.FREE_HEAD_OFFSET);
        for (long i = 0; i < free; i++) {
            take(link, taken);
            link = NativeWords.get(data, cell(link) + MapLayout.CELL_NEXT_OFFSET);
        }
        if (link != 0 || taken.length() > fresh + 1) {
            throw MapShape.damaged(info, "its list of free cells does not end where it should");
        }
    }

    /** Each cell once, so that no walk goes round. */
    private void take(long link, BitSet taken) {
        if (link < 1 || link > info.keyCells() || taken.get((int) link)) {
            throw MapShape.damaged(info, "link to cell " + link);
        }
        taken.set((int) link);
    }

    private int cell(long link) {
        return (int) (MapLayout.cellsOffset(info.capacity()) + (link - 1) * MapLayout.CELL_LENGTH);
    }

    private long firstCell(int index) {
        return MapLayout.firstCell(table.word(index, MapLayout.ENTRY_KEY_OFFSET));
    }

    private int keyLength(int index) {
        return MapLayout.keyLength(table.word(index, MapLayout.ENTRY_KEY_OFFSET));
    }
}
