package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
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

    /** Who reads there may have rights that the owner has not. */
    @Test
    void shouldFollowNoLinkAndTakeNothingButFiles() throws Exception {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(64 << 10));
        Path own = OwnerFiles.directory(file);
        Path elsewhere = TestSegments.create(directory.resolve("elsewhere.seg"), TestSegments.spec(64 << 10));
        Path link = Files.createSymbolicLink(own.resolve("T1-C1.seg"), elsewhere);
        Files.createDirectories(own.resolve("T1-C2.seg").resolve("deep"));
        assertEquals(List.of(), SegmentFile.abandoned(file));
        assertThrows(SegmentException.class, () -> SegmentFile.openReadOnly(link));
        SegmentFile.removeAbandoned(file);
        assertTrue(Files.exists(elsewhere));
        assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.exists(own.resolve("T1-C2.seg")), "what is no file is not what a step back has made");
    }

    @Test
    void shouldMoveWhatAnEarlierReleaseHasSetAside() throws Exception {
        Files.writeString(directory.resolve("unit.abandoned-T3-C12.seg"), "one");
        Files.writeString(directory.resolve("web.1@2.abandoned-T1-C0.seg"), "two");
        Files.writeString(directory.resolve("unit.abandoned-T03-C12.seg"), "no name of ours");
        Files.createDirectories(directory.resolve("other.own")).resolve("T1-C1.seg");
        Files.writeString(directory.resolve("other.own/T1-C1.seg"), "of this release");
        Files.writeString(directory.resolve("other.abandoned-T1-C1.seg"), "of an earlier one");
        SegmentException failed =
                assertThrows(SegmentException.class, () -> SegmentFile.moveEarlierAbandoned(directory));
        assertTrue(String.valueOf(failed.getMessage()).contains("other.abandoned-T1-C1.seg"), failed.getMessage());
        assertEquals("one", Files.readString(directory.resolve("unit.own/T3-C12.seg")));
        assertEquals("two", Files.readString(directory.resolve("web.1@2.own/T1-C0.seg")));
        assertEquals("of this release", Files.readString(directory.resolve("other.own/T1-C1.seg")));
        assertTrue(Files.exists(directory.resolve("unit.abandoned-T03-C12.seg")));
        Files.delete(directory.resolve("other.abandoned-T1-C1.seg"));
        SegmentFile.moveEarlierAbandoned(directory);
    }
}
