package io.coppice.worker.runtime;

/** So many lives on scratch memory that the JVM has compiled what one consists of. */
final class ScratchLives {
    /**
     * Enough for the first compiler: the interpreter looks at a method at every 128th call, and one that has 200 then is compiled, so
     * what a life calls once is at the 256th. Too few for the second compiler to bet on what it saw there and be proved wrong by the
     * first worker that is different.
     */
    static final int LIVES = 300;

    /**
     * The heap is collected before the last lives, not after them: the first call of each compiled method after a collection is
     * slow, as call sites are linked anew and, in newer JVMs, what a method refers to is looked through.
     */
    private static final int LIVES_AFTER_COLLECTION = 30;

    /** On a machine without time for that, what was reached by then has to do. */
    private static final long AT_MOST_NS = 3_000_000_000L;

    private ScratchLives() {}

    @FunctionalInterface
    interface Life {
        /** One life; their numbers go from 1. */
        void live(int number) throws Exception;
    }

    static void live(Life life) throws Exception {
        long sinceNs = System.nanoTime();
        for (int number = 1; number <= LIVES && System.nanoTime() - sinceNs < AT_MOST_NS; number++) {
            if (number == LIVES - LIVES_AFTER_COLLECTION) {
                System.gc();
            }
            life.live(number);
        }
    }
}
