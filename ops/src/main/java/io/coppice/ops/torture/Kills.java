package io.coppice.ops.torture;

/**
 * How many SIGKILLs there are to be.
 *
 * @param ofDaemons at random instants of their lives
 * @param ofStandbys likewise, and right after they were assigned; 0: no daemon has a standby
 */
record Kills(int ofDaemons, int ofStandbys) {
    /** Of each daemon. */
    int standbys() {
        return ofStandbys > 0 ? 1 : 0;
    }
}
