package io.coppice.ops.torture;

import java.time.Duration;

/**
 * How many SIGKILLs there are to be.
 *
 * @param ofDaemons at random instants of their lives
 * @param ofStandbys likewise, and right after they were assigned; 0: no daemon has a standby
 * @param ofTransactions of processes of slots, at random instants; 0: no daemon has transactions
 * @param ofRoots of the root, at random instants; each has a successor
 */
record Kills(int ofDaemons, int ofStandbys, int ofTransactions, int ofRoots) {
    /** So many may be ahead: a standby needs the time that its boot takes. */
    private static final int AHEAD = 20;

    /** How many there are in all. */
    int all() {
        return ofDaemons + ofStandbys + ofTransactions + ofRoots;
    }

    /**
     * Whether a daemon may be killed now. Kills of daemons and of the others come in step: a standby that dies is replaced after a pause that
     * doubles until one has been of use, so what is left of them at the end would take hours; and transactions are to see daemons die all the
     * time.
     */
    boolean mayKillDaemon(int daemons, int standbys, int transactions) {
        return daemons < ofDaemons
                && inStep(daemons, ofDaemons, standbys, ofStandbys)
                && inStep(daemons, ofDaemons, transactions, ofTransactions);
    }

    /** Whether a transaction may be killed now: they are not to be through with it before the daemons are. */
    boolean mayKillTransaction(int daemons, int transactions) {
        return transactions < ofTransactions && inStep(transactions, ofTransactions, daemons, ofDaemons);
    }

    /**
     * Whether the root may be killed now: roots die all along the way.
     *
     * @param others kills of daemons, standbys and transactions so far
     */
    boolean mayKillRoot(int roots, int others) {
        return roots < ofRoots && (long) roots * (all() - ofRoots) <= (long) others * ofRoots;
    }

    private static boolean inStep(int done, int wanted, int others, int ofOthers) {
        return others >= ofOthers || (long) Math.max(0, done - AHEAD) * ofOthers <= (long) others * wanted;
    }

    /** Of the daemons, between what they do. Standbys are not refilled while daemons leave no processor to boot them on. */
    Duration pause() {
        return Duration.ofMillis(ofStandbys + ofTransactions > 0 ? 25 : 2);
    }

    /** Of each daemon. */
    int standbys() {
        return ofStandbys > 0 ? 1 : 0;
    }
}
