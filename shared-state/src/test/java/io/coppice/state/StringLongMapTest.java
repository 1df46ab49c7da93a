package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StringLongMapTest {
    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldBehaveLikeAHashMap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        State state = TestSegments.state(MIB);
        int capacity = 1 + random.nextInt(300);
        StringLongMap map = state.stringLongMap("m", capacity, 400, 200_000);
        Map<String, Long> model = new HashMap<>();
        Map<String, Long> committed = new HashMap<>();
        state.commit();
        int keys = 2 + random.nextInt(2 * capacity);
        for (int step = 0; step < 8000; step++) {
            String key = key(random.nextInt(keys));
            String where = "seed " + seed + ", step " + step + ", key of " + key.length();
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    long value = random.nextLong();
                    if (model.containsKey(key) || model.size() < capacity) {
                        map.put(key, value);
                        model.put(key, value);
                    } else {
                        assertThrows(CapacityExceededException.class, () -> map.put(key, value), where);
                    }
                }
                case 3 -> {
                    if (model.containsKey(key) || model.size() < capacity) {
                        assertEquals(model.merge(key, 5L, Long::sum), map.add(key, 5), where);
                    }
                }
                case 4, 5 -> assertEquals(model.remove(key) != null, map.remove(key), where);
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
        for (String key : Map.copyOf(model).keySet()) {
            assertTrue(map.remove(key), "seed " + seed);
            state.commit();
        }
        assertEquals(0, map.size(), "seed " + seed);
        assertEquals(200_000, map.freePoolBytes(), "seed " + seed + ": cells are lost");
    }

    private static String key(int number) {
        int length = number % 5 == 0 ? number % 400 : number % 13;
        return number + "-".repeat(Math.max(0, length - 4));
    }

    private static Map<String, Long> contents(StringLongMap map) {
        Map<String, Long> contents = new HashMap<>();
        map.forEach((key, length, value) ->
                assertEquals(null, contents.put(new String(key, 0, length, StandardCharsets.UTF_8), value)));
        return contents;
    }

    @Test
    void shouldTakeKeysOfAMebibyteAndGiveTheirRoomBack() {
        State state = TestSegments.state(64 * MIB);
        StringLongMap map = state.stringLongMap("m", 10, MIB, 3 * StringLongMap.poolBytes(MIB));
        state.commit();
        byte[] key = new byte[MIB];
        for (int round = 0; round < 4; round++) {
            for (byte first = 0; first < 3; first++) {
                key[MIB - 1] = first;
                map.put(key, 0, MIB, first);
                state.commit();
            }
            assertEquals(0, map.freePoolBytes());
            for (byte first = 0; first < 3; first++) {
                key[MIB - 1] = first;
                assertEquals(first, map.get(key, 0, MIB, -1));
                assertTrue(map.remove(key, 0, MIB));
                state.commit();
            }
        }
        assertEquals(0, map.size());
    }

    @Test
    void shouldTellKeysApartThatDifferInLengthOrInTheLastByteOnly() {
        State state = TestSegments.state(MIB);
        StringLongMap map = state.stringLongMap("m", 100, 40, 4096);
        for (int length = 0; length <= 40; length++) {
            map.put(new byte[length], 0, length, length);
        }
        assertEquals(41, map.size());
        for (int length = 0; length <= 40; length++) {
            assertEquals(length, map.get(new byte[length], 0, length, -1));
        }
        byte[] other = new byte[33];
        other[32] = 1;
        assertFalse(map.contains(other, 0, 33));
    }

    @Test
    void shouldReadKeysInTheMiddleOfAnArray() {
        State state = TestSegments.state(MIB);
        StringLongMap map = state.stringLongMap("m", 10, 40, 4096);
        byte[] line = "the quick brown incomprehensibilities".getBytes(StandardCharsets.US_ASCII);
        map.add(line, 4, 5, 2);
        map.add(line, 16, 21, 3);
        assertEquals(2, map.get("quick", 0));
        assertEquals(3, map.get("incomprehensibilities", 0));
        assertThrows(IndexOutOfBoundsException.class, () -> map.put(line, 30, 20, 1));
        assertEquals(2, map.size());
    }

    @Test
    void shouldTellWhatItTakesOfASegment() {
        State state = TestSegments.state(MIB);
        long before = state.freeBytes();
        state.stringLongMap("m", 1000, 64, 10_000);
        assertEquals(StringLongMap.sizeBytes(1000, 10_000), before - state.freeBytes());
    }
}
