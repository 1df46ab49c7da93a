package io.coppice.supervisor.plan;

/** Whether a group ends with its significant members; OTP's words. {@link #text} is the word of the manifest and of the plan's text. */
public enum AutoShutdown {
    /** It does not. */
    NEVER("never"),
    /** When the first of them has come to its end. */
    ANY_SIGNIFICANT("any-significant"),
    /** When all of them have. */
    ALL_SIGNIFICANT("all-significant");

    private final String text;

    AutoShutdown(String text) {
        this.text = text;
    }

    /** The word that manifests and plans use. */
    public String text() {
        return text;
    }
}
