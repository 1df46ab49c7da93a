package io.coppice.ops.torture;

import java.time.Duration;

/**
 * How many SIGKILLs there are to be.
 *
 * @param ofDaemons at random instants of their lives
 * @param ofStandbys likewise, and right after they were assigned; 0: no daemon has a standby
 */
record Kills(int ofDaemons, int ofStandbys) {
    /** A few more daemons than standbys may be ahead: a standby needs the time that its boot takes. */
    private static final int AHEAD = 20;

    /** How many there are in all. */
    int all() {
        return ofDaemons + ofStandbys;
    }

    /**
     * Whether a daemon may be killed now. Kills of daemons and of standbys come in step: a standby that dies is replaced after a pause that
     * doubles until one has been of use, so what is left of them at the end would take hours.
     */
    boolean mayKillDaemon(int daemons, int standbys) {
        return daemons < ofDaemons
                && (ofStandbys == 0
                        || standbys >= ofStandbys
                        || (long) Math.max(0, daemons - AHEAD) * ofStandbys <= (long) standbys * ofDaemons);
    }

    /** Of the daemons, between what they do. Standbys are not refilled while daemons leave no processor to boot them on. */
    Duration pause() {
        return Duration.ofMillis(ofStandbys > 0 ? 25 : 2);
    }

    /** Of each daemon. */
    int standbys() {
        return ofStandbys > 0 ? 1 : 0;
    }
}
