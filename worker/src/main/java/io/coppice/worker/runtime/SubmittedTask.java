package io.coppice.worker.runtime;

import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RequestReader;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads what the daemon has submitted from the daemon's segment, which it may be changing all the while. The transaction's main
 * thread.
 */
final class SubmittedTask {
    /** A root that took a daemon's word for it has seen the commit; what is not found after so long has been removed since. */
    static final long PATIENCE_NS = 1_000_000_000;

    private static final long LOOK_NS = 1_000_000;

    private SubmittedTask() {}

    /**
     * Finds a request; looks again for {@link #PATIENCE_NS} if it is not there, or in the middle of a change. Blocks for so long.
     *
     * @throws SegmentException if the daemon's segment cannot be read
     */
    static Optional<RequestReader.Request> find(Path daemon, long request) throws SegmentException {
        long sinceNs = System.nanoTime();
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(daemon)) {
            RequestReader reader = segment.requests();
            while (true) {
                boolean again = System.nanoTime() - sinceNs < PATIENCE_NS;
                try {
                    Optional<RequestReader.Request> found = reader.find(request);
                    if (found.isPresent() || !again) {
                        return found;
                    }
                } catch (SegmentException e) {
                    if (!again) {
                        throw e;
                    }
                }
                LockSupport.parkNanos(LOOK_NS);
            }
        }
    }
}
