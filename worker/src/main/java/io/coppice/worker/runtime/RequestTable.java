package io.coppice.worker.runtime;

/**
 * The requests in a daemon's segment, under its commit: what was changed and not committed is undone with all else. An entry is a
 * number from 0 to {@link #entries} - 1. Loop thread only. But for {@link #add} and the texts nothing allocates.
 */
interface RequestTable {
    int entries();

    /** Whether there is a request in it. */
    boolean used(int entry);

    long id(int entry);

    Standing standing(int entry);

    /** From 1; 0 none. */
    int slot(int entry);

    /** How many attempts failed before it was last quarantined; 0 if it never was. */
    int attempts(int entry);

    String task(int entry);

    byte[] input(int entry);

    String cause(int entry);

    long submittedAtEpochMs(int entry);

    /** The highest sequence that an id of this table ever had. */
    long lastSequence();

    /**
     * A new one, queued.
     *
     * @throws io.coppice.state.CapacityExceededException if there is no free entry; nothing has changed
     */
    int add(long id, String task, byte[] input, long atEpochMs);

    void free(int entry);

    /** Gives it back to the queue, whatever it was. */
    void queue(int entry);

    /** Gives it back to the queue as a new one: under another id, and without any attempt. */
    void queueAfresh(int entry, long id);

    /** Gives it to a slot. */
    void assign(int entry, int slot);

    /** Nobody wants the result of it any more; it has a slot. */
    void discard(int entry);

    void quarantine(int entry, int attempts, String cause);
}
