package io.coppice.supervisor.root;

import io.coppice.state.SegmentException;
import io.coppice.state.root.RootSegment;
import io.coppice.supervisor.limits.GroupTree;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.RootLock;
import io.coppice.supervisor.plan.Plan;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An instance whose directory, lock and segments are ready: what {@link RootStartup} made and {@link Root} works on.
 *
 * @param plan what this root begins with
 * @param next what it is to change over to at once; null if it has begun with that
 * @param rootLock held until the root ends
 * @param rootSegment the root's own segment, mapped writable
 * @param directory the instance directory
 * @param segmentDirectory where the daemons' segments are
 * @param start what this root goes on from
 * @param output where the output of what this root launches goes
 * @param groups in which limits hold
 * @param views of what is in a sandbox, arranged
 * @param ownUid the user whom this root runs as
 */
record PreparedInstance(
        Plan plan,
        @Nullable Plan next,
        RootLock rootLock,
        RootSegment rootSegment,
        Path directory,
        Path segmentDirectory,
        StartingPoint start,
        ChildOutput output,
        GroupTree groups,
        SegmentViews views,
        int ownUid,
        ProcessTable processes)
        implements AutoCloseable {
    private static final int EXIT_FAILED = 1;

    static Path rootLockFile(Path directory) {
        return directory.resolve("root.lock");
    }

    static Path rootSegmentFile(Path directory) {
        return directory.resolve("root.seg");
    }

    Path rootLockFile() {
        return rootLockFile(directory);
    }

    Path rootSegmentFile() {
        return rootSegmentFile(directory);
    }

    /**
     * A root segment in place of one that has lost its name.
     *
     * @throws StartupRefused if there is no room for it, or something else is there
     */
    static RootSegment anotherRootSegment(Path file, Plan plan) throws StartupRefused, SegmentException {
        new Reservations().ensure(file, RootSegment.spec(plan.instance()));
        RootSegment segment = RootSegment.open(file, ProcessHandle.current().pid(), 0);
        try {
            SharedFiles.record(file, Opening.of(plan));
            return segment;
        } catch (IOException e) {
            StartupRefused refused = new StartupRefused(EXIT_FAILED, String.valueOf(e.getMessage()));
            try {
                segment.close();
            } catch (IOException notClosed) {
                refused.addSuppressed(notClosed);
            }
            throw refused;
        }
    }

    Path controlSocket() {
        return directory.resolve("control.sock");
    }

    Path log(String child) {
        return directory.resolve("logs").resolve(child + ".log");
    }

    Path segment(String daemon) {
        return segmentDirectory.resolve(daemon + ".seg");
    }

    /** Releases the root lock last: only then may a successor begin. */
    @Override
    public void close() throws IOException {
        try (rootLock) {
            rootSegment.close();
        }
    }
}
