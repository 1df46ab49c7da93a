package io.coppice.state;

import io.coppice.state.testing.RecordingMemory;
import java.util.function.Supplier;

/** A seeded life of a segment, all stores of its owners, and what must be left of it after a death anywhere in it. */
interface CrashRun {
    /** All stores. */
    RecordingMemory memory();

    /** The segment before the first of them; a copy. */
    byte[] startImage();

    /** What whoever recovers a segment must find in it: as its own decisive stores say, before recovery. */
    Object expected(RecordingMemory disk);

    /** All that a successor does before its user's code goes on. */
    void recover(RecordingMemory disk);

    /** Fails unless the recovered segment holds what was expected. Reads it only. */
    void assertHolds(Object expected, RecordingMemory recovered, Supplier<String> where);

    /** Fails unless readers of a segment that nobody recovered yet see the last commit, or that there is nothing to see. */
    void assertReaders(byte[] disk, String where);
}
