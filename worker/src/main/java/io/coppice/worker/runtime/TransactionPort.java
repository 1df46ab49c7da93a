package io.coppice.worker.runtime;

import java.util.Optional;

/**
 * All that the daemon's side of transactions sees of the world and does to it: the table and the words in its own segment, the
 * segments of its slots, and the root's table, both of them read-only. Loop thread only. What is asked in each turn allocates nothing.
 */
interface TransactionPort {
    /** Always that of the present contents; what it said before a rollback or a step back may be another one's. */
    RequestTable table();

    /** What was changed and not committed is undone. */
    void rolledBack();

    /** Of the present contents. */
    long timeline();

    /** What page 0 of the own segment tells the root for that slot. */
    long word(int slot);

    /** Stores it there, outside of any commit. */
    void publish(int slot, long word);

    /** The last order of the root that was carried out, as page 0 tells the root. */
    long orderDone();

    void orderDone(long number);

    /** Wakes the root, if it is there, to look at the words. Never blocks. */
    void hint();

    /** The request that the slot's segment has the contents of; any value, 0 if it cannot be read. */
    long contentsOf(int slot);

    /** What is asked of a slot's segment next is answered by the file that has its name then. */
    void lookAnew(int slot);

    /** Whether the slot's segment has the committed result of it. */
    boolean done(int slot, long id);

    /** Whether what {@link #done} says of a slot is what its segment says, or that there is none; if not, it is to be asked again. */
    boolean tells(int slot);

    /** Whether a process that takes the slot may find a segment there. */
    boolean isSound(int slot);

    /** As {@link #lookAnew}, also if it is the same file: what was checked when it was opened may not be so any more. */
    void reopen(int slot);

    /** The result, where {@link #done}. */
    SlotResult result(int slot, long id);

    /** Whether the root's table may say something else than when {@link #rootRead} was last called. */
    boolean rootMoved();

    /** From here on the root's table is asked anew. */
    void rootRead();

    /** What the root's table says of a slot; empty if it says nothing, or cannot be read now. */
    Optional<SlotRow> row(int slot);

    /** Number of the last order for this daemon in the root's table; 0 none. */
    long orderNumber();

    /** The last order for this daemon in the root's table. */
    Optional<RootOrder> order();

    /** How the last attempt in that slot ended, in words for people. */
    String cause(int slot, SlotRow row);

    /** Monotonic, of this process only. */
    long nanoTime();

    long epochMs();

    void log(String line);
}
