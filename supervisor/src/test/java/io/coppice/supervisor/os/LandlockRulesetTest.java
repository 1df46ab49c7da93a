package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.os.LandlockRuleset.Rule;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LandlockRulesetTest {
    private static final Path PLACE = Path.of("/place");

    @Test
    void shouldHaveTheKernelsBitsAndLeaveOutWhatAnAbiDoesNotKnow() {
        assertEquals(0x1fff, LandlockRight.bits(LandlockRight.ALL, 1));
        assertEquals(0x3fff, LandlockRight.bits(LandlockRight.ALL, 2));
        assertEquals(0x7fff, LandlockRight.bits(LandlockRight.ALL, 3));
        assertEquals(0x7fff, LandlockRight.bits(LandlockRight.ALL, 4));
        assertEquals(0xffff, LandlockRight.bits(LandlockRight.ALL, 5));
        assertEquals(1 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15, LandlockRight.bitsForFiles());
        assertEquals(3, LandlockScope.bits(LandlockScope.ALL));
    }

    @Test
    void shouldRefuseRulesThatTheKernelWouldRefuseOrMisread() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Rule.required(Path.of("place"), LandlockRight.ALL));
        assertEquals("path: expected an absolute path, not 'place'", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> Rule.required(PLACE, Set.of()));
        assertEquals("rights: expected at least one for /place", e.getMessage());
        List<Rule> rules = List.of(Rule.required(PLACE, Set.of(LandlockRight.TRUNCATE)));
        e = assertThrows(
                IllegalArgumentException.class,
                () -> new LandlockRuleset(Set.of(LandlockRight.READ_FILE), rules, Set.of()));
        assertEquals(
                "rules: /place: expected rights among [READ_FILE], not [TRUNCATE]; what is not handled is free everywhere",
                e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> new Restriction(null, false));
        assertTrue(String.valueOf(e.getMessage()).startsWith("restriction: "), e::toString);
    }

    @Test
    void shouldTellOnlyGapsOfWhatIsAskedFor() {
        LandlockRuleset writing = new LandlockRuleset(Set.of(LandlockRight.WRITE_FILE), List.of(), Set.of());
        System.setProperty(Landlock.ABI_PROPERTY, "1");
        try {
            assertEquals(
                    Landlock.abi() == 0 ? Set.of(KernelGap.LANDLOCK) : Set.of(),
                    new Restriction(writing, false).gaps());
        } finally {
            System.clearProperty(Landlock.ABI_PROPERTY);
        }
    }
}
