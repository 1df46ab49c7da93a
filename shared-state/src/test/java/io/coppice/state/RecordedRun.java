package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A seeded sequence of operations, all its stores, and the arena as of each of its commits. */
final class RecordedRun {
    /** Room for one of each structure. Crash tests copy all of it at each store. */
    static final int LENGTH = 128 << 10;

    private final long seed;
    private final SplittableRandom random;
    private final List<StructurePlayer> players;
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final SegmentGeometry geometry = SegmentGeometry.of(LENGTH);
    private final byte[] start = memory.copy();
    private final List<byte[]> images = new ArrayList<>();
    private final List<Long> ticks = new ArrayList<>();
    private final Map<Integer, StateView> views = new HashMap<>();
    private Map<String, Long> model = new HashMap<>();
    private Map<String, Long> committedModel = new HashMap<>();
    private long incarnation;
    private State state = TestSegments.state(LENGTH);
    private int deaths;
    private long publishedAt;

    private RecordedRun(long seed, List<StructurePlayer> players) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.players = players;
    }

    /** Operations on all structures. */
    static RecordedRun of(long seed, int steps) {
        return of(seed, steps, StructurePlayer.all());
    }

    static RecordedRun of(long seed, int steps, List<StructurePlayer> players) {
        RecordedRun run = new RecordedRun(seed, players);
        run.play(steps);
        return run;
    }

    RecordingMemory memory() {
        return memory;
    }

    byte[] startImage() {
        return start.clone();
    }

    int commits() {
        return images.size() - 1;
    }

    byte[] image(int commit) {
        return images.get(commit);
    }

    void recover(Memory target) {
        new CommitEngine(target, geometry, "test/unit").restore();
    }

    /**
     * The arena must be that of the commit stored in {@code disk}, but for what is stamped, of which what counts must be; and no
     * slot may be of a later one.
     */
    void assertArena(byte[] recovered, byte[] disk, String where) {
        int committed = (int) NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        assertEquals(committed, NativeWords.get(recovered, HeaderLayout.COMMIT_SEQUENCE_OFFSET), where);
        byte[] expected = images.get(committed);
        int from = (int) geometry.arenaOffset();
        int compared = 0;
        for (StructureInfo info : stamped(committed)) {
            int start = (int) info.offsetBytes() - from;
            assertSameBytes(recovered, expected, compared, start, where);
            compared = start + (int) info.lengthBytes();
        }
        assertSameBytes(recovered, expected, compared, expected.length, where);
        if (compared > 0) {
            assertSameStructures(
                    TestSegments.snapshot(TestSegments.read(new RecordingMemory(recovered))), committed, where);
        }
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            long stamp = NativeWords.get(recovered, (int) PublishLayout.slotOffset(geometry.publishOffset(), slot));
            assertTrue(stamp >= 0 && stamp <= committed, () -> where + ": a slot is stamped " + stamp);
        }
    }

    private void assertSameBytes(byte[] recovered, byte[] expected, int start, int end, String where) {
        int from = (int) geometry.arenaOffset();
        int difference = Arrays.mismatch(recovered, from + start, from + end, expected, start, end);
        if (difference >= 0) {
            fail(where + ": arena differs at " + (start + difference));
        }
    }

    private List<StructureInfo> stamped(int committed) {
        return views.computeIfAbsent(committed, this::viewOf).structures().stream()
                .filter(info -> info.type().shape().isStamped())
                .toList();
    }

    /** What readers see of a segment whose writer died there, before anybody recovers it. */
    void assertReadersSeeTheLastCommit(byte[] disk, String where) {
        int committed = (int) NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        ReadOnlySegment reader = TestSegments.read(new RecordingMemory(disk));
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
        byte[] image = images.get(committed);
        System.arraycopy(image, 0, clean, (int) geometry.arenaOffset(), image.length);
        NativeWords.put(clean, HeaderLayout.COMMIT_SEQUENCE_OFFSET, committed);
        return TestSegments.snapshot(TestSegments.read(new RecordingMemory(clean)));
    }

    private void play(int steps) {
        images.add(arena());
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
        OwnedSegment segment = TestSegments.own(memory, ++incarnation);
        segment.recover();
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
            images.add(arena());
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

    private byte[] arena() {
        return Arrays.copyOfRange(memory.bytes(), (int) geometry.arenaOffset(), LENGTH);
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
