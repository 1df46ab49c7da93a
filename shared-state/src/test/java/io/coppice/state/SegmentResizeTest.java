package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
                file, directory.resolve("unit.lock"), 1, incarnation, "test", "unit", Fence.LOCK, size, told::add);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(found -> String.valueOf(found.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldPutTheNewOneInTheOldOnesPlace() throws IOException, SegmentException {
        Files.writeString(directory.resolve("unit.own/.1.unfinished"), "left by an owner that was killed");
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file);
                OwnedSegment owner = open(2, LARGER)) {
            assertEquals(
                    List.of(
                            "its segment had 131072 bytes of state, and is to have 262144 bytes of state and 1 checkpoint:"
                                    + " carried over"),
                    told);
            assertEquals(LARGER.spec(owner.header()).lengthBytes(), Files.size(file));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals(List.of("unit.lock", "unit.own", "unit.seg"), files());
            try (ReadOnlySegment named = SegmentFile.openReadOnly(file)) {
                assertEquals(2, named.incarnation(), "whoever looks knows by whom it is there");
                assertEquals(77, named.request(1));
            }
            assertEquals(2, reader.incarnation(), "the old one was taken over for that");
            assertTrue(owner.isLocked());
            assertThrows(SegmentLockedException.class, () -> open(3, LARGER));
            owner.recover();
            assertEquals(0, owner.requests(9, 500).find(RequestId.of(1, 1)));
        }
        told.clear();
        try (OwnedSegment owner = open(4, LARGER)) {
            assertEquals(List.of(), told);
            assertEquals(1, owner.header().checkpoints());
        }
    }

    /** Room for as many requests, each larger, in the same whole pages. */
    @Test
    void shouldGiveTheTableAnotherSizeInASegmentOfTheSame() throws IOException, SegmentException {
        try (OwnedSegment owner = open(2, new SegmentSize(128 << 10, 0, 3, 48))) {
            assertEquals(1, told.size());
            owner.recover();
            assertEquals(48, owner.requests(3, 48).maxInputBytes());
        }
    }

    @Test
    void shouldGoOnInTheOldOneAndSayWhyIfItDoesNotFit() throws IOException, SegmentException {
        SegmentSize small = new SegmentSize(64 << 10, 0, 1, 39);
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
        assertEquals(List.of("unit.lock", "unit.own", "unit.seg"), files());
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
        try (OwnedSegment owner = open(3, LARGER)) {
            assertEquals(128 << 10, owner.header().stateBytes());
            assertTrue(told.get(0).endsWith("Its last owner died in a migration, which comes first."), told.get(0));
        }
    }
}
