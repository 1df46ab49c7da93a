package io.coppice.ops.prober;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a probe's text may be for the root. */
class RootLineTest {
    @Test
    void shouldLeaveOrdinaryTextAlone() {
        assertEquals("readiness: tcp: ü 😀", RootLine.fitting("readiness: tcp: ü 😀"));
    }

    @Test
    void shouldMakeOneLineOfIt() {
        assertEquals("a b c d e ", RootLine.fitting("a\nb\tc\u0085d\0e\u001b"));
        assertEquals("a b", RootLine.fitting("a\ud800b"));
    }

    @Test
    void shouldCutBetweenCharacters() {
        assertEquals("ü".repeat(80), RootLine.fitting("ü".repeat(100)));
        assertEquals(159, RootLine.fitting("x" + "😀".repeat(50)).getBytes(StandardCharsets.UTF_8).length + 2);
    }
}
