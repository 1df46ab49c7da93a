package io.coppice.supervisor.plan;

/** Which members of a group are restarted when one of them is; OTP's words. {@link #text} is the word of the manifest and of the plan's text. */
public enum Strategy {
    /** Only that one. */
    ONE_FOR_ONE("one-for-one"),
    /** All of them, once all are down. */
    ONE_FOR_ALL("one-for-all"),
    /** It and those that come after it in the order of start. */
    REST_FOR_ONE("rest-for-one");

    private final String text;

    Strategy(String text) {
        this.text = text;
    }

    /** The word that manifests and plans use. */
    public String text() {
        return text;
    }
}
