package io.coppice.ops.system.daemons;

import java.util.Locale;

/** Whom an {@link Attempt} is made on. */
public enum Victim {
    PEER(Scene.PEER),
    ROOT(Scene.ROOT),
    /** A transaction's own; of a daemon it is itself, and no attempt is made. */
    DAEMON("intruder");

    private final String name;

    Victim(String name) {
        this.name = name;
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
