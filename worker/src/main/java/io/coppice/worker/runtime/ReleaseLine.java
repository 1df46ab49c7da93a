package io.coppice.worker.runtime;

import io.coppice.state.root.ExitKind;
import io.coppice.worker.PreviousExit;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The line by which the root lets a held worker go on, once the worker's pid is on record, or assigns a standby.
 *
 * <pre>
 *  go INCARNATION EXITKIND CODE SIGNAL AT_EPOCH_MS [FALLBACK]
 * </pre>
 *
 * EXITKIND is {@code none} for a first incarnation, else a lower-case {@link ExitKind}; SIGNAL is a name or {@code -}. FALLBACK, {@code checkpoint} or
 * {@code empty}, tells it to step back before it starts: its predecessors died again and again on the last commit.
 *
 * @param incarnation 1 or more
 * @param previousExit how the predecessor ended; its last words are not part of the line
 * @param fallback what to step back to first
 */
record ReleaseLine(long incarnation, Optional<PreviousExit> previousExit, Optional<Fallback> fallback)
        implements RootLine {
    /** Where a poisoned state is left for. */
    enum Fallback {
        CHECKPOINT,
        EMPTY
    }

    /**
     * @param line without its end
     * @throws IllegalArgumentException if it is another line than expected
     */
    static ReleaseLine parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length < 6 || words.length > 7 || !words[0].equals("go")) {
            throw unexpected(line);
        }
        try {
            long incarnation = Long.parseLong(words[1]);
            if (incarnation < 1) {
                throw unexpected(line);
            }
            Optional<Fallback> fallback = words.length == 6 ? Optional.empty() : Optional.of(fallback(words[6], line));
            if (words[2].equals("none")) {
                return new ReleaseLine(incarnation, Optional.empty(), fallback);
            }
            ExitKind kind = ExitKind.valueOf(words[2].toUpperCase(Locale.ROOT).replace('-', '_'));
            Optional<String> signal = words[4].equals("-") ? Optional.empty() : Optional.of(words[4]);
            int code = Integer.parseInt(words[3]);
            Instant at = Instant.ofEpochMilli(Long.parseLong(words[5]));
            return new ReleaseLine(
                    incarnation,
                    Optional.of(new PreviousExit(kind, signal.isPresent() ? -1 : code, signal, at, Optional.empty())),
                    fallback);
        } catch (NumberFormatException e) {
            throw unexpected(line);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(unexpected(line).getMessage(), e);
        }
    }

    private static Fallback fallback(String word, String line) {
        return switch (word) {
            case "checkpoint" -> Fallback.CHECKPOINT;
            case "empty" -> Fallback.EMPTY;
            default -> throw unexpected(line);
        };
    }

    private static IllegalArgumentException unexpected(String line) {
        return new IllegalArgumentException(
                "release line '" + line + "': expected 'go INCARNATION EXITKIND CODE SIGNAL AT_EPOCH_MS [FALLBACK]'");
    }
}
