package io.coppice.supervisor.simulation;

import java.util.PriorityQueue;

/** Simulated time: what happens next, ties in the order in which they were put down. */
final class Agenda {
    private record Entry(long atNs, long sequence, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return atNs == other.atNs ? Long.compare(sequence, other.sequence) : Long.compare(atNs, other.atNs);
        }
    }

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long nowNs = 1_000_000_000L;
    private long sequence;

    long nowNs() {
        return nowNs;
    }

    void in(long delayNs, Runnable action) {
        entries.add(new Entry(nowNs + delayNs, sequence++, action));
    }

    /** False when nothing is left before {@code endNs}; time is then {@code endNs}. */
    boolean runNext(long endNs) {
        Entry next = entries.peek();
        if (next == null || next.atNs() > endNs) {
            nowNs = Math.max(nowNs, endNs);
            return false;
        }
        entries.remove();
        nowNs = next.atNs();
        next.action().run();
        return true;
    }
}
