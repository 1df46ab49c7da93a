package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A seeded sequence of operations, all its stores, and the arena as of each of its commits. */
final class RecordedRun {
    static final int LENGTH = (int) SegmentSpec.MIN_LENGTH_BYTES;

    private static final RecordLayout.Builder COUNTERS_BUILDER = RecordLayout.named("counters");
    private static final LongField POSITION = COUNTERS_BUILDER.int64("position");
    private static final LongField TOTAL = COUNTERS_BUILDER.int64("total");
    private static final BytesField WORD = COUNTERS_BUILDER.bytes("word", 90);
    private static final RecordLayout COUNTERS = COUNTERS_BUILDER.build();
    private static final RecordLayout.Builder PRICE_BUILDER = RecordLayout.named("price");
    private static final LongField TICK = PRICE_BUILDER.int64("tick");
    private static final LongField TWICE = PRICE_BUILDER.int64("twice");
    private static final DoubleField PRICE = PRICE_BUILDER.float64("price");
    private static final RecordLayout PRICES = PRICE_BUILDER.build();

    private final long seed;
    private final SplittableRandom random;
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final SegmentGeometry geometry = SegmentGeometry.of(LENGTH);
    private final byte[] start = memory.copy();
    private final List<byte[]> images = new ArrayList<>();
    private final List<Long> ticks = new ArrayList<>();
    private final Map<Integer, StateView> views = new HashMap<>();
    private Map<String, Long> model = new HashMap<>();
    private Map<String, Long> committedModel = new HashMap<>();
    private long incarnation;
    private long tick;
    private State state = TestSegments.state(LENGTH);
    private int deaths;
    private long publishedAt;

    private RecordedRun(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    static RecordedRun of(long seed, int steps) {
        RecordedRun run = new RecordedRun(seed);
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

    /** The arena must be that of the commit stored in {@code disk}, and no slot may be of a later one. */
    void assertArena(byte[] recovered, byte[] disk, String where) {
        int committed = (int) NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        assertEquals(committed, NativeWords.get(recovered, HeaderLayout.COMMIT_SEQUENCE_OFFSET), where);
        byte[] expected = images.get(committed);
        int from = (int) geometry.arenaOffset();
        int difference = Arrays.mismatch(recovered, from, recovered.length, expected, 0, expected.length);
        if (difference >= 0) {
            fail(where + ": arena differs from commit " + committed + " at " + difference);
        }
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            long stamp = NativeWords.get(recovered, (int) PublishLayout.slotOffset(geometry.publishOffset(), slot));
            assertTrue(stamp >= 0 && stamp <= committed, () -> where + ": a slot is stamped " + stamp);
        }
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
        PublishedView published = reader.published("price", PRICES);
        boolean refreshed = published.refresh();
        long expected = ticks.get(committed);
        assertEquals(expected >= 0, refreshed, () -> where + ": " + published.problem());
        if (refreshed) {
            assertEquals(expected, published.get(TICK), where);
            assertEquals(2 * expected, published.get(TWICE), where);
        }
    }

    void assertIsCommit(StateView view, String where) {
        assertSameStructures(view, (int) view.commitSequence(), where);
    }

    PublishedView publishedView(Memory reader) {
        return new PublishedView(reader, geometry, "test/unit", "price", PRICES);
    }

    void assertPublished(PublishedView view, String where) {
        long expected = ticks.get((int) view.sequence());
        assertEquals(expected, view.get(TICK), where);
        assertEquals(2 * expected, view.get(TWICE), where);
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
        return committedModel.getOrDefault("price.tick", -1L);
    }

    private void playOperation() {
        switch (random.nextInt(11)) {
            case 0 -> {
                long value = random.nextLong();
                state.record("counters", COUNTERS).set(POSITION, value);
                model.put("counters.position", value);
            }
            case 1 -> {
                byte[] text = bytes(random.nextInt(91));
                state.record("counters", COUNTERS).set(WORD, text, 0, text.length);
                model.put("counters.word", (long) Arrays.hashCode(text));
            }
            case 2 -> {
                Record counters = state.record("counters", COUNTERS);
                byte[] more = bytes(random.nextInt(20));
                if (counters.length(WORD) + more.length <= WORD.capacityBytes()) {
                    counters.append(WORD, more, 0, more.length);
                    byte[] all = new byte[counters.length(WORD)];
                    counters.get(WORD, all, 0);
                    model.put("counters.word", (long) Arrays.hashCode(all));
                }
            }
            case 3 -> {
                Record price = state.published("price", PRICES);
                tick++;
                price.set(TICK, tick);
                price.set(TWICE, 2 * tick);
                price.set(PRICE, tick / 4.0);
                model.put("price.tick", tick);
            }
            case 4 -> {
                int row = random.nextInt(5);
                long sum = state.table("rows", COUNTERS, 5).row(row).add(TOTAL, 1 + random.nextInt(9));
                model.put("rows." + row, sum);
            }
            case 5, 6, 7 -> {
                String key = key();
                long value = random.nextLong();
                StringLongMap map = map();
                if (map.size() < map.capacity() || map.contains(key)) {
                    map.put(key, value);
                    model.put("map." + key, value);
                }
            }
            case 8, 9 -> {
                String key = key();
                map().remove(key);
                model.remove("map." + key);
            }
            default -> {
                String key = key();
                if (map().contains(key)) {
                    model.put("map." + key, map().add(key, 3));
                }
            }
        }
    }

    private StringLongMap map() {
        return state.stringLongMap("map", 24, 120, 24 * 5 * 32);
    }

    /** Short ones and ones with cells. */
    private String key() {
        int number = random.nextInt(40);
        return "k".repeat(number % 7 == 0 ? number * 2 : number % 9) + (number == 3 ? "" : number);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    private byte[] arena() {
        return Arrays.copyOfRange(memory.bytes(), (int) geometry.arenaOffset(), LENGTH);
    }

    /** The structures hold what the model says. */
    private void assertContents(String when) {
        Map<String, Long> found = new HashMap<>();
        for (StructureInfo info : state.structures()) {
            switch (info.name()) {
                case "counters" -> {
                    Record counters = state.record("counters", COUNTERS);
                    putUnlessZero(found, "counters.position", counters.get(POSITION));
                    byte[] word = new byte[counters.length(WORD)];
                    counters.get(WORD, word, 0);
                    if (model.containsKey("counters.word") || word.length > 0) {
                        found.put("counters.word", (long) Arrays.hashCode(word));
                    }
                }
                case "price" ->
                    putUnlessZero(
                            found,
                            "price.tick",
                            state.published("price", PRICES).get(TICK));
                case "rows" -> {
                    for (int row = 0; row < 5; row++) {
                        putUnlessZero(
                                found,
                                "rows." + row,
                                state.table("rows", COUNTERS, 5).row(row).get(TOTAL));
                    }
                }
                default ->
                    map().forEach((key, length, value) ->
                            found.put("map." + new String(key, 0, length, StandardCharsets.UTF_8), value));
            }
        }
        assertEquals(model, found, "seed " + seed + ", " + when);
    }

    private static void putUnlessZero(Map<String, Long> map, String key, long value) {
        if (value != 0) {
            map.put(key, value);
        }
    }
}
