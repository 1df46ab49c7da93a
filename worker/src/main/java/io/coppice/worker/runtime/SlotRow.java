package io.coppice.worker.runtime;

import io.coppice.state.root.LastExit;
import java.util.Optional;

/**
 * What the root's table says of a slot.
 *
 * @param request the id that the slot works on, or did; negative: the root has been told to discard it; 0 none
 * @param ended whether there is no process of it, and there will be none
 * @param failed whether all attempts at it have failed
 * @param completed whether its result was committed when its last process had ended
 * @param attempts how many were made
 * @param lastExit how its last process ended
 */
record SlotRow(
        long request, boolean ended, boolean failed, boolean completed, int attempts, Optional<LastExit> lastExit) {
    /** Whether there will be no result of it, so that only one that was committed before that counts. */
    boolean isOver(long id, boolean discarding) {
        boolean failedAt = request == id && failed;
        return discarding ? failedAt || (request == -id && ended) : failedAt;
    }

    /** Whether the root has seen its result, after which nobody had to write there any more. */
    boolean isDone(long id) {
        return Math.abs(request) == id && ended && completed;
    }
}
