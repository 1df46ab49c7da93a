package io.coppice.supervisor.plan;

/** Which ends of a child are followed by a restart. {@link #text} is the word of the manifest and of the plan's text. */
public enum RestartPolicy {
    /** After a non-zero exit, a death by signal, a hang or a start that took too long (OTP: transient). */
    ON_FAILURE("on-failure"),
    /** After every end, exit status 0 included (OTP: permanent). */
    ALWAYS("always"),
    /** After none (OTP: temporary). */
    NEVER("never");

    private final String text;

    RestartPolicy(String text) {
        this.text = text;
    }

    /** The word that manifests and plans use. */
    public String text() {
        return text;
    }
}
