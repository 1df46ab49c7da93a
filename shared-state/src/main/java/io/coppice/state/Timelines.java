package io.coppice.state;

import java.util.ArrayList;
import java.util.List;

/** The timeline words on page 0. */
final class Timelines {
    static final long FIRST = 1;

    /** More than one each microsecond in a thousand years. */
    static final long MOST = 1L << 56;

    private Timelines() {}

    /** Part of a step back, or of the segment's creation: nobody trusts these words in the meantime. */
    static void write(Memory memory, long timeline, long startCommit) {
        long pair = pairOffset(timeline);
        memory.putLong(pair, timeline);
        memory.putLong(pair + Long.BYTES, startCommit);
        memory.putLong(HeaderLayout.TIMELINE_START_OFFSET, startCommit);
        memory.putLongRelease(HeaderLayout.TIMELINE_OFFSET, timeline);
    }

    /** The newest ones on record, oldest first; empty if a step back is being made. */
    static List<Timeline> read(Memory memory) {
        long current = memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET);
        List<Timeline> found = new ArrayList<>(HeaderLayout.TIMELINES_KEPT);
        for (long number = Math.max(FIRST, current - HeaderLayout.TIMELINES_KEPT + 1);
                number > 0 && number <= current;
                number++) {
            long pair = pairOffset(number);
            if (memory.getLong(pair) == number) {
                found.add(new Timeline(number, memory.getLong(pair + Long.BYTES)));
            }
        }
        memory.loadFence();
        boolean steady = memory.getLong(HeaderLayout.STEP_BACK_OFFSET) == StepBack.NONE
                && memory.getLong(HeaderLayout.TIMELINE_OFFSET) == current;
        return steady ? found : List.of();
    }

    /** Whether a timeline is the newest on record, and began at that commit. Only while no step back is made. */
    static boolean isRecorded(Memory memory, long timeline, long startCommit) {
        long pair = pairOffset(timeline);
        return timeline >= FIRST
                && memory.getLong(pair) == timeline
                && memory.getLong(pair + Long.BYTES) == startCommit
                && newestRecorded(memory) == timeline;
    }

    /** The newest on record, by the records alone; at least {@link #FIRST}. */
    static long newestRecorded(Memory memory) {
        long newest = FIRST;
        for (int i = 0; i < HeaderLayout.TIMELINES_KEPT; i++) {
            long pair = HeaderLayout.TIMELINES_OFFSET + (long) i * HeaderLayout.TIMELINE_PAIR_LENGTH;
            long recorded = memory.getLong(pair);
            if (pairOffset(recorded) == pair && recorded <= MOST) {
                newest = Math.max(newest, recorded);
            }
        }
        return newest;
    }

    private static long pairOffset(long timeline) {
        return HeaderLayout.TIMELINES_OFFSET
                + Math.floorMod(timeline, (long) HeaderLayout.TIMELINES_KEPT) * HeaderLayout.TIMELINE_PAIR_LENGTH;
    }
}
