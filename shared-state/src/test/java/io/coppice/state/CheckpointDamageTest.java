package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a damaged checkpoint, and a damaged decision to step back, is always noticed. Method: seeded flips of one to three
 * bits, garbage words and hostile numbers over the areas of two checkpoints and over the marker's words.
 */
class CheckpointDamageTest {
    private static final int STATE_BYTES = 64 << 10;
    private static final SegmentGeometry GEOMETRY = SegmentGeometry.of(STATE_BYTES, 2);

    @ParameterizedTest
    @ValueSource(longs = {71, 72, 73})
    void shouldAlwaysNoticeADamagedCheckpoint(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RecordingMemory memory = segment(random);
        List<Checkpoint> sound = new Checkpoints(memory, GEOMETRY).list();
        assertEquals(2, sound.size());
        for (int round = 0; round < 8_000; round++) {
            byte[] disk = memory.copy();
            Checkpoint hit = sound.get(random.nextInt(2));
            int base = (int) GEOMETRY.checkpointOffset(hit.area());
            int length = (int) hit.dataBytes();
            int at = random.nextInt(3) == 0
                    ? base + random.nextInt(CheckpointLayout.HEADER_LENGTH)
                    : base + CheckpointLayout.DATA_OFFSET + random.nextInt(length);
            byte[] before = disk.clone();
            damage(disk, at, random);
            if (java.util.Arrays.equals(before, disk)) {
                continue;
            }
            String where = "seed " + seed + ", round " + round + ", at " + (at - base);
            Checkpoints damaged = new Checkpoints(new RecordingMemory(disk), GEOMETRY);
            assertFalse(damaged.verify(hit), where);
            for (Checkpoint listed : damaged.list()) {
                assertEquals(listed.area() != hit.area(), damaged.verify(listed), where);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82})
    void shouldNeverStepBackByADamagedDecision(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RecordingMemory memory = segment(random);
        Checkpoint newest = new Checkpoints(memory, GEOMETRY).list().get(0);
        byte[] quiet = memory.copy();
        new StepBack(new CommitEngine(memory, GEOMETRY, "test/unit"))
                .decide(new StepBack.Decision(StepBackKind.CHECKPOINT, newest.area(), newest.commitSequence(), 2));
        byte[] decided = memory.copy();
        for (int round = 0; round < 4000; round++) {
            byte[] disk = (round % 2 == 0 ? quiet : decided).clone();
            byte[] before = disk.clone();
            int words = round % 2 == 0 ? 8 : 32;
            damage(disk, HeaderLayout.STEP_BACK_OFFSET + random.nextInt(words), random);
            if (NativeWords.get(disk, HeaderLayout.STEP_BACK_OFFSET) == 0 || java.util.Arrays.equals(before, disk)) {
                continue;
            }
            byte[] arena = arena(disk);
            OwnedSegment owner = TestSegments.own(new RecordingMemory(disk), 2);
            boolean refused = false;
            try {
                owner.recover();
            } catch (SegmentDamagedException e) {
                refused = true;
            }
            assertTrue(refused, "seed " + seed + ", round " + round);
            assertEquals(-1, java.util.Arrays.mismatch(arena, arena(disk)), "seed " + seed + ", round " + round);
        }
    }

    private static RecordingMemory segment(SplittableRandom random) {
        RecordingMemory memory = TestSegments.formatted(STATE_BYTES, 2);
        OwnedSegment owner = TestSegments.own(memory, 1);
        owner.recover();
        Record record = owner.state().record("counters", RecordPlayer.COUNTERS);
        for (int i = 0; i < 2; i++) {
            record.set(RecordPlayer.TOTAL, random.nextLong());
            owner.state().commit();
            owner.checkpoint();
        }
        return memory;
    }

    private static byte[] arena(byte[] disk) {
        int from = (int) GEOMETRY.arenaOffset();
        return java.util.Arrays.copyOfRange(disk, from, from + (int) GEOMETRY.arenaLength());
    }

    private static void damage(byte[] disk, int at, SplittableRandom random) {
        switch (random.nextInt(4)) {
            case 0 -> disk[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                disk[at] ^= (byte) (1 << random.nextInt(8));
                disk[at & -8] ^= (byte) (1 << random.nextInt(8));
            }
            case 2 -> NativeWords.put(disk, at & -8, random.nextLong());
            default -> NativeWords.put(disk, at & -8, random.nextBoolean() ? -1 : Long.MAX_VALUE);
        }
    }
}
