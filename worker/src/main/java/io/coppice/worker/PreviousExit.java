package io.coppice.worker;

import io.coppice.state.root.ExitKind;
import java.time.Instant;
import java.util.Optional;

/**
 * How the previous process of this daemon ended, as the root saw it.
 *
 * @param kind what ended it
 * @param code its exit code; -1 if it had none
 * @param signal the name of the signal that killed it, without SIG ({@code KILL}); empty if none did
 * @param at when the root learned of it, by the root's wall clock; to the millisecond
 * @param lastWords the exception it left by, in its own words (class, message, first frames); empty if it had no time
 *     for any
 */
public record PreviousExit(ExitKind kind, int code, Optional<String> signal, Instant at, Optional<String> lastWords) {
    /** In a few words, for a log: {@code signal KILL}, {@code exit code 3}, {@code hang}. */
    public String inWords() {
        return switch (kind) {
            case EXIT -> "exit code " + code;
            case SIGNAL -> "signal " + signal.orElse("unknown");
            default ->
                kind.word()
                        + lastWords
                                .flatMap(words -> words.lines().findFirst())
                                .map(line -> ": " + line)
                                .orElse("");
        };
    }
}
