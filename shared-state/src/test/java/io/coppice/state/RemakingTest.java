package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a process has made of its slot's segment, the next one in the slot has one. */
class RemakingTest {
    private static final SegmentSize SIZE = new SegmentSize(SegmentSpec.MIN_LENGTH_BYTES, 0);
    private static final SegmentSpec SPEC =
            new SegmentSpec("shop", "thumbs@1", SegmentSpec.KIND_DAEMON, SIZE.stateBytes());

    @TempDir
    Path directory = Path.of("");

    private Path segment = Path.of("");
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void make() throws IOException, SegmentException {
        segment = directory.resolve("thumbs@1.seg");
        Files.write(segment, new byte[(int) SPEC.lengthBytes()]);
        SegmentFile.create(segment, SPEC);
        OwnerFiles.makeLock(segment);
    }

    private OwnedSegment open(SegmentSize size) throws SegmentException {
        return SegmentFile.openSlot(
                segment,
                OwnerFiles.lock(segment),
                OwnerFiles.directory(segment),
                ProcessHandle.current().pid(),
                2,
                "shop",
                "thumbs@1",
                size,
                told::add);
    }

    private void patch(long offset, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(offset);
            file.write(bytes);
        }
    }

    private void assertMadeAnew() throws IOException, SegmentException {
        try (OwnedSegment owned = open(SIZE)) {
            owned.recover();
            assertEquals(0, owned.requestId());
        }
        assertEquals(1, told.size(), told.toString());
        assertTrue(
                told.get(0).endsWith("It is made anew: what an earlier attempt had kept there is lost."), told.get(0));
        assertEquals(SPEC.lengthBytes(), Files.size(segment));
        assertTrue(SegmentFile.validate(segment, SPEC) instanceof Validation.Valid);
    }

    @Test
    void shouldLeaveASegmentAsItIs() throws IOException, SegmentException {
        try (OwnedSegment owned = open(SIZE)) {
            owned.recover();
            owned.beginRequest(77);
        }
        try (OwnedSegment owned = open(SIZE)) {
            owned.recover();
            assertEquals(77, owned.requestId());
        }
        assertEquals(List.of(), told);
    }

    @Test
    void shouldMakeItAnewWhateverIsInThere() throws IOException, SegmentException {
        byte[] nonsense = new byte[(int) SPEC.lengthBytes()];
        new Random(7).nextBytes(nonsense);
        patch(0, nonsense);
        assertMadeAnew();
    }

    @Test
    void shouldMakeItAnewWhateverItsLength() throws IOException, SegmentException {
        for (long length : new long[] {0, 4096, SPEC.lengthBytes() - 1, SPEC.lengthBytes() + 1}) {
            told.clear();
            try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
                file.setLength(length);
            }
            assertMadeAnew();
        }
    }

    @Test
    void shouldMakeItAnewWhoeverItSaysItIs() throws IOException, SegmentException {
        SegmentSpec other = new SegmentSpec("shop", "another", SegmentSpec.KIND_DAEMON, SIZE.stateBytes());
        Files.write(segment, new byte[(int) other.lengthBytes()]);
        SegmentFile.create(segment, other);
        assertMadeAnew();
    }

    @Test
    void shouldOpenWhatWasClosedToItsOwner() throws IOException, SegmentException {
        for (Path file : List.of(segment, OwnerFiles.lock(segment))) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        }
        open(SIZE).close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(segment)));
        assertEquals(List.of(), told);
    }

    @Test
    void shouldNotTouchWhatAnotherOwns() throws IOException, SegmentException {
        try (OwnedSegment owned = open(SIZE)) {
            owned.recover();
            patch(0, new byte[8]);
            assertThrows(SegmentLockedException.class, () -> open(SIZE));
        }
    }

    @Test
    void shouldRefuseWhereItsSizeIsNotKnown() throws IOException {
        patch(0, new byte[8]);
        assertThrows(SegmentRefusedException.class, () -> open(null));
    }

    @Test
    void shouldFailWhereSomethingElseIsInItsPlace() throws IOException, SegmentException {
        Files.delete(segment);
        Files.createDirectory(segment);
        SegmentException failed = assertThrows(SegmentException.class, () -> open(SIZE));
        assertTrue(failed.getMessage().contains("found no regular file, expected one"), failed.getMessage());
        Files.delete(segment);
        make();
        open(SIZE).close(); // The lock was given back.
    }
}
