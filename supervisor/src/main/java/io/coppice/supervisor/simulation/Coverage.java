package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.Event;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often each phase of a child met each event about it; and, over all runs, what else is worth counting. */
final class Coverage {
    private final Map<String, EnumMap<ChildPhase, Long>> cells = new LinkedHashMap<>();
    private long unansweredKills;

    /** The operators were told of a process that does not end by SIGKILL. */
    void toldOfUnansweredKill() {
        unansweredKills++;
    }

    long unansweredKills() {
        return unansweredKills;
    }

    void met(ChildPhase phase, Event event) {
        counts(event.getClass().getSimpleName()).merge(phase, 1L, Long::sum);
    }

    private EnumMap<ChildPhase, Long> counts(String event) {
        return cells.computeIfAbsent(event, ignored -> new EnumMap<>(ChildPhase.class));
    }

    /** Cells met at least once, of events about one child. */
    int reached() {
        return cells.values().stream().mapToInt(Map::size).sum();
    }

    String unreached() {
        StringBuilder text = new StringBuilder();
        cells.forEach((event, counts) -> {
            for (ChildPhase phase : ChildPhase.values()) {
                if (!counts.containsKey(phase)) {
                    text.append(' ').append(phase).append('×').append(event);
                }
            }
        });
        return text.toString();
    }

    /** Adds what another run met. */
    void add(Coverage other) {
        unansweredKills += other.unansweredKills;
        other.cells.forEach((event, counts) ->
                counts.forEach((phase, count) -> counts(event).merge(phase, count, Long::sum)));
    }

    int possible() {
        return EventParts.EVENTS_OF_A_CHILD * ChildPhase.values().length;
    }
}
