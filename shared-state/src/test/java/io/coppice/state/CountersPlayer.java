package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.SplittableRandom;

/** Four counters, and more labels than that, so that some are refused once the others exist. */
final class CountersPlayer implements StructurePlayer {
    private static final int CAPACITY = 4;

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        Counters counters = state.counters("tallies", CAPACITY);
        String label = "tally " + "x".repeat(random.nextInt(6) * 8);
        String key = key(label);
        long existing =
                model.keySet().stream().filter(k -> k.startsWith("tallies.")).count();
        if (!model.containsKey(key) && existing == CAPACITY) {
            assertThrows(CapacityExceededException.class, () -> counters.counter(label));
            return;
        }
        Counter counter = counters.counter(label);
        assertEquals(model.getOrDefault(key, 0L), counter.get());
        // Creation alone is a change too: the counter exists from now on.
        if (random.nextBoolean()) {
            counter.add(random.nextInt(9) - 4);
        } else if (random.nextBoolean()) {
            counter.set(random.nextLong());
        }
        model.put(key, counter.get());
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, "tallies")) {
            Counters counters = state.counters("tallies", CAPACITY);
            counters.forEach(counter -> found.put(key(counter.label()), counter.get()));
        }
    }

    private static String key(String label) {
        return "tallies." + label;
    }
}
