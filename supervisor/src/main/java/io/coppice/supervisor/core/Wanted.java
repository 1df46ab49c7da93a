package io.coppice.supervisor.core;

/** What the operator (or the manifest) wants of a child, kept apart from what is observed. */
public enum Wanted {
    UP("up"),
    DOWN("down");

    private final String word;

    Wanted(String word) {
        this.word = word;
    }

    /** The word that {@code status} prints. */
    public String word() {
        return word;
    }
}
