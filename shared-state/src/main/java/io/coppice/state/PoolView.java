package io.coppice.state;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An object pool in a private copy. Immutable, any thread. */
public final class PoolView {
    private final StructureInfo info;
    private final Map<Long, RecordView> records;

    private PoolView(StructureInfo info, Map<Long, RecordView> records) {
        this.info = info;
        this.records = records;
    }

    /** Every slot that was ever used is either in use or in the free list, and the counts say how many of each there are. */
    static PoolView checked(StructureInfo info, byte[] data) {
        long inUse = NativeWords.get(data, PoolLayout.IN_USE_OFFSET);
        long fresh = NativeWords.get(data, PoolLayout.FRESH_SLOTS_OFFSET);
        require(
                inUse >= 0 && inUse <= fresh && fresh <= info.capacity(),
                info,
                "inUse " + inUse + ", freshSlots " + fresh);
        int slotBits = PoolLayout.slotBits(info.capacity());
        Map<Long, RecordView> records = new LinkedHashMap<>();
        for (int slot = 0; slot < info.capacity(); slot++) {
            long generation = word(info, data, slot, PoolLayout.GENERATION_OFFSET);
            long link = word(info, data, slot, PoolLayout.LINK_OFFSET);
            if (slot >= fresh) {
                require(generation == 0 && link == 0, info, "slot " + slot + " was never used and is not empty");
                continue;
            }
            require(
                    generation >= 1 && generation <= PoolLayout.maxGeneration(slotBits),
                    info,
                    "slot " + slot + " of generation " + generation);
            if (link == PoolLayout.IN_USE) {
                long record = PoolLayout.slotOffset(0, slot, info.recordBytes()) + PoolLayout.RECORD_OFFSET;
                records.put(
                        PoolLayout.handle(generation, slot, slotBits), RecordView.checked(info, data, (int) record));
            }
        }
        require(records.size() == inUse, info, "inUse " + inUse + " with " + records.size() + " slots in use");
        walkFreeList(info, data, fresh, fresh - inUse);
        return new PoolView(info, records);
    }

    /** It ends after as many slots as are free, so it has no circle and leaves none out. */
    private static void walkFreeList(StructureInfo info, byte[] data, long fresh, long free) {
        long link = NativeWords.get(data, PoolLayout.FREE_HEAD_OFFSET);
        for (long i = 0; i < free; i++) {
            require(link >= 1 && link <= fresh, info, "the free list leads to " + link + " after " + i + " slots");
            link = word(info, data, link - 1, PoolLayout.LINK_OFFSET);
        }
        require(link == 0, info, "the free list does not end after " + free + " slots");
    }

    PoolView as(RecordLayout layout, String segment) {
        info.requireLayout(layout, segment);
        Map<Long, RecordView> read = new LinkedHashMap<>();
        records.forEach((handle, record) -> read.put(handle, record.as(layout)));
        return new PoolView(info, read);
    }

    /** Records in use. */
    public int inUse() {
        return records.size();
    }

    /** Most records that can be in use; 0 for a pool that is disabled. */
    public int capacity() {
        return info.capacity();
    }

    /** The fields of each record, as the segment describes them. */
    public List<FieldInfo> fields() {
        return info.fields();
    }

    /** The handles of the records in use, in the order of their slots. */
    public List<Long> handles() {
        return new ArrayList<>(records.keySet());
    }

    /** Whether a handle is that of a record in use. */
    public boolean isInUse(long handle) {
        return records.containsKey(handle);
    }

    /**
     * The record of a handle.
     *
     * @throws IllegalArgumentException if it is not in use
     */
    public RecordView record(long handle) {
        RecordView record = records.get(handle);
        if (record == null) {
            throw new IllegalArgumentException("Pool " + info.name() + " has no record in use with handle " + handle
                    + ": it was released, or never acquired.");
        }
        return record;
    }

    private static long word(StructureInfo info, byte[] data, long slot, int offset) {
        return NativeWords.get(data, (int) PoolLayout.slotOffset(0, slot, info.recordBytes()) + offset);
    }

    private static void require(boolean condition, StructureInfo info, String problem) {
        if (!condition) {
            throw new SegmentDamagedException(
                    "Pool " + info.name() + " is damaged: " + problem + "; its capacity is " + info.capacity() + ".");
        }
    }
}
