package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A pool of three records, often exhausted, and handles of long ago that it must refuse. */
final class PoolPlayer implements StructurePlayer {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("order");
    private static final LongField NUMBER = BUILDER.int64("number");
    private static final BytesField TEXT = BUILDER.bytes("text", 12);
    private static final RecordLayout ORDER = BUILDER.build();
    private static final int CAPACITY = 3;

    /** Every handle ever handed out; one of a step that was rolled back may come again. */
    private final List<Long> seen = new ArrayList<>(List.of(0L, -1L, 3L, Long.MAX_VALUE));

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        RecordPool pool = state.pool("pool", ORDER, CAPACITY);
        if (random.nextInt(5) < 2) {
            acquire(pool, random, model);
            return;
        }
        long handle = seen.get(random.nextInt(2) == 0 ? random.nextInt(seen.size()) : seen.size() - 1);
        if (!model.containsKey("pool." + handle)) {
            assertFalse(pool.isInUse(handle));
            assertThrows(IllegalArgumentException.class, () -> pool.get(handle));
            assertThrows(IllegalArgumentException.class, () -> pool.release(handle));
        } else if (random.nextBoolean()) {
            pool.release(handle);
            model.remove("pool." + handle);
        } else {
            Record record = pool.get(handle);
            byte[] text = StructurePlayer.bytes(random, random.nextInt(13));
            record.set(TEXT, text, 0, text.length);
            model.put("pool." + handle, hash(record));
        }
    }

    private void acquire(RecordPool pool, SplittableRandom random, Map<String, Long> model) {
        long inUse =
                model.keySet().stream().filter(key -> key.startsWith("pool.")).count();
        if (inUse == CAPACITY) {
            assertEquals(RecordPool.NONE, pool.tryAcquire());
            assertThrows(CapacityExceededException.class, pool::acquire);
            return;
        }
        long handle = pool.acquire();
        seen.add(handle);
        Record record = pool.get(handle);
        assertEquals(0, record.get(NUMBER));
        assertEquals(0, record.length(TEXT));
        record.set(NUMBER, random.nextLong());
        assertEquals(null, model.put("pool." + handle, hash(record)));
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, "pool")) {
            RecordPool pool = state.pool("pool", ORDER, CAPACITY);
            int[] inUse = {0};
            pool.forEach((handle, record) -> {
                found.put("pool." + handle, hash(record));
                inUse[0]++;
            });
            assertEquals(inUse[0], pool.inUse());
        }
    }

    private static long hash(Record record) {
        return 31 * record.get(NUMBER) + record.getString(TEXT).hashCode();
    }
}
