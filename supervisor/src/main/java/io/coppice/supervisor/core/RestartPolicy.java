package io.coppice.supervisor.core;

/** Whether a child that ended by itself is started again. */
public enum RestartPolicy {
    ALWAYS,
    /** After any end but exit code 0. */
    ON_FAILURE,
    NEVER
}
