package io.coppice.ops.view;

import java.util.Locale;

/** When to colour: {@code --color=auto|always|never}. */
public enum ColorMode {
    /** On a terminal, unless {@code NO_COLOR} is set or {@code TERM} is {@code dumb}. */
    AUTO,
    /** Also into files and pipes. */
    ALWAYS,
    /** Nowhere. */
    NEVER;

    /** As people type it, also for completion. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
