package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.root.Incidents.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IncidentsTest {
    private final List<String> told = new ArrayList<>();
    private final Incidents incidents = new Incidents((type, child, by, text) -> told.add(child + " " + text));

    private void flood(Kind kind, int count, long nowNs) {
        for (int i = 0; i < count; i++) {
            incidents.tell(kind, nowNs, "again");
        }
    }

    @Test
    void shouldTellOnlySoManyOfOneKindInAWhileAndHowManyMoreThereWere() {
        flood(Kind.CLIENT_REPLACED, Incidents.MOST_IN_WINDOW + 5, 0);
        assertEquals(Incidents.MOST_IN_WINDOW, told.size());

        flood(Kind.CLIENT_REPLACED, 2, Incidents.WINDOW_NS);
        assertEquals(
                List.of("-1 (5 more like this were not told) again", "-1 again"),
                told.subList(Incidents.MOST_IN_WINDOW, told.size()));
    }

    @Test
    void shouldCountEachKindByItself() {
        flood(Kind.CLIENT_REPLACED, 100, 0);
        told.clear();

        incidents.tell(Kind.FILE_LOST, 3, 0, "gone");

        assertEquals(List.of("3 gone"), told);
    }
}
