package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.core.ExitKind;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.LastExit;
import io.coppice.supervisor.core.StepProgress;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the root reads of a dead worker's progress, and what it tells the next one because of it. */
class LastLookTest {
    private static final long STATE_BYTES = 64 << 10;

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("ingest.seg");
    }

    private OwnedSegment open(long incarnation) throws Exception {
        OwnedSegment owner = SegmentFile.openOwned(file(), directory.resolve("ingest.lock"), 42, incarnation);
        owner.recover();
        return owner;
    }

    private void create() throws Exception {
        SegmentSpec spec = new SegmentSpec("shop", "ingest", SegmentSpec.KIND_DAEMON, STATE_BYTES);
        try (RandomAccessFile reserved = new RandomAccessFile(file().toFile(), "rw")) {
            reserved.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file(), spec);
        OwnerFiles.makeLock(file());
    }

    @Test
    void shouldReadHowFarAnIncarnationCame() throws Exception {
        create();
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file())) {
            assertEquals(StepProgress.UNKNOWN, SegmentWatch.progress(reader, 1), "not taken over");
            try (OwnedSegment owner = open(1)) {
                assertEquals(StepProgress.MADE, SegmentWatch.progress(reader, 1), "keeps no state");
                owner.state().commit();
                assertEquals(StepProgress.NONE, SegmentWatch.progress(reader, 1), "only its start committed");
                owner.state().commit();
                owner.stepCommitted();
                assertEquals(StepProgress.MADE, SegmentWatch.progress(reader, 1));
                assertEquals(StepProgress.UNKNOWN, SegmentWatch.progress(reader, 2), "a successor died before it");
            }
            try (OwnedSegment successor = open(2)) {
                assertEquals(2, successor.state().commitSequence());
                assertEquals(StepProgress.NONE, SegmentWatch.progress(reader, 2));
            }
        }
    }

    @Test
    void shouldNotDieOfASegmentThatIsTruncatedMeanwhile() throws Exception {
        create();
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file())) {
            try (RandomAccessFile truncated = new RandomAccessFile(file().toFile(), "rw")) {
                truncated.setLength(0);
            }
            assertThrows(SegmentDamagedException.class, () -> SegmentWatch.progress(reader, 1));
        }
    }

    @Test
    void shouldTellInTheReleaseLineWhatToFallBackTo() {
        LastExit exit = new LastExit(ExitKind.EXIT, 70, LastExit.NO_SIGNAL, "", 3, 5);
        assertEquals("go 1 none -1 - 0\n", line(1, null, null));
        assertEquals("go 4 exit 70 - 17\n", line(4, exit, null));
        assertEquals("go 4 exit 70 - 17 checkpoint\n", line(4, exit, Fallback.CHECKPOINT));
        assertEquals("go 4 exit 70 - 17 empty\n", line(4, exit, Fallback.EMPTY));
    }

    private static String line(long incarnation, @Nullable LastExit exit, @Nullable Fallback fallback) {
        return new String(Launcher.releaseLine(incarnation, exit, 17, fallback, ""), StandardCharsets.US_ASCII);
    }
}
