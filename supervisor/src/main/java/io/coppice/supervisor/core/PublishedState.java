package io.coppice.supervisor.core;

/** The states of a child that operators see. {@link ChildPhase} says which finer phase is published as which. */
public enum PublishedState {
    /** Being spawned, or spawned and not yet released. */
    HELD("held"),
    STARTING("starting"),
    READY("ready"),
    /** Asked to end, or being killed; also of a hung child that will be restarted. */
    STOPPING("stopping"),
    BACKOFF("backoff"),
    /** No process: stopped by an operator (wanted down), or waiting for its dependencies (wanted up). */
    STOPPED("stopped"),
    FAILED("failed"),
    COMPLETED("completed");

    private final String word;

    PublishedState(String word) {
        this.word = word;
    }

    /** The word that {@code status --json} prints. */
    public String word() {
        return word;
    }

    /** What people are told, after "it is". */
    public String inASentence() {
        return switch (this) {
            case HELD -> "being launched";
            case BACKOFF -> "waiting to be restarted";
            default -> word;
        };
    }
}
