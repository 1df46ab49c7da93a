package io.coppice.ops.prober;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.ops.prober.ProbeCount.Standing;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many looks in a row decide. */
class ProbeCountTest {
    private static Probe probe(int successes, int failures) {
        return new Probe(new ProbeCheck.Tcp("127.0.0.1", 80), 0, 1_000, 1_000, successes, failures);
    }

    /** Thresholds of successes and failures, looks (+ and -), and what holds after each: ?, W(ell) or U(nwell). */
    @ParameterizedTest
    @CsvSource({
        "1, 1, +-+-, WUWU",
        "1, 3, --+--+---+, ??WWWWWWUW",
        "1, 3, ---+, ??UW",
        "2, 1, +-+++-, ?UUWWU",
        "2, 2, +-+-+-++--, ???????WWU",
        "3, 2, ++-+++--++-+++, ?????WWUUUUUUW",
    })
    void shouldTakeAsManyInARow(int successes, int failures, String looks, String expected) {
        Probe probe = probe(successes, failures);
        ProbeCount count = ProbeCount.begin(Standing.UNKNOWN);
        StringBuilder standings = new StringBuilder();
        for (char look : looks.toCharArray()) {
            count = count.after(look == '+', probe);
            standings.append(
                    switch (count.standing()) {
                        case UNKNOWN -> '?';
                        case WELL -> 'W';
                        case UNWELL -> 'U';
                    });
        }
        assertEquals(expected, standings.toString());
    }

    @ParameterizedTest
    @CsvSource({"WELL, --, WELL", "WELL, ---, UNWELL", "UNWELL, ++, UNWELL", "UNWELL, +++, WELL", "WELL, --+--, WELL"})
    void shouldBeginWhereItIsKnownToStand(Standing known, String looks, Standing expected) {
        ProbeCount count = ProbeCount.begin(known);
        for (char look : looks.toCharArray()) {
            count = count.after(look == '+', probe(3, 3));
        }
        assertEquals(expected, count.standing());
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldCountWithoutEnd(boolean success) {
        ProbeCount count = new ProbeCount(Standing.UNKNOWN, Probe.MAX_THRESHOLD, Probe.MAX_THRESHOLD);
        ProbeCount next = count.after(success, probe(1, 1));
        assertEquals(success ? Probe.MAX_THRESHOLD : 0, next.successes());
        assertEquals(success ? 0 : Probe.MAX_THRESHOLD, next.failures());
    }
}
