package io.coppice.state;

/**
 * A segment's identity, as written at its creation.
 *
 * @param layoutVersion layout version of everything in the segment
 * @param kind {@link SegmentSpec#KIND_DAEMON} or {@link SegmentSpec#KIND_ROOT}
 * @param instance name of the instance
 * @param name name of the daemon, or {@code root}
 * @param lengthBytes of the file
 * @param stateBytes what was declared for the state: the file without its checkpoints
 * @param checkpoints areas for checkpoints, 0 none
 * @param arenaBytes of the part that structures lie in
 * @param undoBytes of the undo log
 * @param createdEpochMs when it was created, milliseconds since 1970
 */
public record Header(
        int layoutVersion,
        int kind,
        String instance,
        String name,
        long lengthBytes,
        long stateBytes,
        int checkpoints,
        long arenaBytes,
        long undoBytes,
        long createdEpochMs) {
    SegmentGeometry geometry() {
        return SegmentGeometry.of(stateBytes, checkpoints);
    }
}
