package io.coppice.worker.runtime;

/**
 * What an operator wants done with what is quarantined, as the root passes it on.
 *
 * @param number of the order, each higher than the last
 * @param what to do
 * @param id of which; 0 all
 */
record RootOrder(long number, What what, long id) {
    enum What {
        RETRY,
        DROP,
        RETRY_AFRESH,
        /** Of a later release: nothing that this one could do. */
        UNKNOWN
    }

    boolean concerns(long other) {
        return id == 0 || id == other;
    }
}
