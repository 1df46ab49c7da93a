package io.coppice.state;

import java.util.BitSet;

/** The records of a map in a private copy. Immutable, any thread. */
final class RecordSlotsView {
    private final StructureInfo info;
    private final byte[] data;
    private final int slots;

    /** @param slots where the slots start */
    RecordSlotsView(StructureInfo info, byte[] data, long slots) {
        this.info = info;
        this.data = data;
        this.slots = (int) slots;
    }

    /** Checks that each slot belongs to one entry or is free, and each record that belongs to one. */
    void check(EntryTableView table, int places) {
        long fresh = NativeWords.get(data, MapLayout.FRESH_SLOTS_OFFSET);
        if (fresh < table.size() || fresh > info.capacity()) {
            throw MapShape.damaged(info, "freshSlots " + fresh + " with " + table.size() + " keys");
        }
        BitSet taken = new BitSet();
        for (int i = 0; i < places; i++) {
            if (table.hash(i) != 0) {
                long slot = table.value(i);
                take(slot, fresh, taken);
                if (next(slot) != MapLayout.SLOT_TAKEN) {
                    throw MapShape.damaged(info, "slot " + slot + " is both free and taken");
                }
                record(slot);
            }
        }
        long link = NativeWords.get(data, MapLayout.FREE_SLOT_HEAD_OFFSET);
        for (long free = fresh - table.size(); free > 0; free--) {
            take(link, fresh, taken);
            link = next(link);
        }
        if (link != 0) {
            throw MapShape.damaged(info, "its list of free slots does not end where it should");
        }
    }

    /** The record of a slot that was checked. */
    RecordView record(long slot) {
        return RecordView.checked(info, data, offset(slot) + MapLayout.SLOT_RECORD_OFFSET);
    }

    private void take(long slot, long fresh, BitSet taken) {
        if (slot < 1 || slot > fresh || taken.get((int) slot)) {
            throw MapShape.damaged(info, "link to slot " + slot);
        }
        taken.set((int) slot);
    }

    private long next(long slot) {
        return NativeWords.get(data, offset(slot) + MapLayout.SLOT_NEXT_OFFSET);
    }

    private int offset(long slot) {
        return (int) (slots + (slot - 1) * MapLayout.slotLength(info.recordBytes()));
    }
}
