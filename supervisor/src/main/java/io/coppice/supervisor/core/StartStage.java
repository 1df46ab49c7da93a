package io.coppice.supervisor.core;

/** What a worker that is not ready yet says it is doing. Each has a timeout of its own. */
public enum StartStage {
    /** It boots, takes its segment, or is in the user's start. */
    START,
    /** Contents are being recovered, or the user's recover decides what to start from. */
    RECOVER,
    /** The user's migrate makes new contents of old ones. */
    MIGRATE
}
