package io.coppice.ops.manifest;

/**
 * The memory of one worker's JVM: the same numbers make its flags and its row of the budget.
 *
 * @param heapBytes {@code -Xms} and {@code -Xmx}
 * @param metaspaceBytes {@code -XX:MaxMetaspaceSize}
 * @param codeCacheBytes {@code -XX:ReservedCodeCacheSize}
 * @param directBytes {@code -XX:MaxDirectMemorySize}
 * @param stackBytes {@code -Xss}
 * @param serialCollector whether the heap is collected by SerialGC, which is the case unless options choose another
 */
record JvmMemory(
        long heapBytes,
        long metaspaceBytes,
        long codeCacheBytes,
        long directBytes,
        long stackBytes,
        boolean serialCollector) {
    /** About 3,000 classes of a daemon and its libraries take 20 MiB; three times that leaves room and finds leaks. */
    static final long DEFAULT_METASPACE_BYTES = 64L << 20;

    /** A single-threaded loop compiles a few thousand methods at most; 240 MiB, the JVM's own default, is for servers. */
    static final long DEFAULT_CODE_CACHE_BYTES = 32L << 20;

    /** Segments are mapped and do not count as direct memory; this is for buffers of channels. */
    static final long DEFAULT_DIRECT_BYTES = 16L << 20;

    static final long DEFAULT_STACK_BYTES = 512L << 10;

    /**
     * Threads whose stacks are counted: 11 of an idle JVM (17 and 25, SerialGC), up to 4 compiler threads, the rest for
     * what libraries start.
     */
    static final int COUNTED_THREADS = 24;

    /**
     * What a JVM takes beside all the rest: on 17 and 25, native memory tracking of an idle one shows 14 MiB of shared
     * class archive and 3 MiB of symbols, modules, arenas and tables; the other half is room for the compilers' arenas.
     */
    static final long OVERHEAD_BYTES = 32L << 20;

    long stacksBytes() {
        return COUNTED_THREADS * stackBytes;
    }

    /**
     * The JVM's own, with what the collector keeps beside the heap: SerialGC a card table of 1/512 and offsets of as much,
     * the others remembered sets and mark bits of up to an eighth.
     */
    long overheadBytes() {
        return OVERHEAD_BYTES + (serialCollector ? heapBytes / 256 : heapBytes / 8);
    }
}
