package io.coppice.supervisor.simulation;

import org.jspecify.annotations.Nullable;

/** When each child served, in truth and not as its root believed: its process was ready, and neither dead nor hung. */
final class Services {
    /**
     * A time without service.
     *
     * @param endNs its end, or that of the faults if it did not end before
     * @param over it did
     */
    record Outage(int child, long startNs, long endNs, boolean over) {
        long lengthNs() {
            return endNs - startNs;
        }
    }

    private final Agenda agenda;
    private final int[] serving;
    private final boolean[] wanted;
    private final boolean[] served;
    private final long[] sinceNs;
    private final long[] downNs;
    private final long[] wantedNs;
    private final @Nullable Outage[] longest;
    private boolean closed;

    Services(Agenda agenda, int children) {
        this.agenda = agenda;
        serving = new int[children];
        wanted = new boolean[children];
        served = new boolean[children];
        sinceNs = new long[children];
        downNs = new long[children];
        wantedNs = new long[children];
        longest = new Outage[children];
        for (int i = 0; i < children; i++) {
            wanted[i] = true;
            sinceNs[i] = agenda.nowNs();
        }
    }

    /** One process more, or less, serves. */
    void changed(int child, int by) {
        account(child);
        serving[child] += by;
        if (serving[child] > 0 && !served[child]) {
            // Until it serves for the first time it starts, which is no outage.
            served[child] = true;
            downNs[child] = 0;
            wantedNs[child] = 0;
            longest[child] = null;
        }
    }

    void wanted(int child, boolean up) {
        if (wanted[child] != up) {
            account(child);
            wanted[child] = up;
        }
    }

    /** The faults are over: what comes is not counted. */
    void close() {
        for (int i = 0; i < serving.length; i++) {
            account(i, false);
        }
        closed = true;
    }

    private void account(int child) {
        account(child, true);
    }

    private void account(int child, boolean over) {
        long nowNs = agenda.nowNs();
        boolean down = wanted[child] && serving[child] == 0;
        if (!closed && wanted[child]) {
            long lengthNs = nowNs - sinceNs[child];
            wantedNs[child] += lengthNs;
            Outage worst = longest[child];
            if (down) {
                downNs[child] += lengthNs;
                if (lengthNs > 0 && (worst == null || lengthNs > worst.lengthNs())) {
                    longest[child] = new Outage(child, sinceNs[child], nowNs, over);
                }
            }
        }
        sinceNs[child] = nowNs;
    }

    boolean isServing(int child) {
        return serving[child] > 0;
    }

    boolean allServed() {
        for (boolean one : served) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    long downNs(int child) {
        return downNs[child];
    }

    /** How long it was wanted up, since it first served. */
    long wantedNs(int child) {
        return wantedNs[child];
    }

    @Nullable
    Outage longest(int child) {
        return longest[child];
    }
}
