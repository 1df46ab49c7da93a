package io.coppice.supervisor.core;

/** Linux signal numbers that the rules and their texts need; the same on x86-64 and AArch64. */
final class Signals {
    static final int HUP = 1;
    static final int INT = 2;
    static final int QUIT = 3;
    static final int KILL = 9;
    static final int TERM = 15;

    private Signals() {}

    /** Its name without {@code SIG}, or its number for those that a dying process rarely shows. */
    static String name(int signal) {
        return switch (signal) {
            case HUP -> "HUP";
            case INT -> "INT";
            case QUIT -> "QUIT";
            case 4 -> "ILL";
            case 5 -> "TRAP";
            case 6 -> "ABRT";
            case 7 -> "BUS";
            case 8 -> "FPE";
            case KILL -> "KILL";
            case 10 -> "USR1";
            case 11 -> "SEGV";
            case 12 -> "USR2";
            case 13 -> "PIPE";
            case 14 -> "ALRM";
            case TERM -> "TERM";
            case 24 -> "XCPU";
            case 25 -> "XFSZ";
            case 31 -> "SYS";
            default -> Integer.toString(signal);
        };
    }

    /** Whether exit code 0 may be the answer. To a JVM, QUIT is a request for a thread dump. */
    static boolean asksForOrderlyEnd(int signal, boolean jvm) {
        return signal == TERM || signal == INT || signal == (jvm ? HUP : QUIT);
    }
}
