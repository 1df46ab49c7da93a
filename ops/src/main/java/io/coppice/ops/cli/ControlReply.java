package io.coppice.ops.cli;

/** What the root answered. */
sealed interface ControlReply {
    /**
     * It was done as asked.
     *
     * @param incarnation the one acted on; 0 if the verb has none
     */
    record Done(long incarnation) implements ControlReply {}

    /**
     * It was not done.
     *
     * @param exitCode what this command should exit with
     * @param message why, in words
     * @param later it would be done if it were asked once more, of what is by then
     */
    record Refused(int exitCode, String message, boolean later) implements ControlReply {
        Refused(int exitCode, String message) {
            this(exitCode, message, false);
        }
    }

    /** Reads {@code ok}, {@code ok INCARNATION}, {@code error EXITCODE message} or {@code later message}; anything else is refused as nonsense. */
    static ControlReply parse(String line) {
        if (line.equals("ok")) {
            return new Done(0);
        }
        if (line.startsWith("ok ")) {
            long incarnation = number(line.substring(3));
            return incarnation >= 0 ? new Done(incarnation) : nonsense(line);
        }
        if (line.startsWith("later ")) {
            return new Refused(ExitCode.FAILED, line.substring(6), true);
        }
        int blank = line.indexOf(' ', 6);
        if (line.startsWith("error ") && blank > 0) {
            long exitCode = number(line.substring(6, blank));
            return exitCode > 0 && exitCode < 126
                    ? new Refused((int) exitCode, line.substring(blank + 1))
                    : nonsense(line);
        }
        return nonsense(line);
    }

    private static ControlReply nonsense(String line) {
        return new Refused(
                ExitCode.FAILED,
                "The root's answer cannot be understood: `" + line
                        + "`\n  Use the coppice of the release that runs the root.");
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
