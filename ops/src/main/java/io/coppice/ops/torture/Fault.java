package io.coppice.ops.torture;

/** Ways in which a commit can be broken. */
enum Fault {
    /** What was committed is gone. */
    LOST,
    /** Parts of different commits, or of none, are together. */
    TORN,
    /** What was never committed is there, or was seen. */
    PHANTOM
}
