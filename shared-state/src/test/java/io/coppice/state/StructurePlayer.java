package io.coppice.state;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Plays random operations on one structure for {@link RecordedRun}, beside a model of what it should hold. The model is a
 * map of keys to longs (hashes, for what is longer), shared by all players: each has keys of its own.
 */
interface StructurePlayer {
    /**
     * Does one operation and makes the model follow, the model last: an operation that dies changes nothing in it. Operations
     * that the structure must refuse are tried now and then, and must throw and change nothing.
     */
    void play(State state, SplittableRandom random, Map<String, Long> model);

    /** Adds what the structure holds now by the same keys, nothing if it does not exist. Must not create it. */
    void read(State state, Map<String, Long> found);

    /** One for each type of structure; new ones each time, as they may have state of their own. */
    static List<StructurePlayer> all() {
        return List.of(
                new RecordPlayer(),
                new PricePlayer(),
                new TablePlayer(),
                new StringLongMapPlayer(),
                new QueuePlayer(),
                new AppendLogPlayer(),
                new PoolPlayer(),
                new CountersPlayer(),
                new RingPlayer(),
                new LongLongMapPlayer(),
                new LongRecordMapPlayer(),
                new StringRecordMapPlayer(),
                new RequestsPlayer());
    }

    /** Whether a structure of that name exists. */
    static boolean exists(State state, String name) {
        return state.structures().stream().anyMatch(info -> info.name().equals(name));
    }

    static void putUnlessZero(Map<String, Long> map, String key, long value) {
        if (value != 0) {
            map.put(key, value);
        }
    }

    /** Does what must be refused; anything but a refusal fails the run. */
    static void refused(Runnable operation) {
        try {
            operation.run();
        } catch (CapacityExceededException e) {
            return;
        }
        throw new AssertionError("an operation was not refused");
    }

    static byte[] bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
