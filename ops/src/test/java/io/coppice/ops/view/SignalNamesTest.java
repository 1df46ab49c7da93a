package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SignalNamesTest {
    @Test
    void shouldKnowSignalsByNameWithOrWithoutPrefixAndByNumber() {
        assertEquals(OptionalInt.of(9), SignalNames.number("KILL"));
        assertEquals(OptionalInt.of(15), SignalNames.number("sigterm"));
        assertEquals(OptionalInt.of(15), SignalNames.number("15"));
        assertEquals(OptionalInt.of(31), SignalNames.number("SYS"));
        assertTrue(SignalNames.number("KIL").isEmpty());
        assertTrue(SignalNames.number("0").isEmpty());
        assertTrue(SignalNames.number("").isEmpty());
    }

    @Test
    void shouldNameWhatHasANameAndNumberTheRest() {
        assertEquals("HUP", SignalNames.name(1));
        assertEquals("SEGV", SignalNames.name(11));
        assertEquals("32", SignalNames.name(32));
        assertEquals("RTMIN", SignalNames.name(34));
        assertEquals("RTMIN+30", SignalNames.name(64));
        assertEquals("-1", SignalNames.name(-1));
    }
}
