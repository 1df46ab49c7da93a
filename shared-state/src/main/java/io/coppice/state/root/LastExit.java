package io.coppice.state.root;

/**
 * How a child last ended.
 *
 * @param kind in one word
 * @param code exit code, -1 when there is none
 * @param signal signal number, 0 when there is none
 * @param atEpochMs when, milliseconds since 1970
 * @param text the cause in words, at most 160 bytes of UTF-8, possibly empty
 */
public record LastExit(ExitKind kind, int code, int signal, long atEpochMs, String text) {}
