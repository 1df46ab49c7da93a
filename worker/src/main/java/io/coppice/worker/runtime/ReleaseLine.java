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
 *  go INCARNATION EXITKIND CODE SIGNAL AT_EPOCH_MS [FALLBACK | slot N REQUEST ATTEMPT]
 * </pre>
 *
 * EXITKIND is {@code none} for a first incarnation, else a lower-case {@link ExitKind}; SIGNAL is a name or {@code -}. FALLBACK, {@code checkpoint} or
 * {@code empty}, tells it to step back before it starts: its predecessors died again and again on the last commit. A transaction's
 * process is told its slot instead, and what it is to do there; its predecessor is then that of the same request.
 *
 * @param incarnation 1 or more
 * @param previousExit how the predecessor ended; its last words are not part of the line
 * @param fallback what to step back to first
 * @param attempt what a transaction's process is to do; empty for a daemon's
 */
record ReleaseLine(
        long incarnation, Optional<PreviousExit> previousExit, Optional<Fallback> fallback, Optional<Attempt> attempt)
        implements RootLine {
    /** Where a poisoned state is left for. */
    enum Fallback {
        CHECKPOINT,
        EMPTY
    }

    /**
     * One process's share in a request.
     *
     * @param slot of its daemon, from 1 to {@value #MOST_SLOTS}
     * @param request its id, more than 0
     * @param number from 1; of the request, in any slot
     */
    record Attempt(int slot, long request, int number) {
        static final int MOST_SLOTS = 32;

        boolean inRange() {
            return slot >= 1 && slot <= MOST_SLOTS && request > 0 && number >= 1;
        }
    }

    private static final int WORDS = 6;
    private static final int WORDS_OF_SLOT = WORDS + 4;

    /**
     * @param line without its end
     * @throws IllegalArgumentException if it is another line than expected
     */
    static ReleaseLine parse(String line) {
        String[] words = line.split(" ", -1);
        boolean ofSlot = words.length == WORDS_OF_SLOT && words[WORDS].equals("slot");
        if (words.length < WORDS || (words.length > WORDS + 1 && !ofSlot) || !words[0].equals("go")) {
            throw unexpected(line);
        }
        try {
            long incarnation = Long.parseLong(words[1]);
            if (incarnation < 1) {
                throw unexpected(line);
            }
            Optional<Fallback> fallback =
                    words.length == WORDS + 1 ? Optional.of(fallback(words[WORDS], line)) : Optional.empty();
            Optional<Attempt> attempt = ofSlot ? Optional.of(attempt(words, line)) : Optional.empty();
            if (words[2].equals("none")) {
                return new ReleaseLine(incarnation, Optional.empty(), fallback, attempt);
            }
            ExitKind kind = ExitKind.valueOf(words[2].toUpperCase(Locale.ROOT).replace('-', '_'));
            Optional<String> signal = words[4].equals("-") ? Optional.empty() : Optional.of(words[4]);
            int code = Integer.parseInt(words[3]);
            Instant at = Instant.ofEpochMilli(Long.parseLong(words[5]));
            return new ReleaseLine(
                    incarnation,
                    Optional.of(new PreviousExit(
                            kind, signal.isPresent() ? -1 : code, signal, at, Optional.empty(), Optional.empty())),
                    fallback,
                    attempt);
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

    private static Attempt attempt(String[] words, String line) {
        Attempt attempt = new Attempt(
                Integer.parseInt(words[WORDS + 1]),
                Long.parseLong(words[WORDS + 2]),
                Integer.parseInt(words[WORDS + 3]));
        if (!attempt.inRange()) {
            throw unexpected(line);
        }
        return attempt;
    }

    private static IllegalArgumentException unexpected(String line) {
        return new IllegalArgumentException("release line '" + line
                + "': expected 'go INCARNATION EXITKIND CODE SIGNAL AT_EPOCH_MS [FALLBACK | slot N REQUEST ATTEMPT]'");
    }
}
