package io.coppice.supervisor.core;

import java.util.Objects;

/**
 * Something that must hold before a child may be launched.
 *
 * @param index the child depended on, see {@link ChildSpec#index}
 */
public record Dependency(int index, Condition condition) {
    public Dependency {
        Objects.requireNonNull(condition);
    }

    /** What is asked of the child depended on. One that has completed satisfies all three. */
    public enum Condition {
        /** Released. */
        STARTED,
        READY,
        COMPLETED
    }
}
