package io.coppice.state;

/**
 * A segment's identity, as written at its creation.
 *
 * @param layoutVersion layout version of everything in the segment
 * @param kind {@link SegmentSpec#KIND_DAEMON} or {@link SegmentSpec#KIND_ROOT}
 * @param instance name of the instance
 * @param name name of the daemon, or {@code root}
 * @param lengthBytes of the file
 * @param arenaBytes of the part that structures lie in
 * @param undoBytes of the undo log
 * @param createdEpochMs when it was created, milliseconds since 1970
 * @param timeline 1 at creation; another one if the contents ever stepped back beyond the last commit
 */
public record Header(
        int layoutVersion,
        int kind,
        String instance,
        String name,
        long lengthBytes,
        long arenaBytes,
        long undoBytes,
        long createdEpochMs,
        long timeline) {}
