package io.coppice.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NextTest {
    @Test
    void shouldKnowItsDelay() {
        assertEquals(1_500_000, Next.after(Duration.ofNanos(1_500_000)).delayNs());
        assertEquals(0, Next.AGAIN.delayNs());
        assertEquals(0, Next.DONE.delayNs());
    }

    @Test
    void shouldTakeNoPauseForAgain() {
        assertSame(Next.AGAIN, Next.after(Duration.ZERO));
    }

    @Test
    void shouldRefuseToGoBackInTime() {
        assertThrows(IllegalArgumentException.class, () -> Next.after(Duration.ofNanos(-1)));
    }

    @Test
    void shouldTakeAnyLongDelay() {
        assertEquals(
                Long.MAX_VALUE, Next.after(Duration.ofSeconds(Long.MAX_VALUE)).delayNs());
    }
}
