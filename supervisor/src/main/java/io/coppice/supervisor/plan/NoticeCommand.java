package io.coppice.supervisor.plan;

import java.util.List;

/**
 * What is run when restarts have run out.
 *
 * @param command a program and its arguments; empty: nothing
 * @param timeoutMs how long it may take before it is killed, 1 to {@link PlanBounds#MAX_DURATION_MS}; 0 without a command
 */
public record NoticeCommand(List<String> command, long timeoutMs) {
    /** Nobody is told. */
    public static final NoticeCommand NONE = new NoticeCommand(List.of(), 0);

    public NoticeCommand {
        command = List.copyOf(command);
        PlanBounds.requireLength("notify command", command, PlanBounds.MAX_LIST_LENGTH);
        for (String word : command) {
            PlanBounds.requireText("notify command", word, PlanBounds.MAX_ARGUMENT_BYTES);
        }
        List<String> words = command;
        PlanBounds.require(words.isEmpty() || !words.get(0).isEmpty(), () -> "notify command: no program to execute");
        PlanBounds.requireBetween(
                "notify timeout (ms)",
                timeoutMs,
                words.isEmpty() ? 0 : 1,
                words.isEmpty() ? 0 : PlanBounds.MAX_DURATION_MS);
    }

    /** Whether nothing is run. */
    public boolean isNone() {
        return command.isEmpty();
    }
}
