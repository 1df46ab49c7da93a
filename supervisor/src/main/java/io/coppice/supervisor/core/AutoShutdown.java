package io.coppice.supervisor.core;

/** Whether a group ends with its significant members; OTP's words. */
public enum AutoShutdown {
    NEVER,
    /** As soon as one of them has come to its end. */
    ANY_SIGNIFICANT,
    /** As soon as all of them have. */
    ALL_SIGNIFICANT
}
