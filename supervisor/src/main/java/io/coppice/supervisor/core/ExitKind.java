package io.coppice.supervisor.core;

/** Why a child last ended. */
public enum ExitKind {
    EXIT("exit"),
    SIGNAL("signal"),
    /** Its heartbeat stood still and it was killed for that. */
    HANG("hang"),
    /** A worker ended by an exception and left its last words. */
    EXCEPTION("exception"),
    /** It was not ready in time and was killed for that. */
    START_TIMEOUT("start-timeout"),
    /** A probe found it failing, and it was ended for that. */
    UNHEALTHY("unhealthy"),
    /** There never was a process. */
    SPAWN_FAILED("spawn-failed"),
    UNKNOWN("unknown");

    private final String word;

    ExitKind(String word) {
        this.word = word;
    }

    /** The word that {@code status} prints and that a worker's release line carries. */
    public String word() {
        return word;
    }
}
