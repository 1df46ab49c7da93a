package io.coppice.supervisor.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * The table of requests in a daemon's segment, as of its last commit, and the words that its slots are told by, which are published
 * after that.
 */
final class SimulatedRequests {
    static final int NO_SLOT = -1;

    /**
     * A request that is not over.
     *
     * @param slot index of the child that works on it, {@link #NO_SLOT} as long as it waits
     */
    record Entry(long id, int slot, boolean discard) {
        long word() {
            return discard ? -id : id;
        }
    }

    private List<Entry> entries = new ArrayList<>();
    private final long[] words;

    /** @param children how many there are in all */
    SimulatedRequests(int children) {
        words = new long[children];
    }

    List<Entry> entries() {
        return entries;
    }

    void commit(List<Entry> changed) {
        entries = changed;
    }

    /** What the daemon's segment asks the slot for. */
    long word(int slot) {
        return words[slot];
    }

    /** Makes the words what the table says. */
    void publish() {
        java.util.Arrays.fill(words, 0);
        for (Entry entry : entries) {
            if (entry.slot() != NO_SLOT) {
                words[entry.slot()] = entry.word();
            }
        }
    }

    boolean has(long id) {
        for (Entry entry : entries) {
            if (entry.id() == id) {
                return true;
            }
        }
        return false;
    }
}
