package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.bench.StateReport.Cost;
import io.coppice.ops.bench.StateReport.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateTableTest {
    private static final List<String> MACHINE = List.of("a machine");
    private static final StateReport REPORT = new StateReport(
            List.of("coppice: one", "lmdb: 1.2.3"),
            List.of(
                    new Cost("1 field of 64 B", "coppice", 1000, 12.34, 15, 0.001),
                    new Cost("1 field of 64 B", "lmdb", 1, 1234, 5678, 240),
                    new Cost("1 field of 64 B", "sqlite", 1, 2468, 2_000_000, 80),
                    new Cost("10 entries", "coppice", 1, 500, Double.NaN, Double.NaN)),
            List.of(new Finding("recovery", 0.5, "ms", "at most 1"), new Finding("snapshots", 100, "%", "")));

    @Test
    void shouldNameAWorkOnceAndCompareEachProductWithTheBestOther() {
        assertEquals(
                List.of(
                        "a machine",
                        "coppice: one",
                        "lmdb: 1.2.3",
                        "",
                        "atomic update                                  product               p50          p99       B/op"
                                + "  p50 against the best other",
                        "1 field of 64 B                                coppice           12.3 ns     15.0 ns*          0"
                                + "  100.0 times faster",
                        "                                               lmdb              1.23 us     5.68 us         240"
                                + "  2.0 times faster",
                        "                                               sqlite            2.47 us     2.00 ms          80"
                                + "  2.0 times slower",
                        "10 entries                                     coppice          500.0 ns           -           -",
                        "* timed in batches, since one is shorter than the clock can tell: p99 of the batches' means",
                        "",
                        "recovery                                                                          0.500 ms"
                                + "           target at most 1",
                        "snapshots                                                                           100 %"),
                StateTable.lines(REPORT, MACHINE));
    }

    @Test
    void shouldSayNothingOfBatchesWhereThereAreNone() {
        StateReport single = new StateReport(List.of(), List.of(new Cost("w", "lmdb", 1, 1, 1, 1)), List.of());

        assertFalse(StateTable.lines(single, MACHINE).toString().contains("batches"));
    }

    @Test
    void shouldWriteOneJsonObjectWithNullForAFigureThatIsMissing() throws Exception {
        String json = StateTable.json(REPORT, MACHINE);

        assertFalse(json.contains("NaN"), json);
        assertFalse(json.contains("\n"), json);
        assertTrue(
                json.startsWith("{\"machine\":[\"a machine\"],\"products\":[\"coppice: one\",\"lmdb: 1.2.3\"],"), json);
        assertTrue(
                json.contains("{\"work\":\"1 field of 64 B\",\"product\":\"coppice\",\"batch\":1000,\"p50Ns\":12.34,"
                        + "\"p99Ns\":15.0,\"bytesPerOperation\":0.001,\"againstBestOther\":0.01}"),
                json);
        assertTrue(json.contains("\"p99Ns\":null,\"bytesPerOperation\":null,\"againstBestOther\":null"), json);
        assertTrue(
                json.endsWith(
                        "\"findings\":[{\"what\":\"recovery\",\"value\":0.5,\"unit\":\"ms\",\"target\":\"at most 1\"},"
                                + "{\"what\":\"snapshots\",\"value\":100.0,\"unit\":\"%\",\"target\":\"\"}]}"),
                json);
    }
}
