package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A seeded sequence of operations, all its stores, and the arena as of each of its commits. */
final class RecordedRun implements CrashRun {
    /** Room for one of each structure. Crash tests copy all of it at each store. */
    static final int LENGTH = 128 << 10;

    private final long seed;
    private final SplittableRandom random;
    private final List<StructurePlayer> players;
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final SegmentGeometry geometry = SegmentGeometry.of(LENGTH);
    private final byte[] start = memory.copy();
    private final UnaryOperator<Memory> port;
    private final boolean checked;
    private final List<ArenaImage> images = new ArrayList<>();
    private final List<Long> ticks = new ArrayList<>();
    private final Map<Integer, StateView> views = new HashMap<>();
    private Map<String, Long> model = new HashMap<>();
    private Map<String, Long> committedModel = new HashMap<>();
    private long incarnation;
    private State state = TestSegments.state(LENGTH);
    private int deaths;
    private long publishedAt;

    private RecordedRun(long seed, List<StructurePlayer> players, UnaryOperator<Memory> port, boolean checked) {
        this.seed = seed;
        this.checked = checked;
        this.port = port;
        this.random = new SplittableRandom(seed);
        this.players = players;
    }

    /** Operations on all structures. */
    static RecordedRun of(long seed, int steps) {
        return of(seed, steps, StructurePlayer.all());
    }

    static RecordedRun of(long seed, int steps, List<StructurePlayer> players) {
        return of(seed, steps, players, UnaryOperator.identity());
    }

    /** @param port what the owners see of the segment's memory */
    static RecordedRun of(long seed, int steps, List<StructurePlayer> players, UnaryOperator<Memory> port) {
        return play(new RecordedRun(seed, players, port, false), steps);
    }

    /** Owners that turn the checksum of the arena on and off; whoever recovers the segment wants it. */
    static RecordedRun checked(long seed, int steps, UnaryOperator<Memory> port) {
        return play(new RecordedRun(seed, StructurePlayer.all(), port, true), steps);
    }

    private static RecordedRun play(RecordedRun run, int steps) {
        run.play(steps);
        return run;
    }

    @Override
    public RecordingMemory memory() {
        return memory;
    }

    @Override
    public byte[] startImage() {
        return start.clone();
    }

    int commits() {
        return images.size() - 1;
    }

    byte[] image(int commit) {
        return images.get(commit).arena();
    }

    @Override
    public Object expected(RecordingMemory disk) {
        return disk.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
    }

    @Override
    public void recover(RecordingMemory disk) {
        TestSegments.recover(TestSegments.own(port.apply(disk), 1_000_000), checked);
    }

