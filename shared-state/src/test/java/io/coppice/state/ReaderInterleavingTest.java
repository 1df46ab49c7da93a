package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.RecordingMemory;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a reader beside a living writer sees a commit or nothing. Method: one thread plays both. The writer's recorded
 * stores are replayed in front of the reader, a seeded number of them between any two words that it reads, so rollbacks,
 * recoveries and slot changes fall into the middle of every copy.
 */
class ReaderInterleavingTest {
    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46})
    void shouldShowOneCommitOrNothing(long seed) {
        RecordedRun run = RecordedRun.of(seed, 150);
        SplittableRandom random = new SplittableRandom(seed);
        int snapshots = 0;
        for (int round = 0; round < 400; round++) {
            byte[] disk = run.startImage();
            int start = random.nextInt(run.memory().recorded());
            for (int step = 0; step < start; step++) {
                run.memory().replay(step, disk);
            }
            Replaying writer = new Replaying(run.memory(), disk, start, random, 1 + random.nextInt(400));
            ReadOnlySegment reader = TestSegments.read(new RecordingMemory(disk));
            String where = "seed " + seed + ", round " + round;
            SnapshotResult result = new ConsistentCopy(
                            writer,
                            SegmentGeometry.of(disk.length),
                            reader.header().name())
                    .take(null);
            if (result instanceof SnapshotResult.Snapshot snapshot) {
                run.assertIsCommit(snapshot.view(), where);
                snapshots++;
            } else if (result instanceof SnapshotResult.Damaged) {
                fail(where + ": " + result);
            }
        }
        assertTrue(snapshots > 100, "seed " + seed + ": " + snapshots + " snapshots");
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53})
    void shouldShowPublishedRecordsOfOneCommitAndNeverAnOlderOne(long seed) {
        RecordedRun run = RecordedRun.of(seed, 150);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 40; round++) {
            byte[] disk = run.startImage();
            Replaying writer = new Replaying(run.memory(), disk, 0, random, 1 + random.nextInt(5));
            PublishedView view = run.publishedView(writer);
            long before = 0;
            while (!writer.finished()) {
                if (view.refresh()) {
                    run.assertPublished(view, "seed " + seed + ", round " + round);
                    assertTrue(view.sequence() >= before, "seed " + seed + ", round " + round);
                    before = view.sequence();
                }
            }
            assertTrue(view.refresh());
            assertEquals(run.lastPublished(), view.sequence());
        }
    }

    /**
     * Every interleaving of one copy with a rollback and the changes after it: the reader copies the arena at one store of
     * the writer, reads the log's stamps at a later one, the log's bytes at a later one, and compares at a later one. This
     * is what the second count of a rollback is for.
     */
    @Test
    void shouldShowOneCommitForEveryInterleavingWithARollback() {
        assertOneCommitForEveryInterleavingWithARollback(UnaryOperator.identity());
    }

    /** @param port what the owner sees of its memory */
    static void assertOneCommitForEveryInterleavingWithARollback(UnaryOperator<Memory> port) {
        RecordLayout.Builder builder = RecordLayout.named("pair");
        LongField first = builder.int64("first");
        LongField second = builder.int64("second");
        RecordLayout layout = builder.build();
        RecordingMemory run = TestSegments.formatted(RecordedRun.LENGTH);
        OwnedSegment owner = TestSegments.own(port.apply(run), 1);
        owner.recover();
        Record record = owner.state().record("pair", layout);
        record.set(first, 11);
        record.set(second, 12);
        owner.state().commit();
        byte[] before = run.copy();
        run.startRecording();
        record.set(first, 21);
        owner.state().rollback();
        record.set(second, 32);
        record.set(first, 31);
        int stores = run.recorded();
        byte[][] disks = new byte[stores + 1][];
        disks[0] = before;
        for (int step = 0; step < stores; step++) {
            disks[step + 1] = disks[step].clone();
            run.replay(step, disks[step + 1]);
        }
        for (int copied = 0; copied <= stores; copied++) {
            for (int stamped = copied; stamped <= stores; stamped++) {
                for (int logged = stamped; logged <= stores; logged++) {
                    for (int compared = logged; compared <= stores; compared++) {
                        String where = copied + ", " + stamped + ", " + logged + ", " + compared;
                        Staged staged = new Staged(disks, copied, stamped, logged, compared);
                        SnapshotResult result = new ConsistentCopy(
                                        staged, SegmentGeometry.of(RecordedRun.LENGTH), "test/unit")
                                .take(null);
                        StateView view = assertInstanceOf(SnapshotResult.Snapshot.class, result, where)
                                .view();
                        assertEquals(11, view.record("pair").int64("first"), where);
                        assertEquals(12, view.record("pair").int64("second"), where);
                    }
                }
            }
        }
    }

    /** Under a snapshot only a hostile owner does that: an entry that counts stays as it is until the next commit or rollback. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void shouldTellDamageIfAnEntryGrowsOrShrinksBetweenTwoLooksAtIt(int wordsBefore) {
        RecordLayout.Builder builder = RecordLayout.named("one");
        LongField field = builder.int64("field");
        RecordLayout layout = builder.build();
        RecordingMemory run = TestSegments.formatted(RecordedRun.LENGTH);
        OwnedSegment owner = TestSegments.own(run, 1);
        owner.recover();
        Record record = owner.state().record("one", layout);
        owner.state().commit();
        record.set(field, 21);
        SegmentGeometry geometry = SegmentGeometry.of(RecordedRun.LENGTH);
        Memory changing = new Reading(run.copy()) {
            @Override
            public long getLong(long offset) {
                boolean described = offset == geometry.undoOffset() + UndoLayout.PACKED_OFFSET;
                return described ? UndoLayout.pack(0, wordsBefore, 0) : super.getLong(offset);
            }
        };
        assertInstanceOf(SnapshotResult.Damaged.class, new ConsistentCopy(changing, geometry, "test/unit").take(null));
    }

    /** Shows the segment as of one store, and moves on at the second tryCopy's stages (the first one's is the directory). */
    private static final class Staged extends Reading {
        private final byte[][] disks;
        private final int stamped;
        private final int logged;
        private final int compared;
        private int fences;

        Staged(byte[][] disks, int copied, int stamped, int logged, int compared) {
            super(disks[copied]);
            this.disks = disks;
            this.stamped = stamped;
            this.logged = logged;
            this.compared = compared;
        }

        @Override
        public void loadFence() {
            fences++;
            if (fences == 3) {
                show(disks[stamped]);
            } else if (fences == 4) {
                show(disks[compared]);
            }
        }

        @Override
        public void getBytes(long offset, byte[] target, int from, int length) {
            if (fences == 3) {
                show(disks[logged]);
            }
            super.getBytes(offset, target, from, length);
        }
    }

    /** Lets the writer go on between any two words read. */
    static final class Replaying extends Reading {
        private final RecordingMemory run;
        private final byte[] bytes;
        private final SplittableRandom random;
        private final int readsPerStore;
        private int next;

        Replaying(RecordingMemory run, byte[] disk, int next, SplittableRandom random, int readsPerStore) {
            super(disk);
            this.run = run;
            this.bytes = disk;
            this.random = random;
            this.next = next;
            this.readsPerStore = readsPerStore;
        }

        boolean finished() {
            return next == run.recorded();
        }

        @Override
        void goOn() {
            if (random.nextInt(readsPerStore) == 0) {
                for (int stores = random.nextInt(6); stores >= 0 && next < run.recorded(); stores--) {
                    run.replay(next++, bytes);
                }
            }
        }
    }

    /** Memory that is only read, with a hook before each word. */
    abstract static class Reading implements Memory {
        private RecordingMemory disk;

        Reading(byte[] bytes) {
            disk = new RecordingMemory(bytes);
        }

        final void show(byte[] bytes) {
            disk = new RecordingMemory(bytes);
        }

        void goOn() {
            // Nothing, unless a subclass lets the writer do something.
        }

        @Override
        public long lengthBytes() {
            return disk.lengthBytes();
        }

        @Override
        public long getLong(long offset) {
            goOn();
            return disk.getLong(offset);
        }

        @Override
        public long getLongAcquire(long offset) {
            return getLong(offset);
        }

        @Override
        public int getInt(long offset) {
            goOn();
            return disk.getInt(offset);
        }

        @Override
        public byte getByte(long offset) {
            goOn();
            return disk.getByte(offset);
        }

        @Override
        public void getBytes(long offset, byte[] target, int from, int length) {
            for (int at = 0; at < length; at += Long.BYTES) {
                goOn();
                disk.getBytes(offset + at, target, from + at, Math.min(Long.BYTES, length - at));
            }
        }

        @Override
        public void loadFence() {
            goOn();
        }

        @Override
        public void putLong(long offset, long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void putLongRelease(long offset, long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void putInt(long offset, int value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void putByte(long offset, byte value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void putBytes(long offset, byte[] source, int from, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void releaseFence() {
            throw new UnsupportedOperationException();
        }
    }
}
