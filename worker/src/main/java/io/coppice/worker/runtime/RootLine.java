package io.coppice.worker.runtime;

/** A line that the root writes to the standard input of a process that it has launched and put on record. */
sealed interface RootLine permits ReleaseLine, RootLine.Waiting {
    /** What a process is told that owns nothing yet. */
    enum Waiting implements RootLine {
        /** Warm up, say so, and wait for the line that assigns this process: the next one is a {@link ReleaseLine}. */
        STANDBY("standby"),

        /** Warm up and end, so that the JVM writes down what it has loaded. */
        TRAIN("train");

        private final String word;

        Waiting(String word) {
            this.word = word;
        }

        /** The whole line. */
        String word() {
            return word;
        }
    }

    /**
     * Reads one line.
     *
     * @param line without its end
     * @throws IllegalArgumentException if it is another line than expected
     */
    static RootLine parse(String line) {
        for (Waiting waiting : Waiting.values()) {
            if (waiting.word.equals(line)) {
                return waiting;
            }
        }
        return ReleaseLine.parse(line);
    }
}
