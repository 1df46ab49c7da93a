package io.coppice.supervisor.core;

/**
 * Where a child is in its life. Exits and triggers:
 *
 * <pre>
 *  WAITING     → SPAWNING when every dependency holds; STOPPED by stop or shutdown
 *  SPAWNING    → HELD by Spawned; ABANDONING by stop, restart, shutdown; death rules by SpawnFailed
 *  HELD        → STARTING (READY for a plain command) by Released; ABANDONING by stop, restart, shutdown; death rules
 *  ABANDONING  → STOPPING when it turns out to have been released; KILLING at the stop timeout; after the end: STOPPED,
 *                or WAITING/SPAWNING when wanted up
 *  STARTING    → READY by BecameReady; DUMPING at the timeout of the stage it is in; STOPPING by stop, restart,
 *                shutdown; death rules
 *  READY       → DUMPING by HeartbeatLost; STOPPING by stop, restart, shutdown; death rules
 *  DUMPING     → KILLING after the grace for its thread dump; death rules
 *  STOPPING    → KILLING at the stop timeout; after the end: STOPPED, or WAITING/SPAWNING when wanted up
 *  KILLING     → as STOPPING, or death rules after a hang or a start timeout
 *  BACKOFF     → WAITING/SPAWNING at the end of the delay or by start, restart; STOPPED by stop or shutdown
 *  STOPPED     → WAITING/SPAWNING by start, restart
 *  FAILED      → WAITING/SPAWNING by start, restart
 *  COMPLETED   → WAITING/SPAWNING by start, restart
 *
 *  Every phase with a process → KILLING when shutdown is asked for twice; STARTING and READY also by a stop whose timeout
 *  is zero, READY by the hang of a child that is no JVM of ours.
 *
 *  Death rules: STOPPED when wanted down; otherwise, by the restart policy, WAITING/SPAWNING, BACKOFF, COMPLETED or FAILED.
 * </pre>
 */
public enum ChildPhase {
    /** Wanted up, no process: a dependency does not hold yet. */
    WAITING(PublishedState.STOPPED),
    /** A Spawn was commanded and neither Spawned nor SpawnFailed has come back. */
    SPAWNING(PublishedState.HELD),
    /** The process exists and waits on its pipe; Release was commanded. */
    HELD(PublishedState.HELD),
    /** The pipe was closed without a word; the process, or the spawn still in flight, must end by itself. */
    ABANDONING(PublishedState.STOPPING),
    STARTING(PublishedState.STARTING),
    READY(PublishedState.READY),
    /** Found hung, or too slow to start: its threads are being dumped; the kill follows after a short grace. */
    DUMPING(PublishedState.STOPPING),
    /** Sent its shutdown signal, or asked to end by its shutdown command. */
    STOPPING(PublishedState.STOPPING),
    /** Its process group was sent KILL. */
    KILLING(PublishedState.STOPPING),
    BACKOFF(PublishedState.BACKOFF),
    STOPPED(PublishedState.STOPPED),
    FAILED(PublishedState.FAILED),
    COMPLETED(PublishedState.COMPLETED);

    private final PublishedState published;

    ChildPhase(PublishedState published) {
        this.published = published;
    }

    /** The state that operators see. */
    public PublishedState published() {
        return published;
    }

    /** True while a spawn is in flight or a process may live: no other may be spawned for this child. */
    public boolean occupied() {
        return switch (this) {
            case SPAWNING, HELD, ABANDONING, STARTING, READY, DUMPING, STOPPING, KILLING -> true;
            case WAITING, BACKOFF, STOPPED, FAILED, COMPLETED -> false;
        };
    }
}
