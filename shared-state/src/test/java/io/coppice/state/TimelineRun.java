package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A seeded sequence of operations, commits, checkpoints, and steps back of every kind, with deaths in all of them; all its
 * stores, and the arena as of each commit of each timeline.
 */
final class TimelineRun implements CrashRun {
    /** Room for {@link #few}. A checkpoint copies what is in use, word by word, and tests copy all of it at each. */
    private static final int FEW_BYTES = (int) SegmentSpec.MIN_LENGTH_BYTES + (8 << 10);

    private static final int CHECKPOINTS = 2;

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("migrated");
    private static final LongField OLD_COMMIT = BUILDER.int64("oldCommit");
    private static final LongField OLD_STRUCTURES = BUILDER.int64("oldStructures");
    private static final RecordLayout MIGRATED = BUILDER.build();

    private final long seed;
    private final SplittableRandom random;
    private final UnaryOperator<Memory> port;
    private final boolean checked;
    private final RecordingMemory memory;
    private final SegmentGeometry geometry;
    private final HeapAside aside;
    private final byte[] start;
    private final List<StructurePlayer> players;
    private final Map<String, ArenaImage> arenas = new HashMap<>();
    private final Map<String, Map<String, Long>> models = new HashMap<>();
    private final Map<String, StateView> views = new HashMap<>();
    private final Map<StepBackKind, Integer> done = new EnumMap<>(StepBackKind.class);
    private final List<Abandoned> abandoned = new ArrayList<>();
    private Map<String, Long> model = new TreeMap<>();
    private OwnedSegment segment;
    private int deaths;
    private int checkpoints;

    private TimelineRun(
            long seed, int stateBytes, List<StructurePlayer> players, UnaryOperator<Memory> port, boolean checked) {
        this.seed = seed;
        this.checked = checked;
        this.random = new SplittableRandom(seed);
        this.players = players;
        this.port = port;
        this.memory = TestSegments.formatted(stateBytes, CHECKPOINTS);
        this.geometry = SegmentGeometry.of(stateBytes, CHECKPOINTS);
        this.aside = new HeapAside(memory);
        this.start = memory.copy();
        this.segment = TestSegments.own(new RecordingMemory(memory.copy()), 1, aside);
    }

    /** A small segment, with structures that need no more. */
    static TimelineRun of(long seed, int steps) {
        return of(seed, steps, FEW_BYTES, few(), UnaryOperator.identity(), false);
    }

    /** Operations on all structures. */
    static TimelineRun ofAll(long seed, int steps) {
        return of(seed, steps, RecordedRun.LENGTH, StructurePlayer.all(), UnaryOperator.identity(), false);
    }

    /** A small segment, with what {@code port} makes of its memory for the owners. */
    static TimelineRun of(long seed, int steps, UnaryOperator<Memory> port) {
        return of(seed, steps, FEW_BYTES, few(), port, false);
    }

    /** Owners that turn the checksum of the arena on and off; whoever recovers the segment wants it. */
    static TimelineRun checked(long seed, int steps, UnaryOperator<Memory> port) {
        return of(seed, steps, FEW_BYTES, few(), port, true);
    }

    /** The same with operations on all structures. */
    static TimelineRun checkedOfAll(long seed, int steps) {
        return of(seed, steps, RecordedRun.LENGTH, StructurePlayer.all(), UnaryOperator.identity(), true);
    }

    private static TimelineRun of(
            long seed,
            int steps,
            int stateBytes,
            List<StructurePlayer> players,
            UnaryOperator<Memory> port,
            boolean checked) {
        TimelineRun run = new TimelineRun(seed, stateBytes, players, port, checked);
        run.play(steps);
        return run;
    }

    private static List<StructurePlayer> few() {
        return List.of(new RecordPlayer(), new PricePlayer(), new TablePlayer(), new RingPlayer(), new QueuePlayer());
    }

    @Override
    public RecordingMemory memory() {
        return memory;
    }

