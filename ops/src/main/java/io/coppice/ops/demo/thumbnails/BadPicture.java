package io.coppice.ops.demo.thumbnails;

/** What is wrong with a file that is no picture, and what a cause of its failure has to tell. */
enum BadPicture {
    /** Not a single byte. */
    EMPTY("png", "no picture"),
    /** Bytes at random. */
    GARBAGE("jpg", "no picture"),
    /** The first half of a PNG. */
    CUT("png", "damaged picture"),
    /** A PNG with an end of zeros. */
    SPOILT("png", "damaged picture"),
    /** A PNG of some hundred bytes that says it has 60,000 × 60,000 pixels: more than javax.imageio takes. */
    HUGE("png", "60000 by 60000"),
    /** One that says it has 40,000 × 40,000, which javax.imageio takes; it is the heap that does not. */
    BOMB("png", "out of memory"),
    /** One of a format whose decoder makes the JVM fault. */
    FAULT("faulty", "SIGSEGV");

    private final String suffix;
    private final String cause;

    BadPicture(String suffix, String cause) {
        this.suffix = suffix;
        this.cause = cause;
    }

    /** Of the file's name. */
    String suffix() {
        return suffix;
    }

    /** Is in the cause. */
    String cause() {
        return cause;
    }

    /** In a file's name: {@code bomb}. */
    String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
