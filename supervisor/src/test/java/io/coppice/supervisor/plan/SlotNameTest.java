package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SlotNameTest {
    @Test
    void shouldTakeANameApartAsItWasMade() {
        String name = SlotName.of("web.3", 12);
        assertEquals("web.3@12", name);
        assertTrue(SlotName.isSlot(name));
        assertEquals("web.3", SlotName.daemonOf(name));
        assertEquals(12, SlotName.numberOf(name));
    }

    @Test
    void shouldTakeAnyOtherChildForItsOwnDaemon() {
        assertFalse(SlotName.isSlot("web.3"));
        assertEquals("web.3", SlotName.daemonOf("web.3"));
        assertEquals(0, SlotName.numberOf("web.3"));
    }

    @Test
    void shouldRefuseANumberThatNoSlotHas() {
        assertThrows(IllegalArgumentException.class, () -> SlotName.numberOf("web@33"));
        assertThrows(IllegalArgumentException.class, () -> SlotName.numberOf("web@"));
    }

    @Test
    void shouldKeepTheOutputOfAllSlotsOfADaemonUnderOneName() {
        assertEquals("web@transactions", SlotName.logName("web@1"));
        assertEquals("web@transactions", SlotName.logName("web@32"));
        assertEquals("web.1", SlotName.logName("web.1"));
        assertFalse(PlanBounds.isChildName("web@transactions"), "no child is called so");
    }
}
