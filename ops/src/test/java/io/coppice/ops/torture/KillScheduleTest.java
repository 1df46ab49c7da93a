package io.coppice.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KillScheduleTest {
    private static final List<String> DAEMONS = List.of("a", "b", "c", "d");

    private static List<KillSchedule.Strike> first(long seed, int count) {
        KillSchedule schedule = new KillSchedule(seed, DAEMONS);
        return Stream.generate(schedule::next).limit(count).toList();
    }

    @Test
    void shouldRepeatWithTheSeedAndDifferWithAnother() {
        assertEquals(first(5, 100), first(5, 100));
        assertNotEquals(first(5, 100), first(6, 100));
    }

    @Test
    void shouldHitEveryDaemonOneSeveralAndAllAtOnceSoonAndLater() {
        List<KillSchedule.Strike> strikes = first(5, 200);
        assertEquals(
                Set.copyOf(DAEMONS),
                strikes.stream().flatMap(strike -> strike.daemons().stream()).collect(Collectors.toSet()));
        assertEquals(
                Set.of(1, 2, 4),
                strikes.stream().map(strike -> strike.daemons().size()).collect(Collectors.toSet()));
        assertTrue(strikes.stream().anyMatch(KillSchedule.Strike::whenReady));
        assertTrue(strikes.stream().anyMatch(strike -> !strike.whenReady()));
        assertTrue(strikes.stream()
                .allMatch(strike ->
                        Set.copyOf(strike.daemons()).size() == strike.daemons().size()));
    }
}
