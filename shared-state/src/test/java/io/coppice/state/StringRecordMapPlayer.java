package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;

/** A small map from byte strings to records, whose keys, cells and slots run out now and then. */
final class StringRecordMapPlayer implements StructurePlayer {
    private static final String PREFIX = "stringRecords.";
    private static final int MAX_KEY_BYTES = 60;

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        StringRecordMap map = map(state);
        int number = random.nextInt(16);
        String key = "k".repeat(number * 4 % 61) + number;
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                boolean room = map.size() < map.capacity()
                        && key.length() <= MAX_KEY_BYTES
                        && StringLongMap.poolBytes(key.length()) <= map.freePoolBytes();
                if (room || map.contains(key)) {
                    Record record = map.put(key);
                    model.put(PREFIX + key, RecordContents.of(record));
                } else {
                    StructurePlayer.refused(() -> map.put(key));
                }
            }
            case 2, 3 -> {
                Record record = map.find(key);
                if (record != null) {
                    RecordContents.change(record, random);
                    model.put(PREFIX + key, RecordContents.of(record));
                }
            }
            default -> {
                map.remove(key);
                model.remove(PREFIX + key);
            }
        }
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, "stringRecords")) {
            map(state)
                    .forEach((key, length, record) -> found.put(
                            PREFIX + new String(key, 0, length, StandardCharsets.UTF_8), RecordContents.of(record)));
        }
    }

    private static StringRecordMap map(State state) {
        return state.stringRecordMap("stringRecords", 8, MAX_KEY_BYTES, 8 * 32, RecordContents.LAYOUT);
    }
}
