package io.coppice.ops.torture.job;

import java.util.SplittableRandom;

/**
 * What a writer does in each of its steps. Pure: the operations of a step depend on (seed, writer, step) and nothing else, so
 * whoever plays the steps 1 to n has the contents of step n.
 */
public final class Script {
    /** Added to a step that is going to be rolled back: it does other things than any that is committed. */
    public static final long NEVER = 1L << 40;

    private static final int LEAST_OPERATIONS = 3;
    private static final int MORE_OPERATIONS = 10;
    private static final int LONGEST_BYTES = Structures.BYTES;

    private final long seed;

    /** @param writer index of the writer, from 0 on */
    public Script(long seed, int writer) {
        this.seed = Mix.of(seed, writer + 1L);
    }

    /** All of a step. */
    public void play(long step, Operations operations) {
        play(step, operations, Integer.MAX_VALUE);
    }

    /**
     * Begins a step and does its operations, and ends it unless it was cut.
     *
     * @param most operations before it is cut; 0 or more
     */
    public void play(long step, Operations operations, int most) {
        SplittableRandom random = new SplittableRandom(Mix.of(seed, step));
        int count = LEAST_OPERATIONS + random.nextInt(MORE_OPERATIONS);
        operations.begin(step);
        for (int i = 0; i < count && i < most; i++) {
            operation(random, operations, step * (LEAST_OPERATIONS + MORE_OPERATIONS) + i);
        }
        if (most >= count) {
            operations.end(step);
        }
    }

    /** @param id another one for each operation of all steps */
    private static void operation(SplittableRandom random, Operations to, long id) {
        switch (random.nextInt(20)) {
            case 0 -> to.record(random.nextLong(), random.nextDouble(), bytes(random));
            case 1, 2 -> to.tableAdd(random.nextInt(Structures.TABLE_ROWS), random.nextLong(), bytes(random));
            case 3, 4 -> to.stringPut(key(random), random.nextLong());
            case 5 -> to.stringRemove(key(random));
            case 6 -> to.longAdd(random.nextInt(Structures.KEYS), random.nextLong());
            case 7 -> to.longRemove(random.nextInt(Structures.KEYS));
            case 8 -> to.longRecordPut(random.nextInt(Structures.KEYS), random.nextLong(), bytes(random));
            case 9 -> to.longRecordRemove(random.nextInt(Structures.KEYS));
            case 10 -> to.stringRecordPut(key(random), random.nextLong(), bytes(random));
            case 11 -> to.stringRecordRemove(key(random));
            case 12 -> to.queueAdd(random.nextLong(), bytes(random));
            case 13 -> to.queuePoll();
            case 14 -> to.logAppend(bytes(random, Structures.LONGEST_LOG_ENTRY));
            case 15 -> to.poolAcquire(id, bytes(random));
            case 16 -> to.poolRelease();
            case 17 -> to.count("label-" + random.nextInt(Structures.COUNTERS), random.nextLong());
            case 18 -> to.send(random.nextInt(Structures.LONGEST_PAYLOAD_WORDS));
            default -> to.broadcast(random.nextInt(Structures.LONGEST_PAYLOAD_WORDS));
        }
    }

    /** Some are short enough to lie in the map's entry, some are not. */
    private static String key(SplittableRandom random) {
        int key = random.nextInt(Structures.KEYS);
        return "k" + key + "-long-key".repeat(key % 4);
    }

    private static byte[] bytes(SplittableRandom random) {
        return bytes(random, LONGEST_BYTES);
    }

    private static byte[] bytes(SplittableRandom random, int longest) {
        byte[] bytes = new byte[random.nextInt(longest + 1)];
        random.nextBytes(bytes);
        return bytes;
    }
}
