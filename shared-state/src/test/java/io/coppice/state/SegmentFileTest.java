package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentFileTest {
    private static final SegmentSpec SPEC = TestSegments.spec(1 << 20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path segment = Path.of("unset");
    private Path lock = Path.of("unset");

    @BeforeEach
    void create() throws IOException, SegmentException {
        segment = TestSegments.create(directory.resolve("unit.seg"), SPEC);
        lock = directory.resolve("unit.lock");
    }

    private void patch(long offset, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(offset);
            file.write(bytes);
        }
    }

    private void setLength(long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.setLength(length);
        }
    }

    private static byte[] word(int value) {
        byte[] bytes = new byte[Integer.BYTES];
        NativeWords.putInt(bytes, 0, value);
        return bytes;
    }

    private void assertRefused(Class<? extends Validation> type, SegmentSpec expected, String... words)
            throws IOException {
        byte[] before = Files.exists(segment) ? Files.readAllBytes(segment) : new byte[0];
        Validation validation = assertInstanceOf(type, SegmentFile.validate(segment, expected));
        for (String word : words) {
            assertTrue(validation.message().contains(word), validation.message());
        }
        assertTrue(validation.message().contains(segment.toString()), validation.message());
        if (type != Validation.WrongOwnerName.class && expected.equals(SPEC)) {
            SegmentRefusedException refusal =
                    assertThrows(SegmentRefusedException.class, () -> SegmentFile.openOwned(segment, lock, 1, 1));
            assertInstanceOf(type, refusal.validation());
            assertThrows(SegmentRefusedException.class, () -> SegmentFile.openReadOnly(segment));
        }
        if (Files.exists(segment)) {
            assertArrayEquals(before, Files.readAllBytes(segment), "the refused file was changed");
        }
    }

    @Test
    void shouldAcceptWhatItCreated() {
        Validation.Valid valid = assertInstanceOf(Validation.Valid.class, SegmentFile.validate(segment, SPEC));
        assertEquals("unit", valid.header().name());
        assertEquals("test", valid.header().instance());
        assertEquals(0, valid.header().checkpoints());
        assertEquals(1 << 20, valid.header().lengthBytes());
    }

    @Test
    void shouldRefuseAMissingFile() throws IOException {
        Files.delete(segment);
        assertRefused(Validation.Missing.class, SPEC, "missing");
    }

    @Test
    void shouldRefuseADirectory() throws IOException {
        Files.delete(segment);
        Files.createDirectory(segment);
        assertInstanceOf(Validation.Unreadable.class, SegmentFile.validate(segment, SPEC));
    }

    @Test
    void shouldRefuseAWrongMagic() throws IOException {
        patch(0, new byte[] {'E', 'L', 'F'});
        assertRefused(Validation.WrongMagic.class, SPEC, "454c46", "636f707069636531");
    }

    @Test
    void shouldRefuseAnotherLayoutVersion() throws IOException {
        patch(HeaderLayout.LAYOUT_VERSION_OFFSET, word(2));
        assertRefused(Validation.WrongVersion.class, SPEC, "layout version 2, expected 4", "release");
    }

    @Test
    void shouldRefuseAWrongLength() throws IOException {
        setLength((1 << 20) - 4096);
        String toDo = "The file was truncated, or is not all of a copy. Move it away while the root is down";
        assertRefused(Validation.WrongLength.class, SPEC, "1044480 bytes", "1048576 bytes", toDo);
        setLength(2 << 20);
        assertRefused(Validation.WrongLength.class, SPEC, "2097152 bytes", toDo);
        setLength(100);
        assertRefused(Validation.WrongLength.class, SPEC, "100 bytes", "1048576 bytes", toDo);
    }

    @Test
    void shouldRefuseAnotherLengthThanDeclared() throws IOException {
        assertRefused(
                Validation.WrongLength.class,
                TestSegments.spec(2 << 20),
                "1048576 bytes",
                "2097152 bytes",
                "made with another size");
    }

    @Test
    void shouldRefuseADamagedHeader() throws IOException {
        for (int offset = HeaderLayout.KIND_OFFSET; offset < HeaderLayout.CHECKSUM_OFFSET + 8; offset += 3) {
            byte[] page = new byte[1];
            try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "r")) {
                file.seek(offset);
                file.readFully(page);
            }
            patch(offset, new byte[] {(byte) (page[0] ^ 0x10)});
            assertRefused(Validation.DamagedHeader.class, SPEC, "checksum");
            assertRefused(Validation.DamagedHeader.class, SPEC, "Move the file away while the root is down");
            patch(offset, page);
        }
        assertInstanceOf(Validation.Valid.class, SegmentFile.validate(segment, SPEC));
    }

    @Test
    void shouldRefuseOffsetsThatDoNotFitEvenWithAValidChecksum() throws IOException {
        byte[] page = java.util.Arrays.copyOf(Files.readAllBytes(segment), HeaderLayout.CHECKSUM_OFFSET + 8);
        NativeWords.put(page, HeaderLayout.ARENA_LENGTH_OFFSET, 1L << 40);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(page, 0, HeaderLayout.CHECKSUM_OFFSET);
        NativeWords.put(page, HeaderLayout.CHECKSUM_OFFSET, crc.getValue());
        patch(0, page);
        assertRefused(Validation.DamagedHeader.class, SPEC, "1099511627776");
    }

    @Test
    void shouldRefuseTheSegmentOfAnotherDaemon() throws IOException {
        assertRefused(
                Validation.WrongOwnerName.class,
                new SegmentSpec("test", "other", SegmentSpec.KIND_DAEMON, 1 << 20),
                "test/unit",
                "test/other");
        SegmentRefusedException refusal = assertThrows(
                SegmentRefusedException.class, () -> SegmentFile.openOwned(segment, lock, 1, 1, "elsewhere", "unit"));
        assertInstanceOf(Validation.WrongOwnerName.class, refusal.validation());
    }

    @Test
    void shouldRefuseTheSegmentOfARoot() throws IOException {
        assertRefused(
                Validation.WrongKind.class,
                new SegmentSpec("test", "unit", SegmentSpec.KIND_ROOT, 1 << 20),
                "kind 1, expected 2");
        assertThrows(SegmentRefusedException.class, () -> SegmentFile.openOwnedUnderRootLock(segment, 1, 1));
    }

    @Test
    void shouldNotCreateOverASegmentOrAFileOfAnotherLength() throws IOException, SegmentException {
        byte[] before = Files.readAllBytes(segment);
        SegmentException refusal = assertThrows(SegmentException.class, () -> SegmentFile.create(segment, SPEC));
        assertTrue(String.valueOf(refusal.getMessage()).contains("already is one"));
        assertArrayEquals(before, Files.readAllBytes(segment));
        setLength(1 << 19);
        assertThrows(SegmentException.class, () -> SegmentFile.create(segment, SPEC));
        Files.delete(segment);
        assertThrows(SegmentException.class, () -> SegmentFile.create(segment, SPEC));
    }

    @Test
    void shouldCreateAgainAfterACreationThatWasInterrupted() throws IOException, SegmentException {
        patch(0, new byte[8]);
        patch(1 << 19, new byte[] {1, 2, 3});
        SegmentFile.create(segment, SPEC);
        assertInstanceOf(Validation.Valid.class, SegmentFile.validate(segment, SPEC));
        assertEquals(0, Files.readAllBytes(segment)[1 << 19]);
    }

    @Test
    void shouldRefuseASecondOwnerInTheSameProcessAndKeepTheFirst() throws IOException, SegmentException {
        try (OwnedSegment first = SegmentFile.openOwned(segment, lock, 1, 1)) {
            SegmentLockedException refusal =
                    assertThrows(SegmentLockedException.class, () -> SegmentFile.openOwned(segment, lock, 1, 2));
            assertEquals(ProcessHandle.current().pid(), refusal.pid());
            first.recover();
            first.state().commit();
            assertEquals(1, first.incarnation());
        }
        try (OwnedSegment second = SegmentFile.openOwned(segment, lock, 1, 2)) {
            assertEquals(1, second.recover().commitSequence());
        }
    }

    @Test
    void shouldGiveTheLockBackWhenTheSegmentIsRefused() throws IOException, SegmentException {
        assertThrows(SegmentRefusedException.class, () -> SegmentFile.openOwned(segment, lock, 1, 1, "a", "b"));
        SegmentFile.openOwned(segment, lock, 1, 1).close();
    }

    @Test
    void shouldNotTakeAPredecessorsThreadOrAnswersForItsOwn() throws IOException, SegmentException {
        try (OwnedSegment first = SegmentFile.openOwned(segment, lock, 1234, 7)) {
            first.loopThread(1235);
            first.answers(2);
        }
        try (OwnedSegment second = SegmentFile.openOwned(segment, lock, 1236, 8);
                ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
            assertEquals(8, second.incarnation());
            assertEquals(0, reader.loopThread());
            assertEquals(0, reader.answers());
        }
    }

    @Test
    void shouldTellReadersWhatItsOwnerSays() throws IOException, SegmentException {
        try (OwnedSegment owner = SegmentFile.openOwned(segment, lock, 1234, 7);
                ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
            assertEquals(1234, reader.ownerPid());
            assertEquals(7, reader.incarnation());
            assertEquals(Phase.RECOVERING.code(), reader.phase());
            assertEquals(Heartbeat.NOT_BUSY, reader.busyAtCount());
            owner.recover();
            owner.phase(Phase.READY);
            assertEquals(Phase.READY.code(), reader.phase());
            owner.heartbeat().beat();
            owner.heartbeat().busy(2500);
            assertEquals(1, reader.heartbeatCountAcquire());
            assertEquals(1, reader.busyAtCount());
            assertEquals(2500, reader.busyAtMostMs());
            owner.loopThread(1235);
            owner.answers(2);
            assertEquals(1235, reader.loopThread());
            assertEquals(2, reader.answers());
            assertEquals(Optional.empty(), reader.lastWords());
            owner.lastWords("java.lang.IllegalStateException: \u001b[2Jü\n\tat X");
            assertEquals(Optional.of("java.lang.IllegalStateException: \ufffd[2Jü\n\tat X"), reader.lastWords());
            owner.lastWords("ü".repeat(600));
            assertEquals(Optional.of("ü".repeat(512)), reader.lastWords());
            owner.state().commit();
            assertEquals(1, reader.commitSequenceAcquire());
            assertEquals(1, owner.timeline());
        }
        try (OwnedSegment successor = SegmentFile.openOwned(segment, lock, 1235, 8);
                ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
            assertEquals(Optional.empty(), reader.lastWords());
            assertEquals(Heartbeat.NOT_BUSY, reader.busyAtCount());
            assertEquals(8, reader.incarnation());
            assertEquals(1, successor.heartbeat().count());
            assertThrows(IllegalStateException.class, successor::state);
        }
    }

    @Test
    void shouldThrowAfterCloseInsteadOfTouchingUnmappedMemory() throws IOException, SegmentException {
        OwnedSegment owner = SegmentFile.openOwned(segment, lock, 1, 1);
        owner.recover();
        ReadOnlySegment reader = SegmentFile.openReadOnly(segment);
        State state = owner.state();
        owner.close();
        owner.close();
        reader.close();
        assertThrows(IndexOutOfBoundsException.class, state::commit);
        assertThrows(IndexOutOfBoundsException.class, reader::commitSequenceAcquire);
    }

    @Test
    void shouldHaveNoWayToWriteThroughAReadOnlyMapping() throws IOException {
        try (MappedMemory memory = MappedMemory.map(segment, false)) {
            assertThrows(UnsupportedOperationException.class, () -> memory.putLong(0, 1));
            assertThrows(UnsupportedOperationException.class, () -> memory.putLongRelease(0, 1));
            assertThrows(UnsupportedOperationException.class, () -> memory.putInt(0, 1));
            assertThrows(UnsupportedOperationException.class, () -> memory.putByte(0, (byte) 1));
            assertThrows(UnsupportedOperationException.class, () -> memory.putBytes(0, new byte[1], 0, 1));
        }
    }

    @Test
    void shouldCheckEveryBoundOfAMapping() throws IOException {
        try (MappedMemory memory = MappedMemory.map(segment, true)) {
            long end = 1 << 20;
            for (long offset : new long[] {-8, -1, 1, end, end - 4, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> memory.getLong(offset));
                assertThrows(IndexOutOfBoundsException.class, () -> memory.putLong(offset, 1));
                assertThrows(IndexOutOfBoundsException.class, () -> memory.getLongAcquire(offset));
                assertThrows(IndexOutOfBoundsException.class, () -> memory.putLongRelease(offset, 1));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> memory.getInt(end));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.putInt(2, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.getByte(end));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.getBytes(end - 3, new byte[8], 0, 4));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.putBytes(end - 3, new byte[8], 0, 4));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.putBytes(0, new byte[8], 6, 4));
            memory.putLong(end - 8, 5);
            assertEquals(5, memory.getLong(end - 8));
        }
    }

    @Test
    void shouldAnswerDamagedWhenTheFileIsTruncatedUnderTheReader() throws IOException, SegmentException {
        RecordLayout.Builder builder = RecordLayout.named("r");
        LongField value = builder.int64("value");
        RecordLayout layout = builder.build();
        try (OwnedSegment owner = SegmentFile.openOwned(segment, lock, 1, 1)) {
            owner.recover();
            owner.state().published("p", layout).set(value, 1);
            owner.state().commit();
        }
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
            PublishedView view = reader.published("p", layout);
            for (int i = 0; i < 20_000; i++) {
                assertTrue(view.refresh());
                assertEquals(1, reader.commitSequenceAcquire());
            }
            setLength(SPEC.lengthBytes() / 2);
            for (int i = 0; i < 2000; i++) {
                assertTrue(view.refresh());
                assertEquals(1, reader.commitSequenceAcquire());
            }
            setLength(0);
            for (int i = 0; i < 30_000; i++) {
                assertThrows(SegmentDamagedException.class, reader::commitSequenceAcquire);
                assertThrows(SegmentDamagedException.class, reader::phase);
                assertEquals(false, view.refresh());
                if (i % 100 == 0) {
                    assertThrows(SegmentDamagedException.class, reader::lastWords);
                    assertInstanceOf(SnapshotResult.Damaged.class, reader.snapshot());
                }
            }
            assertEquals(1, view.get(value));
        }
    }
}
