package io.coppice.state.root;

/** Answer to {@link RootView#read()}. */
public sealed interface RootReadResult {
    /** The contents as of one commit. */
    record Read(RootSnapshot snapshot) implements RootReadResult {}

    /** The root committed faster than the copy could be made, every time; try again. */
    record Busy(int attempts) implements RootReadResult {}

    /** The contents contradict themselves, or the file was truncated. */
    record Damaged(String reason) implements RootReadResult {}
}
