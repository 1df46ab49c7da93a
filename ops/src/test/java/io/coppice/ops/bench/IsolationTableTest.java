package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.plan.Isolation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IsolationTableTest {
    private static RowTimes row(String name, long... timesNs) {
        RowTimes times = new RowTimes(name, 32);
        for (long ns : timesNs) {
            times.add(ns);
        }
        return times;
    }

    private static IsolationTable table() {
        Map<Isolation, List<RowTimes>> rows = new EnumMap<>(Isolation.class);
        rows.put(
                Isolation.MAPPING,
                List.of(
                        row(IsolationTable.COLD, 120_000_000, 100_000_000, 110_000_000),
                        row(IsolationTable.COMMIT, 40, 50, 60)));
        rows.put(
                Isolation.SANDBOX,
                List.of(
                        row(IsolationTable.COLD, 121_000_000, 220_000_000, 230_000_000),
                        row(IsolationTable.COMMIT, 40, 50, 60)));
        return new IsolationTable(rows);
    }

    @Test
    void shouldSetEachWayBesideTheFirst() {
        assertEquals(
                List.of(
                        "p50 (times mapping; p90)                        n                        mapping                        sandbox",
                        "start: kill to first step, cold                 3       110.00 ms (1.00; 120.00)       220.00 ms (2.00; 230.00)",
                        "steady: a commit                                3         0.050 us (1.00; 0.060)         0.050 us (1.00; 0.060)"),
                table().lines());
    }

    @Test
    void shouldPrintOneObjectForEachRowOfEachWay() throws Exception {
        String json = table().json("17.0.1");
        assertEquals(
                "[{\"row\":\"start: kill to first step, cold\",\"isolation\":\"mapping\",\"jdk\":\"17.0.1\",\"heap_mib\":32,"
                        + "\"n\":3,\"p50_us\":110000.0,\"p90_us\":120000.0,\"p99_us\":120000.0,\"max_us\":120000.0},",
                json.substring(0, json.indexOf('}') + 2));
        assertEquals(4, json.split("\"row\"", -1).length - 1);
    }
}
