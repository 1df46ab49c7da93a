package io.coppice.worker.runtime;

/** What became of an attempt to read a result that is there. */
sealed interface SlotResult {
    /** It is this. */
    record Bytes(byte[] bytes) implements SlotResult {}

    /** Not now: ask again. */
    record Busy() implements SlotResult {}

    /** The slot's segment does not hold what it says. */
    record Unreadable(String reason) implements SlotResult {}
}