    @Override
    public byte[] startImage() {
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

    /** To the end: a migration that is pending is made. */
    @Override
    public void recover(RecordingMemory disk) {
        OwnedSegment owner = TestSegments.own(port.apply(disk), 1_000_000, aside.of(disk));
        TestSegments.recover(owner, checked);
        if (owner.migrationPending()) {
            migrate(owner);
        }
    }

    /** Where a segment has to be once it is recovered. */
    private record Place(long timeline, long commit) {
        String key() {
            return Abandoned.id(timeline, commit);
        }
    }

    /** What has been decided on a disk must be what it holds once it is recovered, and what it held before otherwise. */
    @Override
    public Object expected(RecordingMemory disk) {
        return StepBack.pending(disk)
                .map(decision -> new Place(
                        decision.timeline(),
                        decision.kind() == StepBackKind.MIGRATION ? decision.commit() + 2 : decision.commit()))
                .orElseGet(() -> new Place(
                        disk.getLong(HeaderLayout.TIMELINE_OFFSET), disk.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET)));
    }

    @Override
    public void assertHolds(Object expected, RecordingMemory recovered, Supplier<String> where) {
        Place place = (Place) expected;
        assertEquals(0, recovered.getLong(HeaderLayout.STEP_BACK_OFFSET), where);
        assertEquals(place.timeline(), recovered.getLong(HeaderLayout.TIMELINE_OFFSET), where);
        assertEquals(place.commit(), recovered.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET), where);
        assertEquals(TestSegments.code(checked), recovered.getLong(HeaderLayout.ARENA_CHECKSUM_OFFSET), where);
        ArenaImage image = arenas.get(place.key());
        assertNotNull(image, where);
        assertNull(image.problem(recovered.bytes()), where);
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            long stamp = recovered.getLong(PublishLayout.slotOffset(geometry.publishOffset(), slot));
            if (stamp < 0 || stamp > place.commit()) {
                fail(where.get() + ": a slot is stamped " + stamp);
            }
        }
        assertCheckpoints(recovered, where);
    }

    private void assertCheckpoints(RecordingMemory recovered, Supplier<String> where) {
        Checkpoints kept = new Checkpoints(recovered, geometry);
        List<Checkpoint> sound = kept.list();
        int numbered = 0;
        for (int area = 0; area < CHECKPOINTS; area++) {
            numbered += recovered.getLong(geometry.checkpointOffset(area)) != 0 ? 1 : 0;
        }
        assertEquals(numbered, sound.size(), where);
        for (Checkpoint checkpoint : sound) {
            assertTrue(kept.verify(checkpoint), where);
            ArenaImage copied = arenas.get(key(checkpoint.timeline(), checkpoint.commitSequence()));
            assertNotNull(copied, where);
            int data = (int) geometry.checkpointOffset(checkpoint.area()) + CheckpointLayout.DATA_OFFSET;
            assertNull(copied.problem(recovered.bytes(), data, (int) checkpoint.dataBytes()), where);
        }
    }

    /** The same, of bytes that were recovered from others. */
    void assertRecovered(byte[] recovered, byte[] disk, String where) {
        assertHolds(expected(new RecordingMemory(disk)), new RecordingMemory(recovered), () -> where);
    }

    /** A reader of a segment whose writer died there sees a commit, or that there is none to be seen. */
    @Override
    public void assertReaders(byte[] disk, String where) {
        ReadOnlySegment reader = TestSegments.read(new RecordingMemory(disk));
        SnapshotResult result = reader.snapshot();
        PublishedView published = reader.published(PricePlayer.NAME, PricePlayer.PRICES);
        boolean refreshed = published.refresh();
        if (NativeWords.get(disk, HeaderLayout.STEP_BACK_OFFSET) != 0) {
            assertInstanceOf(SnapshotResult.Busy.class, result, where);
            assertFalse(refreshed, where);
            return;
        }
        assertNotEquals(ChecksumVerdict.WRONG, reader.checksum(), where);
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
        ArenaImage known = arenas.get(key);
        byte[] arena = known == null ? new byte[0] : known.arena();
        NativeWords.put(clean, HeaderLayout.COMMIT_SEQUENCE_OFFSET, known == null ? 0 : known.commit());
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
        segment = TestSegments.own(port.apply(memory), deaths + 1L, aside);
        TestSegments.recover(segment, checked && random.nextInt(4) != 0);
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
        ArenaImage image = arenas.get(key(timeline, commit));
        assertNotNull(image);
        assertNull(image.problem(memory.bytes()), "seed " + seed + ", back at " + commit);
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
        ArenaImage known = arenas.get(key);
        if (known == null) {
            arenas.put(
                    key, ArenaImage.of(memory.bytes(), geometry, segment.state().commitSequence()));
        } else {
            assertNull(known.problem(memory.bytes()), "seed " + seed + ", " + key);
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

    private static String key(long timeline, long commit) {
        return Abandoned.id(timeline, commit);
    }
}
