package io.coppice.ops.view;

import io.coppice.state.JvmFigures;
import io.coppice.state.LayoutMismatchException;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import java.util.Optional;

/**
 * How the JVM of a program under the agent does, as of its last figures; of a dead one, of its last.
 *
 * @param heapUsedBytes in use
 * @param heapMaxBytes what it may grow to; -1 if there is no bound
 * @param collections of garbage, since the JVM's start
 * @param collectionMs what they took
 * @param threads that live
 */
public record JvmStatus(long heapUsedBytes, long heapMaxBytes, long collections, long collectionMs, long threads) {
    /** Empty if the segment has no such figures: it is a daemon's, or nothing has been published yet. */
    static Optional<JvmStatus> of(ReadOnlySegment segment) {
        PublishedView view = segment.published(JvmFigures.NAME, JvmFigures.LAYOUT);
        try {
            if (!view.refresh()) {
                return Optional.empty();
            }
        } catch (LayoutMismatchException e) {
            return Optional.empty(); // A daemon's own structure of that name.
        }
        return Optional.of(new JvmStatus(
                view.get(JvmFigures.HEAP_USED),
                view.get(JvmFigures.HEAP_MAX),
                view.get(JvmFigures.COLLECTIONS),
                view.get(JvmFigures.COLLECTION_MS),
                view.get(JvmFigures.THREADS)));
    }
}
