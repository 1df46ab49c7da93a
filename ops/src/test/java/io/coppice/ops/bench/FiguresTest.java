package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final long MS = 1_000_000;

    @Test
    void shouldPrintRowsInTheOrderTheyCame() {
        List<String> lines = figures().lines();

        assertTrue(lines.get(0).startsWith("Title, on "), lines.get(0));
        assertEquals(
                List.of(
                        "starts                                                     n    3  p50     2.00 ms  p90     3.00 ms  max     3.00 ms",
                        "size                                                               0.50 MiB"),
                lines.subList(1, lines.size()));
    }

    @Test
    void shouldPrintTheSameAsJson() throws Exception {
        String json = figures().json();

        assertTrue(json.startsWith("{\"machine\":\"Title, on "), json);
        assertTrue(
                json.endsWith(",\"rows\":[{\"what\":\"starts\",\"n\":3,\"p50Ms\":2.0,\"p90Ms\":3.0,\"maxMs\":3.0},"
                        + "{\"what\":\"size\",\"value\":0.5,\"unit\":\"MiB\"}]}"),
                json);
    }

    private static Figures figures() {
        Figures figures = new Figures("Title");
        figures.times("starts", new long[] {3 * MS, MS, 2 * MS});
        figures.number("size", 0.5, "MiB");
        return figures;
    }
}
