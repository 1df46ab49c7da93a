package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopWordTest {
    private static final int MARK = 0x4000_0000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void shouldReadTheBitsAsTheKernelWritesThem() {
        int held = 4711;
        int announced = held | LoopWord.WAITERS;
        assertFalse(LoopWord.isHeld(0));
        assertTrue(LoopWord.isHeld(held));
        assertTrue(LoopWord.isHeld(announced));
        assertFalse(LoopWord.isHeld(announced | MARK));
        assertFalse(LoopWord.isHeld(LoopWord.WAITERS));
        assertTrue(LoopWord.isMarked(MARK));
        assertTrue(LoopWord.isMarked(MARK | LoopWord.WAITERS));
        assertFalse(LoopWord.isMarked(announced));
        assertFalse(LoopWord.isAnnounced(held));
        assertTrue(LoopWord.isAnnounced(announced));
        assertEquals(4711, LoopWord.tid(announced | MARK));
        assertEquals(0x3fff_ffff, LoopWord.tid(-1));
    }

    @Test
    void shouldBeReadFromTheFileAsFromAMapping() throws IOException, SegmentException {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1);
                ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            assertEquals(0, reader.loopWord());
            assertTrue(owner.announceLoopWord(0), "what it was");
            assertEquals(LoopWord.WAITERS, reader.loopWord());
            assertEquals(LoopWord.WAITERS, owner.loopWord());
            assertEquals(LoopWord.WAITERS, LoopWord.read(file));
            assertFalse(owner.announceLoopWord(0), "it is not 0 any more");
            assertEquals(0, owner.loopLockAddress() % 128);
            assertNotEquals(owner.loopLockAddress(), reader.loopWordAddress());
        }
        ReadOnlySegment closed = SegmentFile.openReadOnly(file);
        closed.close();
        assertThrows(IndexOutOfBoundsException.class, closed::loopWordAddress);
    }

    @Test
    void shouldBeZeroWhereThereIsNoSuchFileOrNotOfThatLength() throws IOException, SegmentException {
        assertEquals(0, LoopWord.read(directory.resolve("missing")));
        Path tooShort = Files.write(directory.resolve("short"), new byte[] {1, 2, 3});
        assertEquals(0, LoopWord.read(tooShort));
        assertThrows(SegmentException.class, () -> LoopWord.read(directory));
    }

    @Test
    void shouldBeDamagedWhenTheFileIsTruncatedUnderTheReader() throws IOException, SegmentException {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(0);
            }
            assertThrows(SegmentDamagedException.class, reader::loopWord);
        }
    }

    /** Every prefix of a take-over: the next owner still knows what it needs, and readers never see the old word as the new owner's. */
    @Test
    void shouldBeErasedLastOfTheLoopLockAndBeforeTheNewIncarnationShows() {
        RecordingMemory memory = TestSegments.formatted(64 << 10);
        TestSegments.own(memory, 1).recover();
        for (int at = 0; at < HeaderLayout.LOOP_LOCK_LENGTH; at += Long.BYTES) {
            memory.putLong(HeaderLayout.LOOP_LOCK_OFFSET + at, MARK);
        }
        byte[] disk = memory.copy();
        memory.startRecording();
        TestSegments.own(memory, 2);
        boolean taken = false;
        for (int step = 0; step < memory.recorded(); step++) {
            memory.replay(step, disk);
            RecordingMemory found = new RecordingMemory(disk.clone());
            boolean marked = LoopWord.isMarked(found.getInt(HeaderLayout.LOOP_LOCK_OFFSET));
            boolean erased = isErased(found);
            taken = found.getLong(HeaderLayout.INCARNATION_OFFSET) == 2;
            assertTrue(marked || erased, "step " + step);
            assertTrue(erased || !taken, "step " + step);
            TestSegments.own(found, 3);
            assertTrue(isErased(found), "step " + step);
        }
        assertTrue(taken);
    }

    private static boolean isErased(RecordingMemory memory) {
        for (int at = 0; at < HeaderLayout.LOOP_LOCK_LENGTH; at += Long.BYTES) {
            if (memory.getLong(HeaderLayout.LOOP_LOCK_OFFSET + at) != 0) {
                return false;
            }
        }
        return true;
    }
}
