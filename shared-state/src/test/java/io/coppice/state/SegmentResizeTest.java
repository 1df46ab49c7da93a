package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of segments whose next owner wants another size. */
class SegmentResizeTest {
    private static final SegmentSize LARGER = new SegmentSize(256 << 10, 1, 9, 500);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void create() throws IOException, SegmentException {
        file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(128 << 10));
        try (OwnedSegment owner = open(1, new SegmentSize(128 << 10, 0, 3, 44))) {
            owner.recover();
            owner.requests(3, 44).add(RequestId.of(1, 1), "t", new byte[40], 0);
            owner.state().commit();
            owner.request(1, 77);
        }
    }

    private OwnedSegment open(long incarnation, SegmentSize size) throws SegmentException {
        return SegmentFile.openOwned(
                file,
                directory.resolve("unit.lock"),
                OwnerFiles.directory(file),
                1,
                incarnation,
                "test",
                "unit",
                Fence.LOCK,
                size,
                told::add);
    }

    /** What whoever makes segments does before the owner starts. */
    private void reserve(SegmentSize size) throws IOException {
        try (RandomAccessFile sized = new RandomAccessFile(NextFile.of(file).toFile(), "rw")) {
            sized.setLength(SegmentSpec.lengthFor(size.stateBytes(), size.checkpoints()));
        }
    }

    private boolean settle() throws SegmentException {
        return NextFile.settle(file, "test", "unit");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(found -> String.valueOf(found.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldGoOnInTheNewOneAndLeaveItsNameToOthers() throws IOException, SegmentException {
        reserve(LARGER);
        try (RandomAccessFile left = new RandomAccessFile(NextFile.of(file).toFile(), "rw")) {
            left.seek(100_000);
            left.write("left by an owner that was killed".getBytes(StandardCharsets.US_ASCII));
        }
        byte[] old;
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file);
                OwnedSegment owner = open(2, LARGER)) {
            assertEquals(
                    List.of(
                            "its segment had 131072 bytes of state, and is to have 262144 bytes of state and 1 checkpoint:"
                                    + " carried over"),
                    told);
            assertEquals(List.of("unit.lock", "unit.own", "unit.seg", "unit.seg.new"), files());
            old = Files.readAllBytes(file);
            assertEquals(2, reader.incarnation(), "the old one was taken over for that");
            assertTrue(owner.isLocked());
            assertThrows(SegmentLockedException.class, () -> open(3, LARGER));
            owner.recover();
            assertEquals(0, owner.requests(9, 500).find(RequestId.of(1, 1)));
            owner.empty(true);
            owner.state().commit();
            assertArrayEquals(old, Files.readAllBytes(file), "nobody changes the old one any more");
            assertEquals(
                    LARGER.spec(owner.header()).lengthBytes(),
                    Files.size(SegmentFile.abandoned(file).get(0).file()),
                    "set aside is what it holds, not what the old one held");
            assertTrue(settle());
            assertEquals(List.of("unit.lock", "unit.own", "unit.seg"), files());
            try (ReadOnlySegment named = SegmentFile.openReadOnly(file)) {
                assertEquals(2, named.incarnation(), "whoever looks knows by whom it is there");
                assertEquals(77, named.request(1));
            }
        }
        told.clear();
        try (OwnedSegment owner = open(4, LARGER)) {
            assertEquals(List.of(), told);
            assertEquals(1, owner.header().checkpoints());
        }
    }

    /** The owner died once the new one was complete, and nobody has given it the name. */
    @Test
    void shouldBeTakenOverWhicheverNameItHas() throws IOException, SegmentException {
        reserve(LARGER);
        open(2, LARGER).close();
        try (OwnedSegment owner = open(3, LARGER)) {
            assertEquals(1, told.size(), "it is of that size already: " + told);
            owner.recover();
            owner.state().commit();
        }
        assertTrue(settle());
        assertFalse(settle());
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            assertEquals(3, reader.incarnation());
            assertEquals(256 << 10, reader.header().stateBytes());
        }
    }

    /** Whoever writes there what he likes is not given another's name, nor any length. */
    @Test
    void shouldNotBeWhatIsNoSegmentOfThatName() throws IOException, SegmentException {
        reserve(LARGER);
        assertFalse(settle());
        Path other = TestSegments.create(
                directory.resolve("other.seg"), new SegmentSpec("test", "other", SegmentSpec.KIND_DAEMON, 64 << 10));
        Files.copy(other, NextFile.of(file), StandardCopyOption.REPLACE_EXISTING);
        assertFalse(settle());
        Files.delete(NextFile.of(file));
        Files.createSymbolicLink(NextFile.of(file), file);
        assertFalse(settle());
        try (OwnedSegment owner = open(2, LARGER)) {
            assertEquals(128 << 10, owner.header().stateBytes());
        }
    }

    @Test
    void shouldGoOnInTheOldOneIfNoneWasReservedOrOneOfAnotherLength() throws IOException, SegmentException {
        try (OwnedSegment owner = open(2, LARGER)) {
            assertEquals(128 << 10, owner.header().stateBytes());
            assertTrue(told.get(0).contains("was not reserved"), told.get(0));
        }
        reserve(new SegmentSize(512 << 10, 0));
        told.clear();
        try (OwnedSegment owner = open(3, LARGER)) {
            assertEquals(128 << 10, owner.header().stateBytes());
            assertTrue(told.get(0).contains("reserves it anew"), told.get(0));
        }
    }

    @Test
    void shouldBeRemovedOnlyWhileNobodyHasTheLockAndItIsNotTheSegment() throws IOException, SegmentException {
        assertTrue(NextFile.removeUnowned(file, "test", "unit"), "there is none");
        reserve(new SegmentSize(512 << 10, 0));
        try (OwnedSegment owner = open(2, LARGER)) {
            assertEquals(128 << 10, owner.header().stateBytes());
            assertFalse(NextFile.removeUnowned(file, "test", "unit"));
        }
        assertTrue(NextFile.removeUnowned(file, "test", "unit"));
        reserve(LARGER);
        open(3, LARGER).close();
        assertFalse(NextFile.removeUnowned(file, "test", "unit"));
        assertTrue(settle());
    }

    /** Room for as many requests, each larger, in the same whole pages. */
    @Test
    void shouldGiveTheTableAnotherSizeInASegmentOfTheSame() throws IOException, SegmentException {
        reserve(new SegmentSize(128 << 10, 0, 3, 48));
        try (OwnedSegment owner = open(2, new SegmentSize(128 << 10, 0, 3, 48))) {
            assertEquals(1, told.size());
            owner.recover();
            assertEquals(48, owner.requests(3, 48).maxInputBytes());
        }
    }

    @Test
    void shouldGoOnInTheOldOneAndSayWhyIfItDoesNotFit() throws IOException, SegmentException {
        SegmentSize small = new SegmentSize(64 << 10, 0, 1, 39);
        reserve(small);
        try (OwnedSegment owner = open(2, small)) {
            assertEquals(
                    List.of(
                            "its segment has 131072 bytes of state, and is to have 65536 bytes of state, and stays as it is"
                                    + " for now: "
                                    + SegmentFile.obstacle(file, small).orElseThrow()),
                    told);
            owner.recover();
            Requests requests = owner.requests(3, 44);
            requests.free(requests.find(RequestId.of(1, 1)));
            owner.state().commit();
        }
        assertEquals(Optional.empty(), SegmentFile.obstacle(file, small));
        try (OwnedSegment owner = open(3, small)) {
            assertEquals(64 << 10, owner.header().stateBytes());
        }
    }

    @Test
    void shouldGoOnInTheOldOneIfItIsDamaged() throws IOException, SegmentException {
        try (OwnedSegment owner = open(2, new SegmentSize(128 << 10, 0))) {
            owner.recover(Checksum.ARENA);
        }
        try (MappedMemory memory = MappedMemory.map(file, true)) {
            long at = SegmentGeometry.of(128 << 10).arenaOffset() + 512;
            memory.putLong(at, memory.getLong(at) + 1);
        }
        reserve(LARGER);
        try (OwnedSegment owner = open(3, LARGER)) {
            assertEquals(128 << 10, owner.header().stateBytes());
            assertTrue(told.get(0).contains("stays as it is for now: Its contents are damaged: "), told.get(0));
            assertThrows(SegmentDamagedException.class, () -> owner.recover(Checksum.ARENA));
        }
    }

    @Test
    void shouldGoOnInTheOldOneWhereAMigrationIsPending() throws IOException, SegmentException {
        try (OwnedSegment owner = open(2, new SegmentSize(128 << 10, 0))) {
            owner.recover();
            assertThrows(
                    StackOverflowError.class,
                    () -> owner.migrate((old, state) -> {
                        Files.delete(SegmentFile.abandoned(file).get(0).file());
                        throw new StackOverflowError("nothing to go back to: as if it had been killed");
                    }));
        }
        reserve(LARGER);
        try (OwnedSegment owner = open(3, LARGER)) {
            assertEquals(128 << 10, owner.header().stateBytes());
            assertTrue(told.get(0).endsWith("Its last owner died in a migration, which comes first."), told.get(0));
        }
    }
}
