package io.coppice.worker.runtime;

import java.util.Arrays;

/**
 * What is where in the table: read from it when it may have changed, and then kept. Allocates nothing once it is made. Loop thread only.
 */
final class OpenRequests {
    private static final int NONE = -1;

    private final TransactionPort port;
    private final int slots;

    /** The entry of each slot, the first one's at 0. */
    private final int[] entries;

    private int queued;
    private int quarantined;
    private int running;
    private boolean stale = true;
    private boolean moved = true;

    OpenRequests(TransactionPort port, int slots) {
        this.port = port;
        this.slots = slots;
        this.entries = new int[slots];
    }

    /** The table has changed, or has been rolled back. */
    void changed() {
        stale = true;
        moved = true;
    }

    /** Whether it has changed since {@link #published}. */
    boolean movedSincePublished() {
        return moved;
    }

    /** The root has been told of what it says now. */
    void published() {
        moved = false;
    }

    /** How many wait for a slot. */
    int queued() {
        look();
        return queued;
    }

    /** How many have a slot. */
    int running() {
        look();
        return running;
    }

    int quarantined() {
        look();
        return quarantined;
    }

    /** The entry that the slot is to work on; -1 none. */
    int entryOf(int slot) {
        look();
        return entries[slot - 1];
    }

    /** The word for the slot: the id of its request, negative if that is to be discarded; 0 none. */
    long wordOf(int slot) {
        int entry = entryOf(slot);
        if (entry == NONE) {
            return 0;
        }
        RequestTable table = port.table();
        return table.standing(entry) == Standing.DISCARDING ? -table.id(entry) : table.id(entry);
    }

    /** The entry with that id; -1 none. */
    int find(long id) {
        RequestTable table = port.table();
        for (int entry = 0; entry < table.entries(); entry++) {
            if (table.used(entry) && table.id(entry) == id) {
                return entry;
            }
        }
        return NONE;
    }

    /** Of those that stand so, the one with the lowest id above that one; -1 none. */
    int nextAbove(long id, Standing standing) {
        RequestTable table = port.table();
        int next = NONE;
        for (int entry = 0; entry < table.entries(); entry++) {
            if (table.used(entry)
                    && table.standing(entry) == standing
                    && table.id(entry) > id
                    && (next == NONE || table.id(entry) < table.id(next))) {
                next = entry;
            }
        }
        return next;
    }

    private void look() {
        if (!stale) {
            return;
        }
        Arrays.fill(entries, NONE);
        queued = 0;
        quarantined = 0;
        running = 0;
        RequestTable table = port.table();
        for (int entry = 0; entry < table.entries(); entry++) {
            if (table.used(entry)) {
                count(table, entry);
            }
        }
        stale = false;
    }

    private void count(RequestTable table, int entry) {
        switch (table.standing(entry)) {
            case QUEUED -> queued++;
            case QUARANTINED -> quarantined++;
            case RUNNING, DISCARDING -> {
                int slot = table.slot(entry);
                if (slot >= 1 && slot <= slots && entries[slot - 1] == NONE) {
                    entries[slot - 1] = entry;
                    running++;
                }
            }
        }
    }
}