    /** The contents must be those of the commit that is stored, no slot of a later one, and nothing left to undo. */
    @Override
    public void assertHolds(Object expected, RecordingMemory recovered, Supplier<String> where) {
        long committed = (long) expected;
        assertEquals(committed, recovered.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET), where);
        assertEquals(TestSegments.code(checked), recovered.getLong(HeaderLayout.ARENA_CHECKSUM_OFFSET), where);
        assertNull(images.get((int) committed).problem(recovered.bytes()), where);
        assertTrue(recovered.getLong(geometry.undoOffset()) != committed + 1, where);
        long newest = 0;
        long tick = -1;
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            long at = PublishLayout.slotOffset(geometry.publishOffset(), slot);
            long stamp = recovered.getLong(at);
            if (stamp < 0 || stamp > committed) {
                fail(where.get() + ": a slot is stamped " + stamp);
            }
            if (stamp > newest) {
                newest = stamp;
                tick = recovered.getLong(at + PublishLayout.IMAGE_OFFSET);
            }
        }
        assertEquals(ticks.get((int) committed), tick, where);
    }

    /** The same, of bytes that were recovered from others. */
    void assertArena(byte[] recovered, byte[] disk, String where) {
        assertHolds(expected(new RecordingMemory(disk)), new RecordingMemory(recovered), () -> where);
    }

    @Override
    public void assertReaders(byte[] disk, String where) {
        assertReadersSeeTheLastCommit(disk, where);
    }

    /** What readers see of a segment whose writer died there, before anybody recovers it. */
    void assertReadersSeeTheLastCommit(byte[] disk, String where) {
        int committed = (int) NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        ReadOnlySegment reader = TestSegments.read(new RecordingMemory(disk));
        assertNotEquals(ChecksumVerdict.WRONG, reader.checksum(), where);
        SnapshotResult result = reader.snapshot();
        if (!(result instanceof SnapshotResult.Snapshot snapshot)) {
            fail(where + ": " + result);
            return;
        }
        assertEquals(committed, snapshot.view().commitSequence(), where);
        assertSameStructures(snapshot.view(), committed, where);
        PublishedView published = reader.published(PricePlayer.NAME, PricePlayer.PRICES);
        boolean refreshed = published.refresh();
        long expected = ticks.get(committed);
        assertEquals(expected >= 0, refreshed, () -> where + ": " + published.problem());
        if (refreshed) {
            assertEquals(expected, published.get(PricePlayer.TICK), where);
            assertEquals(2 * expected, published.get(PricePlayer.TWICE), where);
        }
    }

    void assertIsCommit(StateView view, String where) {
        assertSameStructures(view, (int) view.commitSequence(), where);
    }

    PublishedView publishedView(Memory reader) {
        return new PublishedView(reader, geometry, "test/unit", PricePlayer.NAME, PricePlayer.PRICES);
    }

    void assertPublished(PublishedView view, String where) {
        long expected = ticks.get((int) view.sequence());
        assertEquals(expected, view.get(PricePlayer.TICK), where);
        assertEquals(2 * expected, view.get(PricePlayer.TWICE), where);
    }

    /** The last commit that changed what is published. */
    long lastPublished() {
        return publishedAt;
    }

    private void assertSameStructures(StateView view, int committed, String where) {
        StateView expected = views.computeIfAbsent(committed, this::viewOf);
        assertEquals(expected.structures(), view.structures(), where);
        for (StructureInfo info : view.structures()) {
            assertTrue(expected.sameContents(view, info.name()), () -> where + ": snapshot of " + info.name());
        }
    }

    private StateView viewOf(int committed) {
        byte[] clean = start.clone();
        byte[] image = images.get(committed).arena();
        System.arraycopy(image, 0, clean, (int) geometry.arenaOffset(), image.length);
        NativeWords.put(clean, HeaderLayout.COMMIT_SEQUENCE_OFFSET, committed);
        return TestSegments.snapshot(TestSegments.read(new RecordingMemory(clean)));
    }

    private void play(int steps) {
        images.add(ArenaImage.of(memory.bytes(), geometry, 0));
        ticks.add(-1L);
        memory.startRecording();
        takeOver();
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(12) == 0) {
                memory.crashAfter(random.nextInt(60));
            }
            try {
                playStep();
            } catch (CrashError e) {
                memory.surviveFromNow();
                afterInterruption();
            }
        }
        memory.surviveFromNow();
        assertTrue(deaths > 0 || steps < 50, "seed " + seed + " never died");
    }

    /** The process died, or an error struck in the middle and the same process rolls back. */
    private void afterInterruption() {
        deaths++;
        noteCommit();
        if (random.nextBoolean()) {
            takeOver();
        } else {
            state.rollback();
        }
        model = new HashMap<>(committedModel);
        assertContents("after interruption " + deaths);
    }

    private void takeOver() {
        OwnedSegment segment = TestSegments.own(port.apply(memory), ++incarnation);
        TestSegments.recover(segment, checked && random.nextInt(4) != 0);
        state = segment.state();
    }

    private void playStep() {
        int operations = 1 + random.nextInt(8);
        for (int i = 0; i < operations; i++) {
            playOperation();
        }
        int end = random.nextInt(10);
        if (end < 7) {
            commit();
        } else if (end == 7) {
            state.rollback();
            model = new HashMap<>(committedModel);
            assertContents("after rollback");
        }
    }

    private void commit() {
        state.commit();
        noteCommit();
        assertContents("after commit");
    }

    /** A crash may come after the store that commits and before anybody knows. */
    private void noteCommit() {
        long committed = memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        if (committed == images.size()) {
            images.add(ArenaImage.of(memory.bytes(), geometry, committed));
            committedModel = new HashMap<>(model);
            ticks.add(publishedTick());
            publishedAt = newestStamp();
        }
        assertEquals(committed, images.size() - 1, "seed " + seed);
    }

    private long newestStamp() {
        long newest = 0;
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            newest = Math.max(newest, memory.getLong(PublishLayout.slotOffset(geometry.publishOffset(), slot)));
        }
        return newest;
    }

    private long publishedTick() {
        return committedModel.getOrDefault(PricePlayer.TICK_KEY, -1L);
    }

    private void playOperation() {
        players.get(random.nextInt(players.size())).play(state, random, model);
    }

    /** The structures hold what the model says. */
    private void assertContents(String when) {
        Map<String, Long> found = new HashMap<>();
        for (StructurePlayer player : players) {
            player.read(state, found);
        }
        assertEquals(model, found, "seed " + seed + ", " + when);
    }
}
