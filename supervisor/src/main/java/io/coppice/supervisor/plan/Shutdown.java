package io.coppice.supervisor.plan;

import java.util.List;

/**
 * How a child is stopped: by this command or this signal, then by SIGKILL to its process group once the time is over.
 *
 * @param signal name without SIG, one of {@link #SIGNALS}
 * @param timeoutMs 0 (kill at once) to {@link PlanBounds#MAX_DURATION_MS}; a command's own time is within it
 * @param command what asks in place of the signal, a program and its arguments; the signal follows if it fails. Empty: none
 */
public record Shutdown(String signal, long timeoutMs, List<String> command) {
    /**
     * The standard signals of Linux that can ask a process to stop, by name, in the order of their x86-64 numbers: all but
     * STOP, TSTP, TTIN, TTOU and CONT, which do not end a process.
     */
    public static final List<String> SIGNALS = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

    public Shutdown {
        PlanBounds.require(
                SIGNALS.contains(signal),
                () -> "shutdown signal: `" + signal + "` is none of " + String.join(" ", SIGNALS));
        PlanBounds.requireBetween("shutdown timeout (ms)", timeoutMs, 0, PlanBounds.MAX_DURATION_MS);
        command = List.copyOf(command);
        PlanBounds.requireLength("shutdown command", command, PlanBounds.MAX_LIST_LENGTH);
        for (String word : command) {
            PlanBounds.requireText("shutdown command", word, PlanBounds.MAX_ARGUMENT_BYTES);
        }
        List<String> words = command;
        PlanBounds.require(words.isEmpty() || !words.get(0).isEmpty(), () -> "shutdown command: no program to execute");
    }

    /** By the signal alone. */
    public static Shutdown bySignal(String signal, long timeoutMs) {
        return new Shutdown(signal, timeoutMs, List.of());
    }
}
