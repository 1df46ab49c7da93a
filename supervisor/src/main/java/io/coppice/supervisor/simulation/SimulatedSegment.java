package io.coppice.supervisor.simulation;

import org.jspecify.annotations.Nullable;

/** A daemon's segment: only its owner advances the commit sequence; what is not committed is lost with the owner. */
final class SimulatedSegment {
    @Nullable
    SimulatedProcess owner;

    /** Which incarnation owned it last, 0 for none. */
    long incarnation;

    long commitSequence;
    long uncommitted;

    /** Whoever resumes from these contents dies of them before it commits, sooner or later. */
    boolean poisoned;

    /** Of a slot: the request that its contents belong to, 0 none. */
    long request;

    /** How far that has come. */
    int checkpoints;

    /** The request whose result is committed here, 0 none. */
    long resultOf;

    /** Of a daemon: what it has submitted. */
    final SimulatedRequests requests;

    SimulatedSegment(int children) {
        requests = new SimulatedRequests(children);
    }
}
