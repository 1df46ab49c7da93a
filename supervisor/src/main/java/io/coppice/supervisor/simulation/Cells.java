package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.Event;

/**
 * Which events about a child can come in which phase, by what {@link Event} says of the order in which a shell tells. What is
 * impossible by that does not count as not reached, and is a violation if it comes.
 */
final class Cells {
    private Cells() {}

    static boolean isPossible(ChildPhase phase, Class<?> event) {
        if (event == Event.Spawned.class || event == Event.SpawnFailed.class) {
            // The one answer to a Spawn, for which the core waits in either of these.
            return phase == ChildPhase.SPAWNING || phase == ChildPhase.ABANDONING;
        }
        if (event == Event.ShutdownCommandEnded.class) {
            // What is left of the command goes with the process that it was to end.
            return phase == ChildPhase.STOPPING || phase == ChildPhase.KILLING;
        }
        if (event == Event.Adopted.class
                || event == Event.Released.class
                || event == Event.StageEntered.class
                || event == Event.Exited.class) {
            // After Spawned; nothing after Exited, and that once.
            return phase.occupied() && phase != ChildPhase.SPAWNING;
        }
        // People may ask for anything at any time; and a word on readiness, health or heartbeats may come late, when
        // who said it is gone.
        return true;
    }
}
