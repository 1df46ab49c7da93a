package io.coppice.ops.torture;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The faults that were found. Any thread. */
final class Findings {
    private static final int MOST_TEXTS = 200;

    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final List<String> texts = new ArrayList<>();

    synchronized void add(Fault fault, String text) {
        counts.merge(fault, 1, Integer::sum);
        if (texts.size() < MOST_TEXTS) {
            texts.add(fault.name().toLowerCase(java.util.Locale.ROOT) + ": " + text);
        }
    }

    synchronized int count(Fault fault) {
        return counts.getOrDefault(fault, 0);
    }

    synchronized boolean none() {
        return counts.isEmpty();
    }

    /** The first ones, in the order of their finding. */
    synchronized List<String> texts() {
        return List.copyOf(texts);
    }
}
