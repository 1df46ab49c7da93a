package io.coppice.supervisor.root;

import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.RootPhase;
import io.coppice.state.root.StandbyPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.LastExit;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.SupervisorState;
import org.jspecify.annotations.Nullable;

/** The core's words as the root's segment stores them. Pure; the switches have no default, so that a new word cannot be forgotten. */
final class StoredCodes {
    private StoredCodes() {}

    static ChildKind kind(ChildSpec child) {
        if (child.auxiliary()) {
            return ChildKind.AUXILIARY;
        }
        if (child.slot() != null) {
            return ChildKind.TRANSACTION;
        }
        return child.hasSegment() ? ChildKind.DAEMON : ChildKind.COMMAND;
    }

    static StandbyPhase standbyPhase(Standby.Phase phase) {
        return switch (phase) {
            case SPAWNING -> StandbyPhase.SPAWNING;
            case BOOTING -> StandbyPhase.BOOTING;
            case PARKED -> StandbyPhase.PARKED;
            case ENDING -> StandbyPhase.ENDING;
        };
    }

    static Standby.Phase standbyPhase(StandbyPhase phase) {
        return switch (phase) {
            case SPAWNING -> Standby.Phase.SPAWNING;
            case BOOTING -> Standby.Phase.BOOTING;
            case PARKED -> Standby.Phase.PARKED;
            case ENDING -> Standby.Phase.ENDING;
        };
    }

    /** Of a root that lives: it may still have to wait until somebody is told, see {@link StatusPublisher#ended}. */
    static RootPhase phase(SupervisorState.Phase phase) {
        return switch (phase) {
            case ADOPTING, RUNNING -> RootPhase.RUNNING;
            case STOPPING, DONE -> RootPhase.STOPPING;
        };
    }

    static ChildStateCode stateCode(ChildState child) {
        return switch (child.state()) {
            case HELD -> ChildStateCode.HELD;
            case STARTING -> ChildStateCode.STARTING;
            case READY -> ChildStateCode.READY;
            case STOPPING -> ChildStateCode.STOPPING;
            case BACKOFF -> ChildStateCode.BACKOFF;
            case STOPPED -> ChildStateCode.STOPPED;
            case FAILED -> ChildStateCode.FAILED;
            case COMPLETED -> ChildStateCode.COMPLETED;
        };
    }

    static ExitKind exitKind(LastExit exit) {
        return switch (exit.kind()) {
            case EXIT -> ExitKind.EXIT;
            case SIGNAL -> ExitKind.SIGNAL;
            case HANG -> ExitKind.HANG;
            case EXCEPTION -> ExitKind.EXCEPTION;
            case START_TIMEOUT -> ExitKind.START_TIMEOUT;
            case SPAWN_FAILED -> ExitKind.SPAWN_FAILED;
            case UNHEALTHY -> ExitKind.UNHEALTHY;
            case UNKNOWN -> ExitKind.UNKNOWN;
        };
    }

    /** The stored type of an event; null for one that says nothing the next one does not. */
    static @Nullable EventType eventType(Command.RecordEvent event) {
        return switch (event.type()) {
            case ROOT_STARTED -> EventType.ROOT_STARTED;
            case ADOPTED -> EventType.ADOPTED;
            case RELOADED -> EventType.RELOADED;
            case SHUTDOWN_REQUESTED -> EventType.SHUTDOWN_REQUESTED;
            case ROOT_DONE -> EventType.ROOT_STOPPED;
            case START_REQUESTED -> EventType.START_REQUESTED;
            case STOP_REQUESTED -> EventType.STOP_REQUESTED;
            case RESTART_REQUESTED -> EventType.RESTART_REQUESTED;
            case KILL_REQUESTED -> EventType.KILL_REQUESTED;
            case SPAWNED -> EventType.SPAWNED;
            case SPAWN_FAILED -> EventType.SPAWN_FAILED;
            case READY -> EventType.READY;
            case STANDBY_ASSIGNED -> EventType.STANDBY_ASSIGNED;
            case STANDBY_PARKED -> EventType.STANDBY_PARKED;
            case STANDBY_LOST -> EventType.STANDBY_LOST;
            case STANDBY_ENDED -> EventType.STANDBY_ENDED;
            case ABANDONED -> EventType.ABANDONED;
            case START_TIMEOUT -> EventType.START_TIMED_OUT;
            case HANG -> EventType.HEARTBEAT_LOST;
            case STOP_TIMEOUT -> EventType.STOP_TIMED_OUT;
            case KILLED -> EventType.KILLED;
            case EXITED -> EventType.EXITED;
            case BACKOFF -> EventType.BACKOFF;
            case FALL_BACK -> EventType.FELL_BACK;
            case STOPPED -> EventType.STOPPED;
            case COMPLETED -> EventType.COMPLETED;
            case FAILED -> EventType.FAILED;
            case GROUP -> EventType.GROUP;
            case GROUP_FAILED -> EventType.GROUP_FAILED;
            case GAVE_UP -> EventType.GAVE_UP;
            case RESTARTED_WITH -> EventType.RESTARTED_WITH;
            case UNHEALTHY -> EventType.UNHEALTHY;
            case HEALTHY -> EventType.HEALTHY;
            case WAITING -> EventType.WAITING;
            case STOPPING -> EventType.STOPPING;
            case KILL_UNANSWERED -> EventType.KILL_UNANSWERED;
            case SPAWNING, RELEASED -> null;
        };
    }
}
