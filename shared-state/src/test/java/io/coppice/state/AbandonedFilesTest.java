package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of abandoned contents make room. */
class AbandonedFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** A first start that is to empty everything. */
    @Test
    void shouldFindNothingWhereThereIsNoDirectory() throws Exception {
        Path file = directory.resolve("none").resolve("unit.seg");
        assertEquals(List.of(), SegmentFile.abandoned(file));
        SegmentFile.removeAbandoned(file);
    }

    /** The owner died once it had set them aside, and before the step back was decided: they are of the present timeline. */
    @Test
    void shouldNotRemoveTheContentsThatAreBroughtBackAlthoughTheyAreOfTheSameTimeline() throws Exception {
        SegmentSpec spec = new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, 64 << 10);
        Path file = TestSegments.create(directory.resolve("unit.seg"), spec);
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover();
            Record record = owner.state().record("counters", RecordPlayer.COUNTERS);
            record.set(RecordPlayer.TOTAL, 1);
            owner.state().commit();
            Abandoned kept = new AbandonedFiles(file).keep(1, 1, 0);
            record.set(RecordPlayer.TOTAL, 2);
            owner.state().commit();
            owner.restore(kept);
            assertEquals(
                    List.of("T1-C2", "T1-C1"),
                    SegmentFile.abandoned(file).stream().map(Abandoned::id).toList());
        }
    }
}
