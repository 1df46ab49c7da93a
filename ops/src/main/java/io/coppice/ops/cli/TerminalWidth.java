package io.coppice.ops.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Columns of the caller's terminal: {@code $COLUMNS}, else what {@code stty} says; the JDK cannot ask without native code. */
final class TerminalWidth {
    private static final int MIN_COLUMNS = 40;
    private static final int MAX_ANSWER_BYTES = 64;
    private static final long STTY_TIMEOUT_MS = 1_000;

    private TerminalWidth() {}

    /** The columns to which lines are cut: those of the terminal; {@link Integer#MAX_VALUE} where nothing is to be cut. */
    static int toKeepTo(Caller caller, boolean wide) {
        return wide || !caller.onTerminal() ? Integer.MAX_VALUE : of(caller);
    }

    /** The columns; {@link Integer#MAX_VALUE} if nobody knows, since cutting without need loses something. */
    private static int of(Caller caller) {
        int columns = parse(caller.variable("COLUMNS"));
        return columns > 0 ? Math.max(MIN_COLUMNS, columns) : fromStty();
    }

    private static int fromStty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readNBytes(MAX_ANSWER_BYTES), StandardCharsets.US_ASCII);
            boolean ended = stty.waitFor(STTY_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            String[] words = answer.strip().split(" ", -1);
            int columns = ended && words.length == 2 ? parse(words[1]) : 0;
            return columns > 0 ? Math.max(MIN_COLUMNS, columns) : Integer.MAX_VALUE;
        } catch (IOException e) {
            return Integer.MAX_VALUE; // No stty or no terminal: lines stay whole.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Integer.MAX_VALUE;
        }
    }

    private static int parse(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
