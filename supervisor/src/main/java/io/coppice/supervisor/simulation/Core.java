package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;

/**
 * What is simulated: {@link io.coppice.supervisor.core.Supervisor#step}, or, to see whether the invariants notice, another that
 * is wrong.
 */
@FunctionalInterface
public interface Core {
    /** What follows from an event. Pure; any thread. */
    Step step(SupervisorState state, Event event);
}
