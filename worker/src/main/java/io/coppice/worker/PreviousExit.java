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
 * @param verdict why the root killed it, in the root's words, at most 160 bytes of UTF-8: {@code not done within 30 s: deadlock: a, b}; empty if
 *     it did not, and in a daemon, which is not told
 */
public record PreviousExit(
        ExitKind kind,
        int code,
        Optional<String> signal,
        Instant at,
        Optional<String> lastWords,
        Optional<String> verdict) {
    /** In a few words, for a log: {@code signal KILL}, {@code exit code 3}, {@code not done within 30 s}; {@code hang} without a verdict. */
    public String inWords() {
        return switch (kind) {
            case EXIT -> "exit code " + code;
            case SIGNAL -> "signal " + signal.orElse("unknown");
            default ->
                verdict.orElseGet(() -> kind.word()
                        + lastWords
                                .flatMap(words -> words.lines().findFirst())
                                .map(line -> ": " + line)
                                .orElse(""));
        };
    }
}
