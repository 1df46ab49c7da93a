package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.Event;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How often each phase of a child met each event about it; and, over all runs, what else is worth counting. */
final class Coverage {
    private static final List<Class<?>> EVENTS = new ArrayList<>();
    private static final Map<Class<?>, Integer> PLACES = new HashMap<>();

    static {
        addKindsOf(Event.OfChild.class);
        EVENTS.forEach(event -> PLACES.put(event, PLACES.size()));
    }

    /** By phase, then by the event's place. */
    private final Map<ChildPhase, long[]> cells = new EnumMap<>(ChildPhase.class);

    private long unansweredKills;

    Coverage() {
        for (ChildPhase phase : ChildPhase.values()) {
            cells.put(phase, new long[EVENTS.size()]);
        }
    }

    private static void addKindsOf(Class<?> family) {
        for (Class<?> kind : family.getPermittedSubclasses()) {
            if (kind.isSealed()) {
                addKindsOf(kind);
            } else {
                EVENTS.add(kind);
            }
        }
    }

    /** The operators were told of a process that does not end by SIGKILL. */
    void toldOfUnansweredKill() {
        unansweredKills++;
    }

    long unansweredKills() {
        return unansweredKills;
    }

    void met(ChildPhase phase, Event event) {
        counts(phase)[Objects.requireNonNull(PLACES.get(event.getClass()))]++;
    }

    private long[] counts(ChildPhase phase) {
        return Objects.requireNonNull(cells.get(phase));
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

    /** Those that are possible and were not met. */
    String unreached() {
        StringBuilder text = new StringBuilder();
        for (int event = 0; event < EVENTS.size(); event++) {
            for (ChildPhase phase : ChildPhase.values()) {
                if (counts(phase)[event] == 0 && Cells.isPossible(phase, EVENTS.get(event))) {
                    text.append(' ')
                            .append(phase)
                            .append('×')
                            .append(EVENTS.get(event).getSimpleName());
                }
            }
        }
        return text.toString();
    }

    /** Adds what another run met. */
    void add(Coverage other) {
        unansweredKills += other.unansweredKills;
        for (ChildPhase phase : ChildPhase.values()) {
            for (int event = 0; event < EVENTS.size(); event++) {
                counts(phase)[event] += other.counts(phase)[event];
            }
        }
    }

    /** How many {@link Cells} are possible. */
    int possible() {
        int possible = 0;
        for (Class<?> event : EVENTS) {
            for (ChildPhase phase : ChildPhase.values()) {
                possible += Cells.isPossible(phase, event) ? 1 : 0;
            }
        }
        return possible;
    }
}
