package io.coppice.supervisor.plan;

/** What keeps a worker from touching others. {@link #text} is the word of manifests and plans. Pure. */
public enum Isolation {
    /** One user, and code that maps others' segments read-only: protects from accidents, not from malice. */
    MAPPING("mapping"),
    /** Each daemon, and each process of a slot, has a user of its own, and the modes of files say who may write and who may read. */
    USER("user"),
    /** One user, and rules of the kernel for each process that it can never take off. */
    SANDBOX("sandbox");

    private final String text;

    Isolation(String text) {
        this.text = text;
    }

    /** The word that manifests and plans use. */
    public String text() {
        return text;
    }
}
