package io.coppice.supervisor.root;

/** Why silence of a worker is not, or not all, of its own making. */
enum Excuse {
    /** By a signal, or by a debugger. */
    STOPPED(0, 10, "stopped"),
    /** It was ready to run, and had no CPU. */
    STARVED(1, 5, "starved"),
    /** None of its JVM's threads ran: it collects garbage, or is in another long safepoint. */
    STANDSTILL(2, 10, "JVM at a standstill");

    /** How many timeouts are excused in one silence, of whatever mixture. */
    static final int MOST_TIMEOUTS = 10;

    /** How many timeouts this one excuses in one silence. */
    final int mostTimeouts;

    /** Few: an event has room for 160 bytes. */
    final String words;

    /** From 0 on. */
    final int place;

    Excuse(int place, int mostTimeouts, String words) {
        this.place = place;
        this.mostTimeouts = mostTimeouts;
        this.words = words;
    }
}
