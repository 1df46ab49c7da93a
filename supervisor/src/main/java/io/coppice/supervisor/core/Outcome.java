package io.coppice.supervisor.core;

import java.util.Objects;

/** The answer to an operator's request, sent once the state that follows from it is committed. */
public sealed interface Outcome {
    /**
     * Done or under way.
     *
     * @param incarnation the incarnation that the request found and acted on, 0 if the child never had one; {@link
     *     #NO_INCARNATION} for requests that are not about one child
     */
    record Ok(long incarnation) implements Outcome {}

    /**
     * Refused.
     *
     * @param exitCode what the client exits with, 1 to 5
     * @param text one line: what happened, and where
     */
    record Error(int exitCode, String text) implements Outcome {
        public Error {
            Objects.requireNonNull(text);
        }
    }

    long NO_INCARNATION = -1;
}
