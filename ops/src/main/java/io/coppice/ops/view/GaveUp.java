package io.coppice.ops.view;

/**
 * That the root gave up: too many restarts in all, or of a daemon without which the others are of no use. It ends everything in order on
 * that account, and exits with {@value #EXIT_CODE}.
 *
 * @param by the daemon whose restart was one too many
 * @param atEpochMs when
 */
public record GaveUp(String by, long atEpochMs) {
    static final int EXIT_CODE = 5;
}
