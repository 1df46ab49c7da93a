package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.SupervisorState;
import org.jspecify.annotations.Nullable;

/** What events have in common, for the predicates. */
final class EventParts {
    /** How many kinds of events are about one child. */
    static final int EVENTS_OF_A_CHILD = 15;

    private EventParts() {}

    /** The child that an event is about, or -1. */
    static int childOf(Event event) {
        if (event instanceof Event.Adopted e) {
            return e.child();
        } else if (event instanceof Event.Spawned e) {
            return e.child();
        } else if (event instanceof Event.SpawnFailed e) {
            return e.child();
        } else if (event instanceof Event.Released e) {
            return e.child();
        } else if (event instanceof Event.StageEntered e) {
            return e.child();
        } else if (event instanceof Event.BecameReady e) {
            return e.child();
        } else if (event instanceof Event.Exited e) {
            return e.child();
        } else if (event instanceof Event.HeartbeatLost e) {
            return e.child();
        } else if (event instanceof Event.HealthChanged e) {
            return e.child();
        } else if (event instanceof Event.ProbeFailed e) {
            return e.child();
        } else if (event instanceof Event.ShutdownCommandEnded e) {
            return e.child();
        } else if (event instanceof Event.StopRequested e) {
            return e.child();
        } else if (event instanceof Event.StartRequested e) {
            return e.child();
        } else if (event instanceof Event.RestartRequested e) {
            return e.child();
        } else if (event instanceof Event.KillRequested e) {
            return e.child();
        }
        return -1;
    }

    /** The child whose life this event ends, -1 for none. */
    static int endOf(Event event, SupervisorState before) {
        int child = event instanceof Event.Exited || event instanceof Event.SpawnFailed ? childOf(event) : -1;
        if (child < 0) {
            return -1;
        }
        ChildState was = before.child(child);
        boolean itsOwn =
                was.incarnation() == incarnationOf(event, 0) && was.phase().occupied();
        return itsOwn && !(event instanceof Event.SpawnFailed && was.hasProcess()) ? child : -1;
    }

    /** The launch that a command is: of a new process, or of a standby that is assigned. */
    static Command.@Nullable Spawn launchOf(Command command) {
        if (command instanceof Command.AssignStandby assign) {
            return new Command.Spawn(assign.child(), assign.incarnation());
        }
        return command instanceof Command.Spawn spawn ? spawn : null;
    }

    /** The child whose standby an event is about, or -1. */
    static int childOfStandby(Event event) {
        if (event instanceof Event.StandbySpawned e) {
            return e.child();
        } else if (event instanceof Event.StandbySpawnFailed e) {
            return e.child();
        } else if (event instanceof Event.StandbyParked e) {
            return e.child();
        } else if (event instanceof Event.StandbyExited e) {
            return e.child();
        } else if (event instanceof Event.StandbyAdopted e) {
            return e.child();
        }
        return -1;
    }

    /** Whether only a process that was released can bring it about. */
    static boolean saysThatItRuns(Event event) {
        return event instanceof Event.Released
                || event instanceof Event.StageEntered
                || event instanceof Event.BecameReady
                || (event instanceof Event.Exited exited && exited.progress() != StepProgress.UNKNOWN);
    }

    /** The request that an event carries, or {@link Event#NO_REQUEST}. */
    static long requestOf(Event event) {
        if (event instanceof Event.StopRequested e) {
            return e.requestId();
        } else if (event instanceof Event.StartRequested e) {
            return e.requestId();
        } else if (event instanceof Event.RestartRequested e) {
            return e.requestId();
        } else if (event instanceof Event.KillRequested e) {
            return e.requestId();
        } else if (event instanceof Event.ShutdownRequested e) {
            return e.requestId();
        }
        return Event.NO_REQUEST;
    }

    /** The incarnation that an event is about, or {@code otherwise} if it is about none. */
    static long incarnationOf(Event event, long otherwise) {
        if (event instanceof Event.Adopted e) {
            return e.incarnation();
        } else if (event instanceof Event.Spawned e) {
            return e.incarnation();
        } else if (event instanceof Event.SpawnFailed e) {
            return e.incarnation();
        } else if (event instanceof Event.Released e) {
            return e.incarnation();
        } else if (event instanceof Event.StageEntered e) {
            return e.incarnation();
        } else if (event instanceof Event.BecameReady e) {
            return e.incarnation();
        } else if (event instanceof Event.Exited e) {
            return e.incarnation();
        } else if (event instanceof Event.HeartbeatLost e) {
            return e.incarnation();
        } else if (event instanceof Event.HealthChanged e) {
            return e.incarnation();
        } else if (event instanceof Event.ProbeFailed e) {
            return e.incarnation();
        } else if (event instanceof Event.ShutdownCommandEnded e) {
            return e.incarnation();
        }
        return otherwise;
    }
}
