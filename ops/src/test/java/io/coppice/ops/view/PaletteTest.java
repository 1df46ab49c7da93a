package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaletteTest {
    @ParameterizedTest
    @CsvSource({
        "AUTO, true, '', xterm, true",
        "AUTO, false, '', xterm, false",
        "AUTO, true, 1, xterm, false",
        "AUTO, true, '', dumb, false",
        "ALWAYS, false, 1, dumb, true",
        "NEVER, true, '', xterm, false",
    })
    void shouldColourByOptionThenEnvironmentThenTerminal(
            ColorMode mode, boolean terminal, String noColor, String term, boolean colored) {
        assertEquals(
                colored,
                Palette.choose(mode, terminal, Map.of("NO_COLOR", noColor, "TERM", term))
                        .colored());
    }
}
