package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whoever is fenced by the loop word goes on beside a predecessor that is dying, and never beside one that lives. Method:
 * another process holds the lock; this one writes the kernel's mark in its place.
 */
class FenceTest {
    private static final int MARK = 0x4000_0000;
    private static final long OWN_PID = ProcessHandle.current().pid();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Process owner;

    private Path segment = Path.of("unset");
    private Path lock = Path.of("unset");

    @BeforeEach
    void ownByAnotherProcess() throws IOException, SegmentException {
        segment = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        lock = directory.resolve("unit.lock");
        owner = startOwner("owner.log", 1);
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
            while (reader.phase() != Phase.READY.code()) {
                assertTrue(owner.isAlive(), "the owner ended");
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @AfterEach
    void endOwner() throws InterruptedException {
        owner.destroyForcibly().waitFor();
    }

    private Process startOwner(String output, long incarnation) throws IOException {
        return ChildJvm.start(
                directory.resolve(output),
                FenceChild.class,
                segment.toString(),
                lock.toString(),
                Long.toString(incarnation));
    }

    private void patch(long offset, int value) throws IOException {
        byte[] bytes = new byte[Integer.BYTES];
        NativeWords.putInt(bytes, 0, value);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(offset);
            file.write(bytes);
        }
    }

    private OwnedSegment open(Fence fence) throws SegmentException {
        return SegmentFile.openOwned(segment, lock, OWN_PID, 2, "test", "unit", fence);
    }

    private void assertRefusedByItsOwner(Fence fence) {
        SegmentLockedException refusal = assertThrows(SegmentLockedException.class, () -> open(fence));
        assertEquals(owner.pid(), refusal.pid());
    }

    @Test
    void shouldRefuseWithoutAMark() throws IOException {
        assertRefusedByItsOwner(Fence.WORD);
        assertRefusedByItsOwner(Fence.LOCK);
        patch(HeaderLayout.LOOP_LOCK_OFFSET, LoopWord.WAITERS | (int) owner.pid());
        assertRefusedByItsOwner(Fence.WORD);
        patch(HeaderLayout.LOOP_LOCK_OFFSET, LoopWord.WAITERS | MARK);
        assertRefusedByItsOwner(Fence.LOCK);
    }

    @Test
    void shouldGoOnAfterAMarkAndTakeTheLockWhenItIsFree() throws Exception {
        patch(HeaderLayout.LOOP_LOCK_OFFSET, LoopWord.WAITERS | MARK);
        patch(HeaderLayout.LOOP_LOCK_OFFSET + 40, -1);
        try (OwnedSegment successor = open(Fence.WORD);
                ReadOnlySegment reader = SegmentFile.openReadOnly(segment)) {
            successor.recover();
            successor.state().commit();
            assertEquals(0, reader.loopWord());
            assertEquals(2, reader.incarnation());
            assertFalse(successor.tryTakeLock());
            assertTrue(Files.readString(lock).startsWith(owner.pid() + " 1"), "the lock's file names who has it");
            assertThrows(SegmentLockedException.class, () -> open(Fence.WORD));
            endOwner();
            while (!successor.tryTakeLock()) {
                LockSupport.parkNanos(1_000_000);
            }
            assertTrue(successor.tryTakeLock());
            // Not read here, as closing it would give the lock back: the refusal of a third process says what it holds.
            Process third = startOwner("third.log", 3);
            assertTrue(third.waitFor() != 0);
            String said = Files.readString(directory.resolve("third.log"));
            assertTrue(said.contains("is owned by process " + OWN_PID), said);
        }
        try (OwnedSegment next = open(Fence.LOCK)) {
            assertEquals(1, next.recover().commitSequence());
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenItIsClosedBeforeItHasTheLock() throws Exception {
        for (int i = 0; i < 3; i++) {
            patch(HeaderLayout.LOOP_LOCK_OFFSET, MARK);
            OwnedSegment successor = open(Fence.WORD);
            assertFalse(successor.tryTakeLock());
            successor.close();
        }
        assertRefusedByItsOwner(Fence.WORD);
        endOwner();
        open(Fence.WORD).close();
    }

    @Test
    void shouldRefuseASegmentWhoseOwnerLivesWithoutTheLock() throws Exception {
        patch(HeaderLayout.LOOP_LOCK_OFFSET, LoopWord.WAITERS | (int) owner.pid());
        Path another = Files.createFile(directory.resolve("another.lock"));
        for (Fence fence : Fence.values()) {
            SegmentLockedException refusal = assertThrows(
                    SegmentLockedException.class,
                    () -> SegmentFile.openOwned(segment, another, OWN_PID, 2, "test", "unit", fence));
            assertEquals(owner.pid(), refusal.pid());
            assertTrue(String.valueOf(refusal.getMessage()).contains("loop lock"), refusal.getMessage());
        }
        endOwner();
        open(Fence.LOCK).close();
    }

    /** After a failure of the machine, numbers of processes come again. */
    @Test
    void shouldNotTakeAProcessForTheOwnerThatHasItsNumberOnly() throws Exception {
        endOwner();
        Process other = new ProcessBuilder("cat").start();
        patch(HeaderLayout.OWNER_PID_OFFSET, (int) other.pid());
        patch(HeaderLayout.LOOP_LOCK_OFFSET, LoopWord.WAITERS | (int) other.pid());
        open(Fence.LOCK).close();
        other.destroyForcibly().waitFor();
    }
}
