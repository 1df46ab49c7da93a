package io.coppice.supervisor.core;

import java.util.Objects;

/**
 * Something that must hold before a child may be launched.
 *
 * @param index the child depended on, see {@link ChildSpec#index}
 * @param restarts when that one dies, is stopped or restarted, the child is ended, and launched again when the condition holds
 */
public record Dependency(int index, Condition condition, boolean restarts) {
    /** The child goes on when the one that it depends on does not. */
    public Dependency(int index, Condition condition) {
        this(index, condition, false);
    }

    public Dependency {
        Objects.requireNonNull(condition);
    }

    /** What is asked of the child depended on. One that has completed satisfies all of them. */
    public enum Condition {
        /** Released. */
        STARTED,
        READY,
        COMPLETED,
        /** Ready, and well by the last word of its probes. */
        HEALTHY
    }
}
