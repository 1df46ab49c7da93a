package io.coppice.ops.demo.thumbnails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThumbnailKillsTest {
    @Test
    void shouldBeTheSameForTheSameSeedAndAnotherForAnother() {
        assertEquals(ThumbnailKills.of(7, 30, 100), ThumbnailKills.of(7, 30, 100));
        assertNotEquals(ThumbnailKills.of(7, 30, 100), ThumbnailKills.of(8, 30, 100));
    }

    @Test
    void shouldKillEachOfTheThreeAsOftenWhileThereIsWorkLeft() {
        for (long seed = 0; seed < 50; seed++) {
            List<ThumbnailKills.Kill> kills = ThumbnailKills.of(seed, 30, 100).kills();
            for (ThumbnailKills.Whom whom : ThumbnailKills.Whom.values()) {
                assertEquals(
                        10, kills.stream().filter(kill -> kill.whom() == whom).count(), "seed " + seed);
            }
            int last = 0;
            for (ThumbnailKills.Kill kill : kills) {
                assertTrue(kill.after() >= last && kill.after() < 85, "seed " + seed + " " + kill);
                assertTrue(
                        kill.delayNs() >= 0 && kill.delayNs() <= ThumbnailKills.LONGEST_DELAY_NS,
                        "seed " + seed + " " + kill);
                last = kill.after();
            }
        }
    }

    @Test
    void shouldPlanForAnyNumberOfFiles() {
        assertEquals(0, ThumbnailKills.of(1, 0, 100).kills().size());
        assertEquals(5, ThumbnailKills.of(1, 5, 1).kills().size());
    }
}
