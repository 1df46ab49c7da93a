package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({"0B, 0B", "1B, 1B", "1024B, 1KiB", "1536KiB, 1536KiB", "1024MiB, 1GiB", "2G, 2GiB"})
    void shouldWriteSizesInTheLargestUnitThatFits(String text, String written) {
        Long bytes = Quantity.sizeBytes(text);
        assertEquals(written, Quantity.size(bytes));
        assertEquals(bytes, Quantity.sizeBytes(written));
    }

    @ParameterizedTest
    @CsvSource({"0ms, 0s", "1500ms, 1500ms", "60s, 1m", "90s, 90s", "120m, 2h"})
    void shouldWriteDurationsInTheLargestUnitThatFits(String text, String written) {
        Long ms = Quantity.durationMs(text);
        assertEquals(written, Quantity.duration(ms));
        assertEquals(ms, Quantity.durationMs(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "MiB",
                "5mib",
                "5 MiB",
                "-5MiB",
                "5.0MiB",
                "5MiBs",
                "1e3B",
                "٥MiB",
                "9999999999999B",
                "9999999999GiB"
            })
    void shouldTakeNothingElseForASize(String text) {
        assertNull(Quantity.sizeBytes(text));
    }

    @Test
    void shouldSuggestOnlyWhatIsNear() {
        List<String> keys = List.of("restart", "max_restarts", "state", "args");
        assertEquals("restart", Suggestion.near("restrat", keys));
        assertEquals("max_restarts", Suggestion.near("max-restarts", keys));
        assertEquals("max_restarts", Suggestion.near("maxrestarts", keys));
        assertEquals("args", Suggestion.near("arg", keys));
        assertEquals("state", Suggestion.near("STATE", keys));
        assertNull(Suggestion.near("xyz", keys));
        assertNull(Suggestion.near("", keys));
        assertNull(Suggestion.near("stop", List.of("args")));
    }
}
