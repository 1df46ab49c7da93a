package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.SupervisorState;
import org.jspecify.annotations.Nullable;

/** What events have in common, for the predicates. */
final class EventParts {
    private EventParts() {}

    /** The child that an event is about, or -1. */
    static int childOf(Event event) {
        return event instanceof Event.OfChild about ? about.child() : -1;
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

    /** Whether a step puts down an event of that type. */
    static boolean says(Step step, EventType type) {
        for (Command command : step.commands()) {
            if (command instanceof Command.RecordEvent told && told.type() == type) {
                return true;
            }
        }
        return false;
    }

    /** The child whose standby an event is about, or -1. */
    static int childOfStandby(Event event) {
        return event instanceof Event.OfStandby about ? about.child() : -1;
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
        return event instanceof Event.Request asked ? asked.requestId() : Event.NO_REQUEST;
    }

    /** The incarnation that an event is about, or {@code otherwise} if it is about none. */
    static long incarnationOf(Event event, long otherwise) {
        return event instanceof Event.OfProcess about ? about.incarnation() : otherwise;
    }
}
