package io.coppice.state;

/** Answer to {@link ReadOnlySegment#snapshot()}. */
public sealed interface SnapshotResult {
    /** The structures as of one commit. */
    record Snapshot(StateView view) implements SnapshotResult {}

    /**
     * The owner committed faster than the copy could be made, every time, or is replacing the contents by older ones
     * ({@link ReadOnlySegment#stepBack}), or died while it did; its successor finishes that.
     *
     * @param attempts copies that were made in vain
     */
    record Busy(int attempts) implements SnapshotResult {}

    /** What the segment holds contradicts its layout, or the file was truncated. */
    record Damaged(String reason) implements SnapshotResult {}
}
