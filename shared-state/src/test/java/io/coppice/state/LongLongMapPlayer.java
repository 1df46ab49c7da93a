package io.coppice.state;

import java.util.Map;
import java.util.SplittableRandom;

/** A small map from longs, often full, with the key whose hash is 0 among its keys. */
final class LongLongMapPlayer implements StructurePlayer {
    private static final String PREFIX = "longs.";

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        LongLongMap map = map(state);
        long key = key(random);
        boolean room = map.size() < map.capacity() || map.contains(key);
        switch (random.nextInt(6)) {
            case 0, 1, 2 -> {
                long value = random.nextLong();
                if (room) {
                    map.put(key, value);
                    model.put(PREFIX + key, value);
                } else {
                    StructurePlayer.refused(() -> map.put(key, value));
                }
            }
            case 3, 4 -> {
                map.remove(key);
                model.remove(PREFIX + key);
            }
            default -> {
                if (room) {
                    model.put(PREFIX + key, map.add(key, 3));
                } else {
                    StructurePlayer.refused(() -> map.add(key, 3));
                }
            }
        }
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, "longs")) {
            map(state).forEach((key, value) -> found.put(PREFIX + key, value));
        }
    }

    private static LongLongMap map(State state) {
        return state.longLongMap("longs", 12);
    }

    private static long key(SplittableRandom random) {
        int number = random.nextInt(20);
        return number == 0 ? TestSegments.HASH_SEED : number;
    }
}
