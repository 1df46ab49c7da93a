package io.coppice.supervisor.core;

/** What a line of the event log is about. */
public enum EventType {
    ROOT_STARTED("root-started"),
    /** A process that a root which died had launched is watched by its successor. */
    ADOPTED("adopted"),
    /** The plan is another one from then on. */
    RELOADED("reloaded"),
    SHUTDOWN_REQUESTED("shutdown-requested"),
    ROOT_DONE("root-stopped"),
    START_REQUESTED("start-requested"),
    STOP_REQUESTED("stop-requested"),
    RESTART_REQUESTED("restart-requested"),
    KILL_REQUESTED("kill-requested"),
    /** What befalls the members of a group together. */
    GROUP("group"),
    /** A group has used up its restarts. */
    GROUP_FAILED("group-failed"),
    /** The outermost group has used up its restarts: the instance ends. */
    GAVE_UP("gave-up"),
    /** It is ended, and launched again, because of what it depends on. */
    RESTARTED_WITH("restarted-with"),
    /** By the word of a probe. */
    UNHEALTHY("unhealthy"),
    /** It is well again, by the word of a probe. */
    HEALTHY("healthy"),
    /** Wanted up, but a dependency does not hold (yet). */
    WAITING("waiting"),
    SPAWNING("spawning"),
    SPAWNED("spawned"),
    SPAWN_FAILED("spawn-failed"),
    RELEASED("released"),
    READY("ready"),
    /** One that waited for this has become the child's process. */
    STANDBY_ASSIGNED("standby-assigned"),
    /** One more waits, warm. */
    STANDBY_PARKED("standby-parked"),
    /** One could not be launched, or has died before anybody needed it. */
    STANDBY_LOST("standby-lost"),
    /** One is ended, because it is of no use any more. */
    STANDBY_ENDED("standby-ended"),
    ABANDONED("abandoned"),
    START_TIMEOUT("start-timed-out"),
    HANG("heartbeat-lost"),
    STOPPING("stopping"),
    STOP_TIMEOUT("stop-timed-out"),
    KILLED("killed"),
    /** Still there long after KILL: most likely in uninterruptible sleep. */
    KILL_UNANSWERED("kill-unanswered"),
    EXITED("exited"),
    BACKOFF("backoff"),
    /** The contents a daemon kept dying on are set aside by its next incarnation. */
    FALL_BACK("fell-back"),
    STOPPED("stopped"),
    COMPLETED("completed"),
    /** The restart policy gave up, or the child itself asked not to be restarted. */
    FAILED("failed");

    private final String word;

    EventType(String word) {
        this.word = word;
    }

    /** Whether it belongs to every life: that of a transaction, of which there may be thousands, is not told of. */
    boolean isRoutine() {
        return switch (this) {
            case WAITING,
                    SPAWNING,
                    SPAWNED,
                    RELEASED,
                    READY,
                    STANDBY_ASSIGNED,
                    STANDBY_PARKED,
                    STOPPING,
                    STOPPED,
                    BACKOFF,
                    COMPLETED -> true;
            default -> false;
        };
    }

    /** The word that {@code events}, the root's console and {@code simulate} print. */
    public String word() {
        return word;
    }
}
