package io.coppice.supervisor.plan;

/** Where a child's standard output and error go. {@link #text} is the word of manifests and plans. */
public enum LogTarget {
    /** To the journal if the root's own standard error does, as that of a service; else to its log file. */
    AUTO("auto"),
    /** To {@code logs/NAME.log} in the instance directory. */
    FILE("file"),
    /** To the system's journal; to the file where there is no journal. */
    JOURNAL("journal");

    private final String text;

    LogTarget(String text) {
        this.text = text;
    }

    /** The word that manifests and plans use. */
    public String text() {
        return text;
    }
}
