package io.coppice.state;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Records of a number and bytes for the maps to records: changes one field at a time, and tells all as one number. */
final class RecordContents {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("contents");
    static final LongField NUMBER = BUILDER.int64("number");
    static final BytesField TEXT = BUILDER.bytes("text", 30);
    static final RecordLayout LAYOUT = BUILDER.build();

    private RecordContents() {}

    static void change(Record record, SplittableRandom random) {
        if (random.nextBoolean()) {
            record.set(NUMBER, random.nextLong());
        } else {
            byte[] text = StructurePlayer.bytes(random, random.nextInt(31));
            record.set(TEXT, text, 0, text.length);
        }
    }

    static long of(Record record) {
        byte[] text = new byte[record.length(TEXT)];
        record.get(TEXT, text, 0);
        return 31 * record.get(NUMBER) + Arrays.hashCode(text);
    }

    static long of(RecordView record) {
        return 31 * record.get(NUMBER) + Arrays.hashCode(record.get(TEXT));
    }
}
