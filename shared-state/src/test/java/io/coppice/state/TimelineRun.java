package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A seeded sequence of operations, commits, checkpoints, and steps back of every kind, with deaths in all of them; all its
 * stores, and the arena as of each commit of each timeline.
 */
final class TimelineRun {
    private static final int STATE_BYTES = (int) SegmentSpec.MIN_LENGTH_BYTES;
    private static final int CHECKPOINTS = 2;

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("migrated");
    private static final LongField OLD_COMMIT = BUILDER.int64("oldCommit");
    private static final LongField OLD_STRUCTURES = BUILDER.int64("oldStructures");
    private static final RecordLayout MIGRATED = BUILDER.build();

    private final long seed;
    private final SplittableRandom random;
    private final RecordingMemory memory = TestSegments.formatted(STATE_BYTES, CHECKPOINTS);
    private final SegmentGeometry geometry = SegmentGeometry.of(STATE_BYTES, CHECKPOINTS);
    private final HeapAside aside = new HeapAside(memory);
    private final byte[] start = memory.copy();
    private final List<StructurePlayer> players = StructurePlayer.all();
    private final Map<String, byte[]> arenas = new HashMap<>();
    private final Map<String, Map<String, Long>> models = new HashMap<>();
    private final Map<String, StateView> views = new HashMap<>();
    private final Map<StepBackKind, Integer> done = new EnumMap<>(StepBackKind.class);
    private final List<Abandoned> abandoned = new ArrayList<>();
    private Map<String, Long> model = new TreeMap<>();
    private OwnedSegment segment = TestSegments.own(new RecordingMemory(memory.copy()), 1, aside);
    private int deaths;
    private int checkpoints;

