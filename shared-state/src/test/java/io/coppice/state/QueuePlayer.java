package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/** A queue of three records, often full and often empty, that wraps around all the time. */
final class QueuePlayer implements StructurePlayer {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("job");
    private static final LongField NUMBER = BUILDER.int64("number");
    private static final BytesField TEXT = BUILDER.bytes("text", 20);
    private static final RecordLayout JOB = BUILDER.build();
    private static final int CAPACITY = 3;

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        RecordQueue queue = state.queue("queue", JOB, CAPACITY);
        List<Long> records = recordsOf(model);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> add(queue, random, records);
            case 3, 4 -> {
                Record oldest = queue.poll();
                assertEquals(records.isEmpty() ? 0 : records.remove(0), oldest == null ? 0 : hash(oldest));
            }
            case 5 -> {
                if (records.isEmpty()) {
                    assertThrows(NoSuchElementException.class, queue::remove);
                } else {
                    assertEquals(records.remove(0), hash(queue.remove()));
                }
            }
            case 6 -> {
                Record oldest = queue.peek();
                if (oldest != null) {
                    oldest.add(NUMBER, 1);
                    records.set(0, hash(oldest));
                }
            }
            default -> {
                if (random.nextInt(4) == 0) {
                    queue.clear();
                    records.clear();
                }
            }
        }
        model.keySet().removeIf(key -> key.startsWith("queue."));
        for (int i = 0; i < records.size(); i++) {
            model.put("queue." + i, records.get(i));
        }
    }

    private static void add(RecordQueue queue, SplittableRandom random, List<Long> records) {
        if (records.size() == CAPACITY) {
            assertNull(queue.offer());
            assertThrows(CapacityExceededException.class, queue::add);
            return;
        }
        Record record = queue.add();
        assertEquals(0, record.get(NUMBER));
        assertEquals(0, record.length(TEXT));
        record.set(NUMBER, random.nextLong());
        byte[] text = StructurePlayer.bytes(random, random.nextInt(21));
        record.set(TEXT, text, 0, text.length);
        records.add(hash(record));
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, "queue")) {
            RecordQueue queue = state.queue("queue", JOB, CAPACITY);
            List<Long> records = new ArrayList<>();
            queue.forEach(record -> records.add(hash(record)));
            assertEquals(records.size(), queue.size());
            for (int i = 0; i < records.size(); i++) {
                found.put("queue." + i, records.get(i));
            }
        }
    }

    private static List<Long> recordsOf(Map<String, Long> model) {
        List<Long> records = new ArrayList<>();
        for (Long hash = model.get("queue.0"); hash != null; hash = model.get("queue." + records.size())) {
            records.add(hash);
        }
        return records;
    }

    private static long hash(Record record) {
        return 31 * record.get(NUMBER) + record.getString(TEXT).hashCode();
    }
}
