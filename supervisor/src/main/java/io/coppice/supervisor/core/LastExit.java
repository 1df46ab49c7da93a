package io.coppice.supervisor.core;

import java.util.Objects;

/**
 * The record of a child's last end. It survives later launches until the next end.
 *
 * @param kind why it ended
 * @param code exit code 0 to 255, or {@link #NO_CODE}
 * @param signal signal number as the kernel told it, or {@link #NO_SIGNAL}
 * @param text one or more lines for people: a worker's last words, the reason of a failed spawn, or a short description;
 *     of any length, the shell cuts it to what its table holds
 * @param incarnation the incarnation that ended
 * @param atNs when the supervisor learned of it, monotonic; the shell stamps the wall clock
 */
public record LastExit(ExitKind kind, int code, int signal, String text, long incarnation, long atNs) {
    public static final int NO_CODE = -1;
    public static final int NO_SIGNAL = 0;

    public LastExit {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(text);
    }
}
