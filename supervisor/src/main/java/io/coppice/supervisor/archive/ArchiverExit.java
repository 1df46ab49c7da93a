package io.coppice.supervisor.archive;

/** How an archiver ends: its exit code is all that its root hears of it. */
public enum ArchiverExit {
    /** There is an archive for what was asked for. */
    DONE(0, "made"),
    /** Anything that has no code of its own, such as a full disk. */
    FAILED(1, "it could not be written"),
    /** There can be none, as long as the class path is what it is. */
    NOT_ARCHIVABLE(10, "the class path is none that can be archived"),
    /** The JVM that was to write it ended in another way, or wrote none. */
    NOT_WRITTEN(11, "the JVM that was to write it did not"),
    /** A second JVM could not start with it. */
    NOT_USABLE(12, "no JVM can start with what was written"),
    /** One of these JVMs did not come to an end. */
    TIMED_OUT(13, "the JVM that was to write it did not come to an end"),
    /** The jars are being written to, or are dated in the future. */
    UNSETTLED(14, "the jars change all the time"),
    /** A launch with the same contents died at once. */
    REFUSED(15, "a worker that was started with one like it died at once"),
    /** Another archiver works in the same directory, and does not come to an end. */
    BUSY(16, "another archiver is at work and does not come to an end");

    private final int code;
    private final String words;

    ArchiverExit(int code, String words) {
        this.code = code;
        this.words = words;
    }

    /** The exit code. */
    public int code() {
        return code;
    }

    /** For people. */
    public String words() {
        return words;
    }

    /** What a code says; {@link #FAILED} of one that no archiver gives. */
    public static ArchiverExit of(int code) {
        for (ArchiverExit exit : values()) {
            if (exit.code == code) {
                return exit;
            }
        }
        return FAILED;
    }
}
