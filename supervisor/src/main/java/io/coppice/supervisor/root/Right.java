package io.coppice.supervisor.root;

/** What somebody may ask the root for; each includes those before it. */
enum Right {
    /** Nothing. */
    NONE,
    /** Whether the root answers. All else that there is to see, he reads in the root's segment himself. */
    LOOK,
    /** That something is stopped, started, restarted, killed, retried or dropped, and that the instance ends. */
    CHANGE,
    /**
     * What only the root's own user, and user 0, may have: another plan, since whatever stands in one is run as that user; and the word of a
     * probe, which is the prober's.
     */
    OWN;

    /** What a request takes. What is none gets its answer from who may look. */
    static Right neededFor(ControlRequest request) {
        if (request instanceof ControlRequest.Ping || request instanceof ControlRequest.Malformed) {
            return LOOK;
        }
        return request instanceof ControlRequest.Probed || request instanceof ControlRequest.Reload ? OWN : CHANGE;
    }

    boolean includes(Right other) {
        return compareTo(other) >= 0;
    }
}
