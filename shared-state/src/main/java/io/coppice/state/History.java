package io.coppice.state;

/** Which history of a segment its contents belong to. The one place that knows where that is written. */
final class History {
    private History() {}

    /** The timeline of a segment now, 1 or more unless it is damaged. */
    static long of(Memory memory) {
        return memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET);
    }

    /** What tells a segment from an earlier one of the same name, which was removed and created again. */
    static long origin(Memory memory) {
        return memory.getLong(HeaderLayout.CREATED_EPOCH_MS_OFFSET);
    }
}
