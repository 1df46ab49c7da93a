package io.coppice.supervisor.core;

/** On whose account a transaction's process ended without a result. */
enum Blame {
    /** It was asked for, or is nobody's doing: tried again at once, and not counted. */
    NOBODYS,
    /** It was not let go: tried again after the backoff, and not counted. */
    THE_ROOTS,
    /** Its own, or by a kill from outside: one attempt. */
    ITS_OWN,
    /** Its own, and it asks not to be tried again. */
    ITS_OWN_FOR_GOOD
}
