package io.coppice.worker.runtime;

/**
 * Which request has which slot: what is queued gets those that are free, a commit makes it so, and then the root is told. What it is told is a
 * function of the committed table. Loop thread only.
 */
final class SlotAssignment {
    private final TransactionPort port;
    private final TransactionLimits limits;
    private final OpenRequests open;

    /** By slot, whether it was given something when it had no segment. */
    private final boolean[] tried;

    SlotAssignment(TransactionPort port, TransactionLimits limits, OpenRequests open) {
        this.port = port;
        this.limits = limits;
        this.open = open;
        this.tried = new boolean[limits.slots() + 1];
    }

    /** The manifest may declare fewer slots than when these were given one. What is to be discarded is not begun again. */
    void giveBackLost() {
        RequestTable table = port.table();
        for (int entry = 0; entry < table.entries(); entry++) {
            if (isLost(entry) && table.standing(entry) != Standing.DISCARDING) {
                table.queue(entry);
                open.changed();
            }
        }
    }

    /** Whether what an entry asks for was given to a slot that there is not, or not for it. */
    boolean isLost(int entry) {
        RequestTable table = port.table();
        int slot = table.used(entry) ? table.slot(entry) : 0;
        return slot != 0 && (slot < 0 || slot > limits.slots() || open.entryOf(slot) != entry);
    }

    /** Whether {@link #assign} would do something. */
    boolean isDue() {
        for (int slot = 1; open.queued() > 0 && slot <= limits.slots(); slot++) {
            if (open.entryOf(slot) < 0 && serves(slot) && nextFor(slot) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** What is queued gets the slots that are free. @return whether one got something */
    boolean assign() {
        boolean assigned = false;
        for (int slot = 1; open.queued() > 0 && slot <= limits.slots(); slot++) {
            if (open.entryOf(slot) < 0 && serves(slot)) {
                int entry = nextFor(slot);
                if (entry >= 0) {
                    tried[slot] = !port.isSound(slot);
                    port.table().assign(entry, slot);
                    open.changed();
                    assigned = true;
                }
            }
        }
        return assigned;
    }

    /**
     * The next process in a slot whose segment is none any more makes it anew. Where it could not, each one fails whatever it is given, and
     * so would have more to do than all others. Where there is no other one a failure is better than none.
     */
    private boolean serves(int slot) {
        if (port.isSound(slot) || !tried[slot]) {
            return true;
        }
        for (int other = 1; other <= limits.slots(); other++) {
            if (port.isSound(other)) {
                return false;
            }
        }
        return true;
    }

    /** One that failed before keeps its id; where the root's table still has its failure it would fail at once. */
    private int nextFor(int slot) {
        int entry = open.nextAbove(0, Standing.QUEUED);
        while (entry >= 0) {
            long id = port.table().id(entry);
            boolean again = port.table().attempts(entry) > 0;
            if (!again
                    || port.row(slot)
                            .filter(row -> Math.abs(row.request()) == id)
                            .isEmpty()) {
                return entry;
            }
            entry = open.nextAbove(id, Standing.QUEUED);
        }
        return entry;
    }

    /** Tells the root, of what is committed, which slot is to work on what. */
    void publish() {
        if (!open.movedSincePublished()) {
            return;
        }
        boolean told = false;
        for (int slot = 1; slot <= TransactionLimits.MAX_SLOTS; slot++) {
            long word = slot <= limits.slots() ? open.wordOf(slot) : 0;
            if (port.word(slot) != word) {
                port.publish(slot, word);
                told = true;
            }
        }
        open.published();
        if (told) {
            port.hint();
        }
    }
}
