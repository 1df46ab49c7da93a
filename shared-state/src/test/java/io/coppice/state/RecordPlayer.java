package io.coppice.state;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/** A record with a number and a field of bytes. */
final class RecordPlayer implements StructurePlayer {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("counters");
    private static final LongField POSITION = BUILDER.int64("position");
    static final LongField TOTAL = BUILDER.int64("total");
    private static final BytesField WORD = BUILDER.bytes("word", 90);
    static final RecordLayout COUNTERS = BUILDER.build();

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        Record counters = state.record("counters", COUNTERS);
        switch (random.nextInt(3)) {
            case 0 -> {
                long value = random.nextLong();
                counters.set(POSITION, value);
                model.put("counters.position", value);
            }
            case 1 -> {
                byte[] text = StructurePlayer.bytes(random, random.nextInt(91));
                counters.set(WORD, text, 0, text.length);
                putWord(counters, model);
            }
            default -> {
                byte[] more = StructurePlayer.bytes(random, random.nextInt(20));
                if (counters.length(WORD) + more.length <= WORD.capacityBytes()) {
                    counters.append(WORD, more, 0, more.length);
                    putWord(counters, model);
                }
            }
        }
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (!StructurePlayer.exists(state, "counters")) {
            return;
        }
        Record counters = state.record("counters", COUNTERS);
        StructurePlayer.putUnlessZero(found, "counters.position", counters.get(POSITION));
        putWord(counters, found);
    }

    /** An empty field reads as one that was never set. */
    private static void putWord(Record counters, Map<String, Long> map) {
        byte[] word = new byte[counters.length(WORD)];
        counters.get(WORD, word, 0);
        if (word.length > 0) {
            map.put("counters.word", (long) Arrays.hashCode(word));
        } else {
            map.remove("counters.word");
        }
    }
}
