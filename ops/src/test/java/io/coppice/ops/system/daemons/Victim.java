package io.coppice.ops.system.daemons;

import java.util.Locale;

/** Whom an {@link Attempt} is made on. */
public enum Victim {
    PEER(Scene.PEER),
    ROOT(Scene.ROOT),
    /** A transaction's own; of a daemon it is itself, and no attempt is made. */
    DAEMON("intruder"),
    /** What a transaction has for its time; the attempt is to let others at what comes after it. A daemon has none. */
    SLOT("intruder@1");

    private final String name;

    Victim(String name) {
        this.name = name;
    }

    /** Whether a daemon makes attempts on it, too, and not its transactions only. */
    public boolean isOfDaemons() {
        return this == PEER || this == ROOT;
    }

    /** Of its files, without their endings. */
    String file() {
        return name;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
