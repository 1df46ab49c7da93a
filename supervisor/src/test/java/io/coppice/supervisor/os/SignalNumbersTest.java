package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jnr.constants.platform.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalNumbersTest {
    @ParameterizedTest
    @CsvSource({
        "TERM, 15",
        "SIGTERM, 15",
        "sigterm, 15",
        "15, 15",
        "KILL, 9",
        "9, 9",
        "HUP, 1",
        "SYS, 31",
        "IOT, 6",
        "CLD, 17",
        "POLL, 29",
        "RTMIN, 34",
        "SIGRTMIN+3, 37",
        "RTMIN+30, 64",
        "RTMAX, 64",
        "64, 64"
    })
    void shouldFindANumberByEveryUsualSpelling(String name, int number) {
        assertEquals(number, SignalNumbers.of(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIG", "0", "65", "-9", "SIG9", "015x", "TREM", "RTMIN+31", "RTMIN+", "999999999999"})
    void shouldRefuseWhatIsNoSignalAndListWhatIs(String name) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> SignalNumbers.of(name));
        assertTrue(e.getMessage().contains("'" + name + "'"), e::getMessage);
        assertTrue(e.getMessage().contains("HUP INT QUIT"), e::getMessage);
    }

    @Test
    void shouldAgreeWithTheSystemOnEveryName() {
        assertEquals(31, SignalNumbers.names().size());
        for (String name : SignalNumbers.names()) {
            assertEquals(Signal.valueOf("SIG" + name).intValue(), SignalNumbers.of(name), name);
        }
    }

    @Test
    void shouldNameEveryNumberSoThatItIsFoundAgain() {
        for (int number = 1; number <= 64; number++) {
            assertEquals(number, SignalNumbers.of(SignalNumbers.name(number)));
        }
        assertEquals("KILL", SignalNumbers.name(9));
        assertEquals("RTMIN+3", SignalNumbers.name(37));
    }
}
