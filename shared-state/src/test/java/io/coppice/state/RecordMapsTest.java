package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The maps from longs and from byte strings to records. */
class RecordMapsTest {
    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldBehaveLikeHashMaps(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RecordingMemory memory = TestSegments.formatted(MIB);
        OwnedSegment owner = TestSegments.own(memory, 1);
        owner.recover();
        State state = owner.state();
        int capacity = 1 + random.nextInt(100);
        LongRecordMap longs = state.longRecordMap("l", capacity, RecordContents.LAYOUT);
        StringRecordMap strings = state.stringRecordMap("s", capacity, 100, 20_000, RecordContents.LAYOUT);
        Map<Integer, Long> model = new HashMap<>();
        Map<Integer, Long> committed = new HashMap<>();
        state.commit();
        int keys = 2 + random.nextInt(2 * capacity);
        for (int step = 0; step < 6000; step++) {
            int key = random.nextInt(keys);
            String where = "seed " + seed + ", step " + step + ", key " + key;
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    if (model.containsKey(key) || model.size() < capacity) {
                        Record record = longs.put(key);
                        assertEquals(model.getOrDefault(key, 1L), RecordContents.of(record), where);
                        long value = change(record, random.nextLong());
                        assertEquals(value, change(strings.put(string(key)), record.get(RecordContents.NUMBER)), where);
                        model.put(key, value);
                    } else {
                        assertThrows(CapacityExceededException.class, () -> longs.put(key), where);
                        assertThrows(CapacityExceededException.class, () -> strings.put(string(key)), where);
                    }
                }
                case 3, 4 -> {
                    boolean present = model.remove(key) != null;
                    assertEquals(present, longs.remove(key), where);
                    assertEquals(present, strings.remove(string(key)), where);
                }
                default -> {
                    Record record = longs.find(key);
                    assertEquals(model.get(key), record == null ? null : RecordContents.of(record), where);
                    Record same = strings.find(string(key));
                    assertEquals(model.get(key), same == null ? null : RecordContents.of(same), where);
                }
            }
            assertEquals(model.size(), longs.size(), where);
            assertEquals(model.size(), strings.size(), where);
            if (random.nextInt(30) == 0) {
                state.commit();
                committed = new HashMap<>(model);
            } else if (random.nextInt(60) == 0) {
                state.rollback();
                model = new HashMap<>(committed);
            }
            if (step % 500 == 0) {
                assertHolds(model, longs, strings, where);
                state.commit();
                committed = new HashMap<>(model);
                assertHolds(model, TestSegments.snapshot(TestSegments.read(memory)), where);
            }
        }
        for (int key : Map.copyOf(model).keySet()) {
            assertTrue(strings.remove(string(key)), "seed " + seed);
        }
        assertEquals(20_000, strings.freePoolBytes(), "seed " + seed + ": cells are lost");
    }

    private static long change(Record record, long number) {
        record.set(RecordContents.NUMBER, number);
        record.set(RecordContents.TEXT, "x".repeat((int) (number & 15)));
        return RecordContents.of(record);
    }

    private static String string(int key) {
        return key + "-".repeat(key % 3 == 0 ? key % 60 : 0);
    }

    private static void assertHolds(
            Map<Integer, Long> model, LongRecordMap longs, StringRecordMap strings, String where) {
        Map<Integer, Long> found = new HashMap<>();
        longs.forEach((key, record) -> assertNull(found.put((int) key, RecordContents.of(record))));
        assertEquals(model, found, where);
        Map<String, Long> named = new HashMap<>();
        strings.forEach((key, length, record) ->
                named.put(new String(key, 0, length, StandardCharsets.UTF_8), RecordContents.of(record)));
        assertEquals(model.size(), named.size(), where);
        model.forEach((key, value) -> assertEquals(value, named.get(string(key)), where));
    }

    private static void assertHolds(Map<Integer, Long> model, StateView view, String where) {
        LongRecordMapView longs = view.longRecordMap("l", RecordContents.LAYOUT);
        Map<Integer, Long> found = new HashMap<>();
        longs.forEach((key, record) -> assertNull(found.put((int) key, RecordContents.of(record))));
        assertEquals(model, found, where);
        StringRecordMapView strings = view.stringRecordMap("s", RecordContents.LAYOUT);
        assertEquals(model.size(), strings.size(), where);
        assertEquals(model.size(), view.used("s"), where);
        model.forEach((key, value) -> {
            assertEquals(value, RecordContents.of(longs.find(key).orElseThrow()), where);
            assertEquals(value, RecordContents.of(strings.find(string(key)).orElseThrow()), where);
        });
        assertTrue(longs.find(-1).isEmpty());
        assertTrue(strings.find("no such key").isEmpty());
    }

    @Test
    void shouldHandOutOneObjectThatMoves() {
        State state = TestSegments.state(MIB);
        LongRecordMap map = state.longRecordMap("m", 10, RecordContents.LAYOUT);
        Record one = map.put(1);
        one.set(RecordContents.NUMBER, 1);
        Record two = map.put(2);
        assertSame(one, two);
        assertEquals(0, one.get(RecordContents.NUMBER));
        assertSame(one, map.find(1));
        assertEquals(1, one.get(RecordContents.NUMBER));
        assertNull(map.find(3));
    }

    @Test
    void shouldRefuseTheRecordOfARemovedKey() {
        State state = TestSegments.state(MIB);
        LongRecordMap map = state.longRecordMap("m", 10, RecordContents.LAYOUT);
        Record record = map.put(1);
        map.remove(1);
        IllegalStateException refusal =
                assertThrows(IllegalStateException.class, () -> record.set(RecordContents.NUMBER, 1));
        assertTrue(String.valueOf(refusal.getMessage()).contains("removed from its map"), refusal.getMessage());
        assertThrows(IllegalStateException.class, () -> record.get(RecordContents.NUMBER));
        assertThrows(IllegalStateException.class, () -> record.set(RecordContents.TEXT, "x"));
        map.put(2).set(RecordContents.NUMBER, 2);
        assertEquals(2, record.get(RecordContents.NUMBER));
    }

    /** Method: a second object for the same map, by a second instance of the layout, still stands where the key was. */
    @Test
    void shouldNotBeHarmedByWritesToTheRecordOfAKeyThatIsGone() {
        RecordingMemory memory = TestSegments.formatted(MIB);
        OwnedSegment owner = TestSegments.own(memory, 1);
        owner.recover();
        State state = owner.state();
        LongRecordMap map = state.longRecordMap("m", 3, RecordContents.LAYOUT);
        state.commit();
        Record rolledBack = map.put(1);
        state.rollback();
        rolledBack.set(RecordContents.NUMBER, 99);
        assertEquals(0, map.put(1).get(RecordContents.NUMBER));
        RecordLayout.Builder builder = RecordLayout.named("contents");
        LongField number = builder.int64("number");
        builder.bytes("text", 30);
        LongRecordMap second = state.longRecordMap("m", 3, builder.build());
        Record stale = second.put(1);
        map.remove(1);
        stale.set(number, Long.MAX_VALUE);
        state.commit();
        TestSegments.snapshot(TestSegments.read(memory));
        for (int key = 1; key <= 3; key++) {
            assertEquals(0, map.put(key).get(RecordContents.NUMBER), "key " + key);
        }
        assertEquals(3, second.size());
    }

    @Test
    void shouldChangeRecordsDuringAWalk() {
        State state = TestSegments.state(MIB);
        StringRecordMap map = state.stringRecordMap("m", 100, 20, 4096, RecordContents.LAYOUT);
        for (int i = 0; i < 100; i++) {
            map.put("key " + i).set(RecordContents.NUMBER, i);
        }
        map.forEach((key, length, record) -> record.add(RecordContents.NUMBER, 1000));
        for (int i = 0; i < 100; i++) {
            Record record = map.find("key " + i);
            assertNotNull(record);
            assertEquals(1000 + i, record.get(RecordContents.NUMBER));
        }
        assertFalse(map.contains("key"));
    }

    @Test
    void shouldTellWhatTheyTakeOfASegment() {
        State state = TestSegments.state(MIB);
        long before = state.freeBytes();
        state.longRecordMap("l", 1000, RecordContents.LAYOUT);
        long between = state.freeBytes();
        assertEquals(LongRecordMap.sizeBytes(1000, RecordContents.LAYOUT), before - between);
        state.stringRecordMap("s", 1000, 64, 10_000, RecordContents.LAYOUT);
        assertEquals(StringRecordMap.sizeBytes(1000, 10_000, RecordContents.LAYOUT), between - state.freeBytes());
    }
}
