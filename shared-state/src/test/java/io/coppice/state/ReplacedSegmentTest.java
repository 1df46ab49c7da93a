package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A segment that was moved away, as its refusal tells an operator to, and made anew: its timelines begin at 1 again, beside
 * what the one before it set aside under the same numbers.
 */
class ReplacedSegmentTest {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("r");
    private static final LongField VALUE = BUILDER.int64("value");
    private static final RecordLayout LAYOUT = BUILDER.build();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    @SuppressWarnings("NullAway.Init")
    private OwnedSegment owner;

    @BeforeEach
    void create() throws IOException, SegmentException {
        SegmentSpec spec = new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, 128 << 10, 2);
        file = TestSegments.create(directory.resolve("unit.seg"), spec);
        owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1);
        owner.recover();
    }

    @AfterEach
    void close() throws IOException {
        owner.close();
    }

    private void replace() throws IOException, SegmentException {
        owner.close();
        Files.delete(file);
        long created = System.currentTimeMillis();
        while (System.currentTimeMillis() == created) {
            Thread.onSpinWait(); // Two segments of one name are not made in one millisecond.
        }
        create();
    }

    private void commit(long value) {
        owner.state().published("r", LAYOUT).set(VALUE, value);
        owner.state().commit();
    }

    private long value() {
        return owner.state().published("r", LAYOUT).get(VALUE);
    }

    private List<String> abandoned() throws SegmentException {
        return SegmentFile.abandoned(file).stream().map(Abandoned::id).toList();
    }

    @Test
    void shouldKeepWhatItBringsBackFromAnEarlierSegmentOfTheSameTimeline() throws IOException, SegmentException {
        commit(1);
        commit(2);
        owner.empty(true);
        replace();
        commit(77);
        owner.restore(SegmentFile.abandoned(file).get(0));
        assertEquals(2, value());
        assertEquals(List.of("T1-C1", "T1-C2"), abandoned(), "newest first, those of the earlier segment last");
    }

    @Test
    void shouldTakeTheNewestForThoseOfTheNewestSegment() throws IOException, SegmentException {
        for (long round = 1; round <= 3; round++) {
            commit(round);
            owner.empty(true);
        }
        replace();
        for (long round = 1; round <= 2; round++) {
            commit(round);
            owner.empty(true);
        }
        assertEquals(List.of("T2-C1", "T1-C1", "T3-C1"), abandoned());
    }

    @Test
    void shouldNotOverwriteWhatItIsToBringBack() throws IOException, SegmentException {
        commit(1);
        owner.empty(true);
        replace();
        commit(77);
        Abandoned earlier = SegmentFile.abandoned(file).get(0);
        SegmentException refusal = assertThrows(SegmentException.class, () -> owner.restore(earlier));
        assertTrue(
                String.valueOf(refusal.getMessage())
                        .contains("T1-C1 is there already, of an earlier segment of that name, and is what shall be"
                                + " brought back"),
                refusal.getMessage());
        assertEquals(77, value());
        commit(78);
        owner.restore(earlier);
        assertEquals(1, value());
        assertEquals(List.of("T1-C2", "T1-C1"), abandoned());
    }
}
