package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongLongMapTest {
    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldBehaveLikeAHashMap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        State state = TestSegments.state(MIB);
        int capacity = 1 + random.nextInt(300);
        LongLongMap map = state.longLongMap("m", capacity);
        Map<Long, Long> model = new HashMap<>();
        Map<Long, Long> committed = new HashMap<>();
        state.commit();
        int keys = 2 + random.nextInt(2 * capacity);
        for (int step = 0; step < 8000; step++) {
            long key = key(random.nextInt(keys));
            String where = "seed " + seed + ", step " + step + ", key " + key;
            boolean room = model.containsKey(key) || model.size() < capacity;
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    long value = random.nextLong();
                    if (room) {
                        map.put(key, value);
                        model.put(key, value);
                    } else {
                        assertThrows(CapacityExceededException.class, () -> map.put(key, value), where);
                    }
                }
                case 3 -> {
                    if (room) {
                        assertEquals(model.merge(key, 5L, Long::sum), map.add(key, 5), where);
                    } else {
                        assertThrows(CapacityExceededException.class, () -> map.add(key, 5), where);
                    }
                }
                case 4, 5 -> assertEquals(model.remove(key) != null, map.remove(key), where);
                case 6 -> assertEquals(model.containsKey(key), map.contains(key), where);
                default -> assertEquals(model.getOrDefault(key, -7L), map.get(key, -7), where);
            }
            assertEquals(model.size(), map.size(), where);
            if (random.nextInt(40) == 0) {
                state.commit();
                committed = new HashMap<>(model);
            } else if (random.nextInt(60) == 0) {
                state.rollback();
                model = new HashMap<>(committed);
            }
            if (step % 500 == 0) {
                assertEquals(model, contents(map), where);
            }
        }
        assertEquals(model, contents(map), "seed " + seed);
    }

    /** Small ones, their negatives, ones with high bits only, and the one whose hash is 0. */
    private static long key(int number) {
        return switch (number % 4) {
            case 0 -> number;
            case 1 -> -number;
            case 2 -> (long) number << 48;
            default -> number == 3 ? TestSegments.HASH_SEED : number * 0x9e3779b97f4a7c15L;
        };
    }

    private static Map<Long, Long> contents(LongLongMap map) {
        Map<Long, Long> contents = new HashMap<>();
        map.forEach((key, value) -> assertNull(contents.put(key, value)));
        return contents;
    }

    @Test
    void shouldTakeEveryLongAsKeyAndAsValue() {
        State state = TestSegments.state(MIB);
        long[] special = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, TestSegments.HASH_SEED, ~TestSegments.HASH_SEED};
        LongLongMap map = state.longLongMap("m", special.length);
        for (long key : special) {
            assertFalse(map.contains(key));
            for (long value : special) {
                map.put(key, value);
                assertEquals(value, map.get(key, ~value));
            }
        }
        assertEquals(special.length, map.size());
        for (long key : special) {
            assertTrue(map.remove(key));
            assertFalse(map.remove(key));
        }
        assertEquals(0, map.size());
        assertEquals(Map.of(), contents(map));
    }

    @Test
    void shouldBeFoundByASuccessorAndByReaders() {
        RecordingMemory memory = TestSegments.formatted(MIB);
        OwnedSegment first = TestSegments.own(memory, 1);
        first.recover();
        LongLongMap map = first.state().longLongMap("m", 1000);
        for (int i = 0; i < 1000; i++) {
            map.put(i * 7L, i);
        }
        first.state().commit();
        map.put(0, -1);
        map.remove(7);
        OwnedSegment second = TestSegments.own(memory, 2);
        second.recover();
        LongLongMap found = second.state().longLongMap("m", 1000);
        LongLongMapView view = TestSegments.snapshot(TestSegments.read(memory)).longLongMap("m");
        assertEquals(1000, found.size());
        assertEquals(1000, view.size());
        assertEquals(1000, view.capacity());
        for (int i = 0; i < 1000; i++) {
            assertEquals(i, found.get(i * 7L, -9));
            assertEquals(i, view.get(i * 7L, -9));
        }
        assertFalse(view.contains(1));
        assertEquals(-9, view.get(1, -9));
    }

    @Test
    void shouldTellWhatItTakesOfASegment() {
        State state = TestSegments.state(MIB);
        long before = state.freeBytes();
        state.longLongMap("m", 1000);
        assertEquals(LongLongMap.sizeBytes(1000), before - state.freeBytes());
    }
}
