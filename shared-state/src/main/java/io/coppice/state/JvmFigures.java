package io.coppice.state;

/**
 * The published record in which the agent tells how the JVM of its program does, and by which others read it. Bytes and milliseconds; -1 is
 * what the JVM does not tell.
 */
public final class JvmFigures {
    /** Name of the structure. */
    public static final String NAME = "jvm";

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("jvm");
    /** Of the heap, in use. */
    public static final LongField HEAP_USED = BUILDER.int64("heapUsedBytes");
    /** Of the heap, taken from the system. */
    public static final LongField HEAP_COMMITTED = BUILDER.int64("heapCommittedBytes");
    /** What the heap may grow to. */
    public static final LongField HEAP_MAX = BUILDER.int64("heapMaxBytes");
    /** Classes, code and the like. */
    public static final LongField NON_HEAP_USED = BUILDER.int64("nonHeapUsedBytes");
    /** Of all collectors. */
    public static final LongField COLLECTIONS = BUILDER.int64("collections");
    /** What they took. */
    public static final LongField COLLECTION_MS = BUILDER.int64("collectionMs");
    /** That live, daemon threads included. */
    public static final LongField THREADS = BUILDER.int64("threads");
    /** Since the JVM's start. */
    public static final LongField UPTIME_MS = BUILDER.int64("uptimeMs");

    /** Layout of the structure. */
    public static final RecordLayout LAYOUT = BUILDER.build();

    private JvmFigures() {}
}
