package io.coppice.worker.runtime;

/** Where a request is on its way. */
enum Standing {
    /** Submitted; no slot works on it. */
    QUEUED,
    /** A slot is to work on it, works on it, or has its result. */
    RUNNING,
    /** As RUNNING, but nobody wants the result any more. */
    DISCARDING,
    /** It failed for good; kept with the cause. */
    QUARANTINED
}
