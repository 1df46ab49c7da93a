package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArenaChecksumTest {
    private static final int STATE_BYTES = 128 << 10;
    private static final SegmentGeometry GEOMETRY = SegmentGeometry.of(STATE_BYTES, 1);

    private final RecordingMemory memory = TestSegments.formatted(STATE_BYTES, 1);
    private final HeapAside aside = new HeapAside(memory);

    private OwnedSegment open(Checksum checksum) {
        OwnedSegment segment = TestSegments.own(memory, 1, aside);
        segment.recover(checksum);
        return segment;
    }

    /** Two commits of a record, a checkpoint between them. */
    private OwnedSegment filled() {
        OwnedSegment segment = open(Checksum.ARENA);
        Record record = segment.state().record("counters", RecordPlayer.COUNTERS);
        record.set(RecordPlayer.TOTAL, 7);
        segment.state().commit();
        segment.checkpoint();
        record.set(RecordPlayer.TOTAL, 8);
        segment.state().commit();
        return segment;
    }

    private ChecksumVerdict verdict() {
        return TestSegments.read(memory).checksum();
    }

    private void flip(long offset, int bit) {
        memory.bytes()[(int) offset] ^= (byte) (1 << bit);
    }

    private long total(OwnedSegment segment) {
        return segment.state().record("counters", RecordPlayer.COUNTERS).get(RecordPlayer.TOTAL);
    }

    @Test
    void shouldGiveAnArenaOfZerosTheHashZeroAndTellEveryValueOfAWordApart() {
        assertEquals(0, ArenaHash.of(new byte[4096], 4096, 77));
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 100_000; round++) {
            long word = random.nextInt(1 << 28);
            long value = random.nextInt(3) == 0 ? 0 : random.nextLong();
            long hash = ArenaHash.change(word, 0, value);
            assertEquals(value == 0, hash == 0);
            assertNotEquals(0, ArenaHash.change(word, value, value ^ (1L << random.nextInt(64))));
            assertEquals(hash, -ArenaHash.change(word, value, 0));
        }
    }

    @Test
    void shouldCountAWordThatWasLoggedTwiceOnce() {
        OwnedSegment segment = open(Checksum.ARENA);
        RecordLayout.Builder builder = RecordLayout.named("word");
        LongField word = builder.int64("word");
        RecordTable table = segment.state().table("rows", builder.build(), 1025);
        segment.state().commit();
        // Words 8 KiB apart push each other out of what the engine remembers as logged.
        for (int round = 0; round < 3; round++) {
            table.row(0).add(word, 1);
            table.row(1024).add(word, 1);
        }
        int[] logged = new int[1];
        segment.state().forEachChange((offset, length) -> logged[0]++);
        assertEquals(6, logged[0]);
        segment.state().commit();
        assertEquals(ChecksumVerdict.RIGHT, verdict());
    }

    @Test
    void shouldBeRightWhileAStepIsUnderWayAndAfterARollback() {
        OwnedSegment segment = filled();
        Record record = segment.state().record("counters", RecordPlayer.COUNTERS);
        record.set(RecordPlayer.TOTAL, 9);
        assertEquals(ChecksumVerdict.RIGHT, verdict());
        segment.state().rollback();
        assertEquals(ChecksumVerdict.RIGHT, verdict());
        record.set(RecordPlayer.TOTAL, 10);
        segment.state().commit();
        assertEquals(ChecksumVerdict.RIGHT, verdict());
    }

    @Test
    void shouldNotCountWhatRingsAndCursorsHold() {
        OwnedSegment segment = open(Checksum.ARENA);
        State state = segment.state();
        Broadcast broadcast = state.broadcast("ticks", 512);
        Cursor cursor = state.cursor("read", "unit", "ticks");
        broadcast.offer(new byte[] {1, 2, 3}, 0, 3);
        state.commit();
        assertEquals(ChecksumVerdict.RIGHT, verdict());
        RingReader reader = TestSegments.read(memory).ring(cursor);
        for (int i = 0; i < 100; i++) {
            broadcast.offer(new byte[] {4, 5, 6, 7, 8, 9, 10, 11, 12}, 0, 9);
            if (i % 7 == 0) {
                state.rollback();
            }
            state.commit();
            reader.poll((bytes, offset, length, number) -> {}, 10);
            state.record("r" + i % 3, RecordPlayer.COUNTERS).add(RecordPlayer.TOTAL, i);
            if (i % 5 == 0) {
                state.rollback();
            }
            state.commit();
            assertEquals(ChecksumVerdict.RIGHT, verdict());
        }
        open(Checksum.ARENA);
    }

    @Test
    void shouldRefuseADamagedArenaUntilOtherContentsAreInItsPlace() throws SegmentException {
        filled();
        flip(GEOMETRY.arenaOffset() + GEOMETRY.arenaLength() - 1, 3);
        assertEquals(ChecksumVerdict.WRONG, verdict());
        OwnedSegment successor = TestSegments.own(memory, 2, aside);
        SegmentDamagedException told = assertThrows(SegmentDamagedException.class, successor::recover);
        assertTrue(String.valueOf(told.getMessage()).contains("damaged since commit 2"), told::getMessage);
        assertTrue(String.valueOf(told.getMessage()).contains("coppice restore"), told::getMessage);
        assertTrue(
                String.valueOf(told.getMessage())
                        .contains("start it empty (`resume: zero` in its manifest; coppice purge and run --fresh empty"
                                + " every daemon of the instance)"),
                told::getMessage);
        assertTrue(successor.isDamaged());
        assertThrows(SegmentDamagedException.class, successor::state);
        assertThrows(SegmentDamagedException.class, () -> successor.migrate((old, state) -> {}));
        successor.restore(successor.checkpoints().get(0));
        assertFalse(successor.isDamaged());
        assertEquals(7, total(successor));
        assertEquals(ChecksumVerdict.RIGHT, verdict());
        assertTrue(aside.has(1, 2));
        Abandoned damaged = new Abandoned(java.nio.file.Path.of("x"), 1, 2);
        SegmentException refused = assertThrows(SegmentException.class, () -> successor.restore(damaged));
        assertTrue(String.valueOf(refused.getMessage()).contains("damaged"), refused::getMessage);
        assertEquals(7, total(successor));
    }

    @Test
    void shouldStartEmptyInPlaceOfADamagedArenaOrUndoLog() throws SegmentException {
        OwnedSegment segment = filled();
        segment.state().record("counters", RecordPlayer.COUNTERS).set(RecordPlayer.TOTAL, 9);
        memory.putLong(GEOMETRY.undoOffset() + UndoLayout.PACKED_OFFSET, -1);
        OwnedSegment successor = TestSegments.own(memory, 2, aside);
        assertThrows(SegmentDamagedException.class, () -> successor.recover(Checksum.NONE));
        successor.empty(true);
        assertEquals(0, successor.state().structures().size());
        assertTrue(aside.has(1, 2));
        assertEquals(Checksum.NONE, successor.checksum());
        open(Checksum.ARENA);
        assertEquals(ChecksumVerdict.RIGHT, verdict());
    }

    @Test
    void shouldStayDamagedIfTheContentsCannotBeKeptAside() {
        filled();
        flip(GEOMETRY.arenaOffset() + 100, 3);
        OwnedSegment successor = TestSegments.own(memory, 2, aside);
        assertThrows(SegmentDamagedException.class, successor::recover);
        aside.full(true);
        assertThrows(SegmentException.class, () -> successor.empty(true));
        assertTrue(successor.isDamaged());
        assertThrows(SegmentDamagedException.class, successor::state);
    }

    @Test
    void shouldNotMakeACheckpointOfADamagedArena() {
        OwnedSegment segment = filled();
        Checkpoint before = segment.checkpoints().get(0);
        StructureInfo info = segment.state().structures().get(0);
        flip(info.offsetBytes() + 11, 0);
        assertThrows(SegmentDamagedException.class, segment::checkpoint);
        assertEquals(before, segment.checkpoints().get(0));
        assertTrue(segment.verify(before));
    }

    @Test
    void shouldComeAndGoWithWhatIsDeclared() {
        OwnedSegment without = open(Checksum.NONE);
        without.state().record("counters", RecordPlayer.COUNTERS).set(RecordPlayer.TOTAL, 5);
        without.state().commit();
        assertEquals(ChecksumVerdict.NONE, verdict());
        OwnedSegment with = open(Checksum.ARENA);
        assertEquals(ChecksumVerdict.RIGHT, verdict());
        with.state().record("counters", RecordPlayer.COUNTERS).set(RecordPlayer.TOTAL, 6);
        with.state().commit();
        assertEquals(ChecksumVerdict.RIGHT, verdict());
        // Who opens it without a manifest goes on as it is.
        OwnedSegment tool = TestSegments.own(memory, 1, aside);
        tool.recover();
        assertEquals(Checksum.ARENA, tool.checksum());
        OwnedSegment again = open(Checksum.NONE);
        assertEquals(ChecksumVerdict.NONE, verdict());
        again.state().record("counters", RecordPlayer.COUNTERS).set(RecordPlayer.TOTAL, 7);
        again.state().commit();
        open(Checksum.ARENA);
        assertEquals(ChecksumVerdict.RIGHT, verdict());
    }

    @Test
    void shouldTakeDamagedContentsAsTheyAreIfNoChecksumIsWanted() {
        StructureInfo info = filled().state().structures().get(0);
        flip(info.offsetBytes() + 11, 0);
        assertThrows(SegmentDamagedException.class, () -> open(Checksum.ARENA));
        OwnedSegment segment = open(Checksum.NONE);
        assertNotEquals(8, total(segment));
        assertEquals(ChecksumVerdict.NONE, verdict());
    }

    @Test
    void shouldNoticeAnyDamageOfItsOwnWordsAndOfTheCommitSequence() {
        filled();
        byte[] sound = memory.copy();
        int mode = HeaderLayout.ARENA_CHECKSUM_OFFSET;
        int pair = (int) ArenaChecksum.pair(2);
        for (int word : new int[] {mode, pair, pair + 8, HeaderLayout.COMMIT_SEQUENCE_OFFSET}) {
            for (int bit = 0; bit < 64; bit++) {
                flip(word + (bit >>> 3), bit & 7);
                String where = "bit " + bit + " of the word at " + word;
                assertEquals(ChecksumVerdict.WRONG, verdict(), where);
                assertThrows(
                        SegmentDamagedException.class,
                        () -> TestSegments.own(memory, 1, aside).recover(),
                        where);
                System.arraycopy(sound, 0, memory.bytes(), 0, sound.length);
            }
        }
        assertEquals(ChecksumVerdict.RIGHT, verdict());
    }

    @Test
    void shouldForgetADamagedDeclarationOnlyWithTheContents() throws SegmentException {
        filled();
        memory.putLong(HeaderLayout.ARENA_CHECKSUM_OFFSET, 0);
        OwnedSegment successor = TestSegments.own(memory, 2, aside);
        SegmentDamagedException refusal =
                assertThrows(SegmentDamagedException.class, () -> successor.recover(Checksum.NONE));
        assertFalse(String.valueOf(refusal.getMessage()).contains("checksum: none"), refusal.getMessage());
        successor.restore(successor.checkpoints().get(0));
        assertEquals(7, total(successor));
        assertEquals(Checksum.NONE, successor.checksum());
        assertEquals(ChecksumVerdict.NONE, verdict());
    }
}
