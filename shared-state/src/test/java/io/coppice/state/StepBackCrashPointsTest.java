package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.RecordingMemory;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: no crash point of a checkpoint, a restore, an emptying or a migration can tear the state. Method: as {@link
 * CrashPointsTest}, with those operations mixed in, in segments that keep two checkpoints: what is recovered from each
 * prefix of the stores must be what was decided there, and readers must see that or that there is nothing to be seen.
 */
class StepBackCrashPointsTest {
    private static final int STEPS = 90;

    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103})
    void shouldHoldWhatWasDecidedAfterEveryPrefixOfTheStores(long seed) {
        TimelineRun run = TimelineRun.of(seed, STEPS);
        byte[] disk = run.startImage();
        for (int step = 0; step < run.memory().recorded(); step++) {
            run.memory().replay(step, disk);
            if (run.memory().kind(step) == RecordingMemory.FENCE) {
                continue;
            }
            String where = "seed " + seed + ", prefix " + (step + 1);
            run.assertReaders(disk, where);
            byte[] recovered = disk.clone();
            run.recover(new RecordingMemory(recovered));
            run.assertRecovered(recovered, disk, where);
        }
        assertMeansSomething(run, seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {111, 112})
    void shouldHoldItWhenRecoveryItselfDiesAtAnyStore(long seed) {
        TimelineRun run = TimelineRun.of(seed, STEPS);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] disk = run.startImage();
        int tried = 0;
        for (int step = 0; step < run.memory().recorded(); step++) {
            run.memory().replay(step, disk);
            boolean pending = NativeWords.get(disk, HeaderLayout.STEP_BACK_OFFSET) != 0;
            if (random.nextInt(pending ? 150 : 600) != 0) {
                continue;
            }
            RecordingMemory first = new RecordingMemory(disk.clone());
            first.startRecording();
            run.recover(first);
            byte[] halfRecovered = disk.clone();
            for (int store = 0; store < first.recorded(); store++) {
                first.replay(store, halfRecovered);
                if (first.kind(store) == RecordingMemory.FENCE) {
                    continue;
                }
                String where = "seed " + seed + ", prefix " + (step + 1) + ", recovery store " + store;
                run.assertReaders(halfRecovered, where);
                byte[] again = halfRecovered.clone();
                run.recover(new RecordingMemory(again));
                // What the first recovery finished is decided; what it had not is what the disk says.
                run.assertRecovered(again, halfRecovered, where);
                assertEquals(
                        NativeWords.get(first.bytes(), HeaderLayout.TIMELINE_OFFSET),
                        NativeWords.get(again, HeaderLayout.TIMELINE_OFFSET),
                        where);
                tried++;
            }
        }
        assertTrue(tried > 1000, "seed " + seed + ": " + tried);
    }

    @ParameterizedTest
    @ValueSource(longs = {121, 122})
    void shouldHoldItForAnyOrderOfStoresThatTheFencesAllow(long seed) {
        TimelineRun run = TimelineRun.of(seed, STEPS);
        SplittableRandom random = new SplittableRandom(seed);
        RecordingMemory memory = run.memory();
        byte[] disk = run.startImage();
        int start = 0;
        while (start < memory.recorded()) {
            int end = start;
            while (end < memory.recorded() && memory.kind(end) != RecordingMemory.FENCE) {
                end++;
            }
            for (int sample = 0; sample < Math.min(12, 2 * (end - start)); sample++) {
                byte[] reordered = disk.clone();
                CrashPointsTest.replaySomeInAnyAllowedOrder(memory, start, end, reordered, random);
                String where = "seed " + seed + ", group " + start + ", sample " + sample;
                run.assertReaders(reordered, where);
                byte[] recovered = reordered.clone();
                run.recover(new RecordingMemory(recovered));
                run.assertRecovered(recovered, reordered, where);
            }
            for (int step = start; step < end; step++) {
                memory.replay(step, disk);
            }
            start = end + 1;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {131, 132})
    void shouldShowReadersOneCommitOfOneTimelineOrNothing(long seed) {
        TimelineRun run = TimelineRun.of(seed, STEPS);
        SplittableRandom random = new SplittableRandom(seed);
        int snapshots = 0;
        int images = 0;
        for (int round = 0; round < 150; round++) {
            byte[] disk = run.startImage();
            int start = random.nextInt(run.memory().recorded());
            for (int step = 0; step < start; step++) {
                run.memory().replay(step, disk);
            }
            ReaderInterleavingTest.Replaying writer =
                    new ReaderInterleavingTest.Replaying(run.memory(), disk, start, random, 1 + random.nextInt(200));
            String where = "seed " + seed + ", round " + round;
            PublishedView view = run.publishedView(writer);
            for (int looks = 0; looks < 12 && !writer.finished(); looks++) {
                SnapshotResult result = new ConsistentCopy(writer, run.geometry(), "test/unit").take(null);
                if (result instanceof SnapshotResult.Snapshot snapshot) {
                    run.assertSnapshot(snapshot.view(), where);
                    snapshots++;
                } else if (result instanceof SnapshotResult.Damaged) {
                    fail(where + ": " + result);
                }
                long timeline = view.timeline();
                long sequence = view.sequence();
                if (view.refresh()) {
                    run.assertPublished(view, where);
                    assertTrue(
                            view.timeline() > timeline || view.timeline() == timeline && view.sequence() >= sequence,
                            where);
                    images++;
                }
            }
        }
        assertTrue(snapshots > 30 && images > 30, "seed " + seed + ": " + snapshots + ", " + images);
    }

    private static void assertMeansSomething(TimelineRun run, long seed) {
        assertEquals(
                StepBackKind.values().length,
                run.done().size(),
                "seed " + seed + " did not step back in all ways: " + run.done());
        assertTrue(run.deaths() > 3 && run.checkpoints() > 4, "seed " + seed + ": deaths " + run.deaths());
    }
}
