package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A string-to-long map in a private copy. Immutable, any thread. */
public final class MapView {
    private final StructureInfo info;
    private final byte[] data;
    private final int entries;
    private final int size;

    private MapView(StructureInfo info, byte[] data, int size) {
        this.info = info;
        this.data = data;
        this.entries = (int) MapLayout.entries(info.capacity());
        this.size = size;
    }

    /**
     * Walks every key once. Each cell belongs to one key at most, so the walk takes no more steps than there are cells,
     * whatever the links say.
     */
    static MapView checked(StructureInfo info, byte[] data) {
        long size = NativeWords.get(data, MapLayout.SIZE_OFFSET);
        require(size >= 0 && size <= info.capacity(), info, "size " + size);
        MapView view = new MapView(info, data, (int) size);
        long seed = NativeWords.get(data, MapLayout.HASH_SEED_OFFSET);
        long cellsLeft = info.keyCells();
        int found = 0;
        for (int i = 0; i < view.entries; i++) {
            long hash = view.word(i, MapLayout.ENTRY_HASH_OFFSET);
            if (hash == 0) {
                continue;
            }
            found++;
            int length = view.keyLength(i);
            require(length >= 0 && length <= info.maxKeyBytes(), info, "key of " + length + " bytes");
            cellsLeft -= MapLayout.cells(length);
            require(cellsLeft >= 0, info, "keys longer than its key pool");
            byte[] key = view.key(i);
            require(MapLayout.hash(key, 0, length, seed) == hash, info, "a key that is not the one that was stored");
        }
        require(found == size, info, "size " + size + " with " + found + " keys");
        return view;
    }

    /** Keys present. */
    public int size() {
        return size;
    }

    /** Most keys it can hold. */
    public int capacity() {
        return info.capacity();
    }

    /** The value of a key, or {@code absent}. */
    public long get(byte[] key, int from, int length, long absent) {
        Objects.checkFromIndexSize(from, length, key.length);
        long hash = MapLayout.hash(key, from, length, NativeWords.get(data, MapLayout.HASH_SEED_OFFSET));
        int index = (int) hash & (entries - 1);
        for (int probes = 0; probes < entries; probes++) {
            long found = word(index, MapLayout.ENTRY_HASH_OFFSET);
            if (found == 0) {
                return absent;
            }
            if (found == hash
                    && keyLength(index) == length
                    && Arrays.equals(key(index), 0, length, key, from, from + length)) {
                return word(index, MapLayout.ENTRY_VALUE_OFFSET);
            }
            index = (index + 1) & (entries - 1);
        }
        return absent;
    }

    /** The value of a key, or {@code absent}. */
    public long get(String key, long absent) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return get(bytes, 0, bytes.length, absent);
    }

    /** Visits every key, in no meaningful order; each call gets an array of its own. */
    public void forEach(StringLongMap.Visitor visitor) {
        for (int i = 0; i < entries; i++) {
            if (word(i, MapLayout.ENTRY_HASH_OFFSET) != 0) {
                byte[] key = key(i);
                visitor.visit(key, key.length, word(i, MapLayout.ENTRY_VALUE_OFFSET));
            }
        }
    }

    private byte[] key(int entry) {
        int length = keyLength(entry);
        byte[] key = new byte[length];
        int at = Math.min(length, MapLayout.PREFIX_BYTES);
        NativeWords.putPartial(key, 0, word(entry, MapLayout.ENTRY_PREFIX_OFFSET), at);
        long link = MapLayout.firstCell(word(entry, MapLayout.ENTRY_KEY_OFFSET));
        while (at < length) {
            require(link >= 1 && link <= info.keyCells(), info, "link to cell " + link);
            int cell = (int) MapLayout.entryOffset(0, entries) + (int) (link - 1) * MapLayout.CELL_LENGTH;
            int take = Math.min(length - at, MapLayout.CELL_PAYLOAD);
            System.arraycopy(data, cell + MapLayout.CELL_BYTES_OFFSET, key, at, take);
            at += take;
            link = NativeWords.get(data, cell + MapLayout.CELL_NEXT_OFFSET);
        }
        return key;
    }

    private int keyLength(int entry) {
        return MapLayout.keyLength(word(entry, MapLayout.ENTRY_KEY_OFFSET));
    }

    private long word(int entry, int offset) {
        return NativeWords.get(data, (int) MapLayout.entryOffset(0, entry) + offset);
    }

    private static void require(boolean condition, StructureInfo info, String problem) {
        if (!condition) {
            throw new SegmentDamagedException("Map " + info.name() + " is damaged: " + problem + "; it has capacity "
                    + info.capacity() + ", maxKeyBytes " + info.maxKeyBytes() + " and " + info.keyCells() + " cells.");
        }
    }
}
