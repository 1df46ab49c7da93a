package io.coppice.supervisor.root;

import io.coppice.supervisor.core.Command;

/**
 * What befalls the root itself, and no decision follows from: each is told as an event. Of one kind only so many are told
 * in a while, and how many more there were with the next, so that nobody who can bring one about again and again drives
 * what else happened out of the event log.
 *
 * <p>Duty-cycle thread only.
 */
final class Incidents {
    /** Told of one kind within {@link #WINDOW_NS}. */
    static final int MOST_IN_WINDOW = 8;

    static final long WINDOW_NS = 60_000_000_000L;

    /** Each is counted by itself. */
    enum Kind {
        NO_DESCRIPTOR,
        CLIENT_REPLACED,
        CLIENT_TIMED_OUT,
        FILE_LOST,
        GROUP_REMAINS
    }

    /** Who stores them. */
    interface Log {
        void note(int child, String text);
    }

    private final Log log;
    private final long[] sinceNs = new long[Kind.values().length];
    private final int[] told = new int[Kind.values().length];
    private final long[] withheld = new long[Kind.values().length];

    Incidents(Log log) {
        this.log = log;
    }

    /** Of the root itself. */
    void tell(Kind kind, long nowNs, String text) {
        tell(kind, Command.RecordEvent.ROOT, nowNs, text);
    }

    /** @param child an index, or {@link Command.RecordEvent#ROOT} */
    void tell(Kind kind, int child, long nowNs, String text) {
        int i = kind.ordinal();
        if (told[i] == 0 || nowNs - sinceNs[i] >= WINDOW_NS) {
            sinceNs[i] = nowNs;
            told[i] = 0;
        }
        if (told[i] == MOST_IN_WINDOW) {
            withheld[i]++;
            return;
        }
        told[i]++;
        log.note(child, withheld[i] == 0 ? text : "(" + withheld[i] + " more like this were not told) " + text);
        withheld[i] = 0;
    }
}
