package io.coppice.worker.runtime;

import java.util.ArrayList;
import java.util.List;

/** Requests of a simulated segment. */
final class HeapRequests implements RequestTable {
    private record Entry(
            long id,
            Standing standing,
            int slot,
            int attempts,
            String task,
            byte[] input,
            String cause,
            long submittedAtEpochMs) {}

    private final List<Entry> rows;
    private final Runnable action;
    private long lastSequence;

    /** @param action called before each change: the process may die there */
    HeapRequests(int entries, Runnable action) {
        this.action = action;
        this.rows = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            rows.add(null);
        }
    }

    HeapRequests copy() {
        HeapRequests copy = new HeapRequests(0, action);
        copy.rows.addAll(rows);
        copy.lastSequence = lastSequence;
        return copy;
    }

    @Override
    public int entries() {
        return rows.size();
    }

    @Override
    public boolean used(int entry) {
        return rows.get(entry) != null;
    }

    @Override
    public long id(int entry) {
        return rows.get(entry).id();
    }

    @Override
    public Standing standing(int entry) {
        return rows.get(entry).standing();
    }

    @Override
    public int slot(int entry) {
        return rows.get(entry).slot();
    }

    @Override
    public int attempts(int entry) {
        return rows.get(entry).attempts();
    }

    @Override
    public String task(int entry) {
        return rows.get(entry).task();
    }

    @Override
    public byte[] input(int entry) {
        return rows.get(entry).input();
    }

    @Override
    public String cause(int entry) {
        return rows.get(entry).cause();
    }

    @Override
    public long submittedAtEpochMs(int entry) {
        return rows.get(entry).submittedAtEpochMs();
    }

    @Override
    public long lastSequence() {
        return lastSequence;
    }

    @Override
    public int add(long id, String task, byte[] input, long atEpochMs) {
        action.run();
        int entry = rows.indexOf(null);
        if (entry < 0) {
            throw new IllegalStateException("full");
        }
        rows.set(entry, new Entry(id, Standing.QUEUED, 0, 0, task, input, "", atEpochMs));
        lastSequence = Math.max(lastSequence, id & (1L << 44) - 1);
        return entry;
    }

    @Override
    public void free(int entry) {
        action.run();
        rows.set(entry, null);
    }

    @Override
    public void queue(int entry) {
        set(entry, Standing.QUEUED, 0, rows.get(entry).attempts(), "");
    }

    @Override
    public void queueAfresh(int entry, long id) {
        action.run();
        Entry old = rows.get(entry);
        rows.set(entry, new Entry(id, Standing.QUEUED, 0, 0, old.task(), old.input(), "", old.submittedAtEpochMs()));
        lastSequence = Math.max(lastSequence, id & (1L << 44) - 1);
    }

    @Override
    public void assign(int entry, int slot) {
        set(entry, Standing.RUNNING, slot, rows.get(entry).attempts(), "");
    }

    @Override
    public void discard(int entry) {
        set(entry, Standing.DISCARDING, rows.get(entry).slot(), rows.get(entry).attempts(), "");
    }

    @Override
    public void quarantine(int entry, int attempts, String cause) {
        set(entry, Standing.QUARANTINED, 0, attempts, cause);
    }

    private void set(int entry, Standing standing, int slot, int attempts, String cause) {
        action.run();
        Entry old = rows.get(entry);
        rows.set(
                entry,
                new Entry(
                        old.id(), standing, slot, attempts, old.task(), old.input(), cause, old.submittedAtEpochMs()));
    }

    @Override
    public String toString() {
        List<String> shown = new ArrayList<>();
        for (int entry = 0; entry < entries(); entry++) {
            if (used(entry)) {
                shown.add(id(entry) + " " + standing(entry) + " " + slot(entry));
            }
        }
        return shown.toString();
    }
}
