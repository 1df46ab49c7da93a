package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SuggestionsTest {
    private static final List<String> NAMES = List.of("ingest", "rates", "web");

    @Test
    void shouldSuggestANearMissButNotAnotherWord() {
        assertEquals(Optional.of("ingest"), Suggestions.nearest("ingset", NAMES));
        assertEquals(Optional.of("status"), Suggestions.nearest("statsu", List.of("state", "status")));
        assertEquals(Optional.of("rates"), Suggestions.nearest("rate", NAMES));
        assertEquals(Optional.empty(), Suggestions.nearest("database", NAMES));
        assertEquals(Optional.empty(), Suggestions.nearest("x", NAMES));
    }
}