    private TimelineRun(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    static TimelineRun of(long seed, int steps) {
        TimelineRun run = new TimelineRun(seed);
        run.play(steps);
        return run;
    }

    RecordingMemory memory() {
        return memory;
    }

    byte[] startImage() {
        return start.clone();
    }

    /** How often each kind of step back was decided, deaths included; for a test that means something. */
    Map<StepBackKind, Integer> done() {
        return done;
    }

    int deaths() {
        return deaths;
    }

    int checkpoints() {
        return checkpoints;
    }

    /** The owner that comes after a death there. */
    OwnedSegment recover(RecordingMemory disk) {
        OwnedSegment owner = TestSegments.own(disk, 1_000_000, aside.of(disk));
        owner.recover();
        return owner;
    }

    /** The same, to the end: a migration that is pending is made. */
    void recoverWhole(RecordingMemory disk) {
        OwnedSegment owner = recover(disk);
        if (owner.migrationPending()) {
            migrate(owner);
        }
    }

    /** What has been decided on a disk must be what it holds once it is recovered, and what it held before otherwise. */
    void assertRecovered(byte[] recovered, byte[] disk, String where) {
        Optional<StepBack.Decision> decision = StepBack.pending(new RecordingMemory(disk));
        long timeline =
                decision.map(StepBack.Decision::timeline).orElse(NativeWords.get(disk, HeaderLayout.TIMELINE_OFFSET));
        long commit = decision.map(StepBack.Decision::commit)
                .orElse(NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET));
        if (decision.isPresent() && decision.get().kind() == StepBackKind.MIGRATION) {
            commit += 2;
        }
        assertEquals(0, NativeWords.get(recovered, HeaderLayout.STEP_BACK_OFFSET), where);
        assertEquals(timeline, NativeWords.get(recovered, HeaderLayout.TIMELINE_OFFSET), where);
        assertEquals(commit, NativeWords.get(recovered, HeaderLayout.COMMIT_SEQUENCE_OFFSET), where);
        byte[] expected = arenas.get(key(timeline, commit));
        assertNotNull(expected, where + ": unknown commit " + key(timeline, commit));
        int from = (int) geometry.arenaOffset();
        int difference =
                Arrays.mismatch(recovered, from, from + (int) geometry.arenaLength(), expected, 0, expected.length);
        assertEquals(
                -1,
                difference,
                () -> where + ": arena differs from that of "
                        + key(timeline, NativeWords.get(recovered, HeaderLayout.COMMIT_SEQUENCE_OFFSET)));
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            long stamp = NativeWords.get(recovered, (int) PublishLayout.slotOffset(geometry.publishOffset(), slot));
            assertTrue(stamp >= 0 && stamp <= NativeWords.get(recovered, HeaderLayout.COMMIT_SEQUENCE_OFFSET), where);
        }
        Checkpoints kept = new Checkpoints(new RecordingMemory(recovered), geometry);
        List<Checkpoint> sound = kept.list();
        long numbered = java.util.stream.IntStream.range(0, CHECKPOINTS)
                .filter(area -> NativeWords.get(recovered, (int) geometry.checkpointOffset(area)) != 0)
                .count();
        assertEquals(numbered, sound.size(), where);
        for (Checkpoint checkpoint : sound) {
            assertTrue(kept.verify(checkpoint), where + ": " + checkpoint);
            byte[] copied = arenas.get(key(checkpoint.timeline(), checkpoint.commitSequence()));
            int data = (int) geometry.checkpointOffset(checkpoint.area()) + CheckpointLayout.DATA_OFFSET;
            int length = (int) checkpoint.dataBytes();
            assertTrue(
                    copied != null && Arrays.equals(recovered, data, data + length, copied, 0, length),
                    () -> where + ": contents of " + checkpoint);
        }
    }

    /** A reader of a segment whose writer died there sees a commit, or that there is none to be seen. */
    void assertReaders(byte[] disk, String where) {
        ReadOnlySegment reader = TestSegments.read(new RecordingMemory(disk));
        SnapshotResult result = reader.snapshot();
        PublishedView published = reader.published(PricePlayer.NAME, PricePlayer.PRICES);
        boolean refreshed = published.refresh();
        if (NativeWords.get(disk, HeaderLayout.STEP_BACK_OFFSET) != 0) {
            assertInstanceOf(SnapshotResult.Busy.class, result, where);
            assertFalse(refreshed, where);
            return;
        }
        assertSnapshot(
                assertInstanceOf(SnapshotResult.Snapshot.class, result, where).view(), where);
        if (refreshed) {
            assertPublished(published, where);
        }
    }

    void assertSnapshot(StateView view, String where) {
        String key = key(view.timeline(), view.commitSequence());
        assertTrue(arenas.containsKey(key), where + ": unknown commit " + key);
        StateView wanted = views.computeIfAbsent(key, this::viewOf);
        assertEquals(wanted.structures(), view.structures(), where);
        for (StructureInfo info : view.structures()) {
            assertTrue(wanted.sameContents(view, info.name()), () -> where + ": snapshot of " + info.name());
        }
    }

    private StateView viewOf(String key) {
        byte[] clean = start.clone();
        byte[] arena = arenas.getOrDefault(key, new byte[0]);
        System.arraycopy(arena, 0, clean, (int) geometry.arenaOffset(), arena.length);
        return TestSegments.snapshot(TestSegments.read(new RecordingMemory(clean)));
    }

    void assertPublished(PublishedView view, String where) {
        Map<String, Long> then = models.get(key(view.timeline(), view.sequence()));
        assertNotNull(then, where + ": published as of an unknown commit");
        long expected = then.getOrDefault(PricePlayer.TICK_KEY, -1L);
        assertEquals(expected, view.get(PricePlayer.TICK), where);
        assertEquals(2 * expected, view.get(PricePlayer.TWICE), where);
    }

    PublishedView publishedView(Memory reader) {
        return new PublishedView(reader, geometry, "test/unit", PricePlayer.NAME, PricePlayer.PRICES);
    }

    SegmentGeometry geometry() {
        return geometry;
    }

    private void play(int steps) {
        memory.startRecording();
        takeOver();
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(6) == 0) {
                memory.crashAfter(random.nextInt(random.nextBoolean() ? 60 : 700));
            }
            try {
                playStep();
                memory.surviveFromNow();
            } catch (CrashError e) {
                memory.surviveFromNow();
                deaths++;
                takeOver();
            }
        }
    }

    private void takeOver() {
        segment = TestSegments.own(memory, deaths + 1L, aside);
        segment.recover();
        if (segment.migrationPending()) {
            count(StepBackKind.MIGRATION);
            migrate(segment);
            model = new TreeMap<>();
        }
        note();
    }

    private void playStep() {
        int which = random.nextInt(20);
        if (which < 11) {
            playCommit();
        } else if (which < 15) {
            if (segment.state().dirty()) {
                segment.state().commit(); // Publishes again what a step back left unpublished.
                note();
            }
            segment.checkpoint();
            checkpoints++;
        } else {
            stepBack(which);
        }
    }

    private void playCommit() {
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            players.get(random.nextInt(players.size())).play(segment.state(), random, model);
        }
        if (random.nextInt(6) == 0) {
            segment.state().rollback();
        } else {
            segment.state().commit();
        }
        note();
    }

    private void stepBack(int which) {
        try {
            if (segment.state().commitSequence() > 0) {
                Abandoned now = new Abandoned(
                        java.nio.file.Path.of("x"),
                        segment.timeline(),
                        segment.state().commitSequence());
                switch (which) {
                    case 15, 16 -> restoreCheckpoint();
                    case 17 -> {
                        count(StepBackKind.EMPTY);
                        segment.empty(true);
                        model = new TreeMap<>();
                    }
                    case 18 -> restoreAbandoned();
                    default -> {
                        count(StepBackKind.MIGRATION);
                        migrate(segment);
                        model = new TreeMap<>();
                    }
                }
                if (aside.has(now.timeline(), now.commitSequence())) {
                    abandoned.add(now);
                }
                note();
            }
        } catch (SegmentException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private void restoreCheckpoint() throws SegmentException {
        List<Checkpoint> all = segment.checkpoints();
        if (!all.isEmpty()) {
            count(StepBackKind.CHECKPOINT);
            Checkpoint chosen = all.get(random.nextInt(all.size()));
            segment.restore(chosen);
            assertBack(chosen.timeline(), chosen.commitSequence());
        }
    }

    private void restoreAbandoned() throws SegmentException {
        if (!abandoned.isEmpty()) {
            count(StepBackKind.ABANDONED);
            Abandoned chosen = abandoned.get(random.nextInt(abandoned.size()));
            segment.restore(chosen);
            assertBack(chosen.timeline(), chosen.commitSequence());
        }
    }

    private void assertBack(long timeline, long commit) {
        assertEquals(commit, segment.state().commitSequence());
        assertArrayEquals(arenas.get(key(timeline, commit)), arena(), "seed " + seed + ", back at " + commit);
        model = new TreeMap<>(models.getOrDefault(key(timeline, commit), Map.of()));
    }

    /** Two commits: what a migration commits on its way counts for nothing. */
    private static void migrate(OwnedSegment owner) {
        try {
            owner.migrate((old, state) -> {
                Record record = state.record("migrated", MIGRATED);
                record.set(OLD_STRUCTURES, old.structures().size());
                state.commit();
                record.set(OLD_COMMIT, old.commitSequence());
            });
        } catch (CrashError e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void count(StepBackKind kind) {
        done.merge(kind, 1, Integer::sum);
    }

    /** What the segment holds now is what this commit of this timeline is, and stays. */
    private void note() {
        String key = key(segment.timeline(), segment.state().commitSequence());
        byte[] known = arenas.putIfAbsent(key, arena());
        if (known != null) {
            assertArrayEquals(known, arena(), "seed " + seed + ", " + key);
        }
        model = new TreeMap<>();
        for (StructurePlayer player : players) {
            player.read(segment.state(), model);
        }
        Map<String, Long> then = models.putIfAbsent(key, new TreeMap<>(model));
        if (then != null) {
            assertEquals(then, model, "seed " + seed + ", " + key);
        }
    }

    private byte[] arena() {
        int from = (int) geometry.arenaOffset();
        return Arrays.copyOfRange(memory.bytes(), from, from + (int) geometry.arenaLength());
    }

    private static String key(long timeline, long commit) {
        return Abandoned.id(timeline, commit);
    }
}
