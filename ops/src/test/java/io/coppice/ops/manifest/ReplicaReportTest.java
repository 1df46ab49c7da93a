package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaReportTest {
    @Test
    void shouldPutWhatDiffersBetweenBraces() {
        assertEquals("command sleep 60", ReplicaReport.merged(List.of("command sleep 60", "command sleep 60")));
        assertEquals(
                "readiness by tcp 127.0.0.1:{8081,8082} every 10s",
                ReplicaReport.merged(List.of(
                        "readiness by tcp 127.0.0.1:8081 every 10s", "readiness by tcp 127.0.0.1:8082 every 10s")));
        assertEquals("'sleep {9,10}'", ReplicaReport.merged(List.of("'sleep 9'", "'sleep 10'")), "numbers are whole");
        assertEquals("data-{a,b}.db", ReplicaReport.merged(List.of("data-a.db", "data-b.db")));
        assertEquals("{,a}", ReplicaReport.merged(List.of("", "a")));
    }

    @Test
    void shouldShowTheFirstAndTheLastOfMany() {
        assertEquals("p{1,2,3,4}", ReplicaReport.merged(List.of("p1", "p2", "p3", "p4")));
        assertEquals("p{1,2,…,5}", ReplicaReport.merged(List.of("p1", "p2", "p3", "p4", "p5")));
    }

    @Test
    void shouldLetTheFirstStandForThoseOfOtherForms() {
        assertEquals("one word", ReplicaReport.merged(List.of("one word", "and three words")));
    }
}
