package io.coppice.state;

/**
 * A request as somebody but its owner sees it.
 *
 * @param id its {@link RequestId}
 * @param status where it is
 * @param slot that works on it, or did last, 1 to {@link OwnedSegment#MAX_SLOTS}; 0 none
 * @param attempts that were made, as its owner counted
 * @param submittedAtEpochMs when it was submitted, milliseconds since 1970
 * @param task name of the class that is to do it, at most {@link Requests#MAX_TASK_BYTES} bytes of UTF-8
 * @param inputBytes length of its input
 * @param cause why it failed, empty if it did not; at most {@link Requests#MAX_CAUSE_BYTES} bytes of UTF-8
 */
public record RequestInfo(
        long id,
        RequestStatus status,
        int slot,
        int attempts,
        long submittedAtEpochMs,
        String task,
        int inputBytes,
        String cause) {}
