package io.coppice.supervisor.core;

/** Where a daemon steps back to, before it starts, from contents that its predecessors kept dying on. */
public enum Fallback {
    /** The newest sound checkpoint of another commit that no step back has abandoned. */
    CHECKPOINT("checkpoint"),
    EMPTY("empty");

    private final String word;

    Fallback(String word) {
        this.word = word;
    }

    /** The word of manifests, plans and release lines. */
    public String word() {
        return word;
    }
}
