package io.coppice.state;

import java.util.Map;
import java.util.SplittableRandom;

/** A small map from longs to records, often full, whose slots go from key to key. */
final class LongRecordMapPlayer implements StructurePlayer {
    private static final String PREFIX = "longRecords.";

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        LongRecordMap map = map(state);
        long key = random.nextInt(14);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (map.size() < map.capacity() || map.contains(key)) {
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
        if (StructurePlayer.exists(state, "longRecords")) {
            map(state).forEach((key, record) -> found.put(PREFIX + key, RecordContents.of(record)));
        }
    }

    private static LongRecordMap map(State state) {
        return state.longRecordMap("longRecords", 8, RecordContents.LAYOUT);
    }
}
