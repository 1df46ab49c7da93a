package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;

/** A small map from byte strings, often nearly full, with keys that need cells and keys that do not. */
final class StringLongMapPlayer implements StructurePlayer {
    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        StringLongMap map = map(state);
        String key = key(random);
        switch (random.nextInt(6)) {
            case 0, 1, 2 -> {
                long value = random.nextLong();
                if (map.size() < map.capacity() || map.contains(key)) {
                    map.put(key, value);
                    model.put("map." + key, value);
                }
            }
            case 3, 4 -> {
                map.remove(key);
                model.remove("map." + key);
            }
            default -> {
                if (map.contains(key)) {
                    model.put("map." + key, map.add(key, 3));
                }
            }
        }
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, "map")) {
            map(state)
                    .forEach((key, length, value) ->
                            found.put("map." + new String(key, 0, length, StandardCharsets.UTF_8), value));
        }
    }

    private static StringLongMap map(State state) {
        return state.stringLongMap("map", 24, 120, 24 * 5 * 32);
    }

    private static String key(SplittableRandom random) {
        int number = random.nextInt(40);
        return "k".repeat(number % 7 == 0 ? number * 2 : number % 9) + (number == 3 ? "" : number);
    }
}
