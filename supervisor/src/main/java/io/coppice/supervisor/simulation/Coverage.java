package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.Event;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often each phase of a child met each event about it; and, over all runs, what else is worth counting. */
final class Coverage {
    private final Map<String, long[]> cells = new LinkedHashMap<>();
    private long unansweredKills;

    /** The operators were told of a process that does not end by SIGKILL. */
    void toldOfUnansweredKill() {
        unansweredKills++;
    }

    long unansweredKills() {
        return unansweredKills;
    }

    void met(ChildPhase phase, Event event) {
        long[] counts = cells.computeIfAbsent(
                event.getClass().getSimpleName(), ignored -> new long[ChildPhase.values().length]);
        counts[phase.ordinal()]++;
    }

    /** Cells met at least once, of events about one child. */
    int reached() {
        int reached = 0;
        for (long[] counts : cells.values()) {
            for (long count : counts) {
                reached += count > 0 ? 1 : 0;
            }
        }
        return reached;
    }

    String unreached() {
        StringBuilder text = new StringBuilder();
        cells.forEach((event, counts) -> {
            for (ChildPhase phase : ChildPhase.values()) {
                if (counts[phase.ordinal()] == 0) {
                    text.append(' ').append(phase).append('×').append(event);
                }
            }
        });
        return text.toString();
    }

    /** Adds what another run met. */
    void add(Coverage other) {
        unansweredKills += other.unansweredKills;
        other.cells.forEach((event, counts) -> {
            long[] sums = cells.computeIfAbsent(event, ignored -> new long[ChildPhase.values().length]);
            for (int i = 0; i < counts.length; i++) {
                sums[i] += counts[i];
            }
        });
    }

    int possible() {
        return EventParts.EVENTS_OF_A_CHILD * ChildPhase.values().length;
    }
}
