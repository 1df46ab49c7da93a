package io.coppice.supervisor.os;

import java.util.List;
import java.util.Locale;

/**
 * Signal names and numbers of Linux on x86-64 and aarch64, where they are equal (asm-generic/signal.h). Names are
 * without {@code SIG}. Pure; any thread; {@link #name} of a standard signal allocates nothing.
 */
public final class SignalNumbers {
    /** The highest signal number, SIGRTMAX. */
    private static final int LAST = 64;

    /** SIGRTMIN as the C library gives it: it keeps 32 and 33 for itself. */
    private static final int FIRST_REAL_TIME = 34;

    private static final String REAL_TIME_PREFIX = "RTMIN+";

    /** Standard signals in the order of their numbers, from 1. */
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    private SignalNumbers() {}

    /**
     * The number of a signal given as {@code TERM}, {@code SIGTERM} (in either case), {@code RTMIN+3} or {@code 15}.
     *
     * @return 1 to 64
     * @throws IllegalArgumentException listing the names
     */
    public static int of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String bare = upper.startsWith("SIG") ? upper.substring(3) : upper;
        int index = NAMES.indexOf(canonical(bare));
        if (index >= 0) {
            return index + 1;
        }
        int number = numberIn(bare.equals(upper) ? bare : "");
        if (number >= 1 && number <= LAST) {
            return number;
        }
        if (bare.equals("RTMIN")) {
            return FIRST_REAL_TIME;
        }
        if (bare.equals("RTMAX")) {
            return LAST;
        }
        if (bare.startsWith(REAL_TIME_PREFIX)) {
            int offset = numberIn(bare.substring(REAL_TIME_PREFIX.length()));
            if (offset >= 0 && offset <= LAST - FIRST_REAL_TIME) {
                return FIRST_REAL_TIME + offset;
            }
        }
        throw new IllegalArgumentException("Unknown signal '" + name + "': expected a number from 1 to " + LAST
                + ", RTMIN+0 to RTMIN+" + (LAST - FIRST_REAL_TIME) + ", or one of " + String.join(" ", NAMES));
    }

    /** The name of a signal, {@code KILL} for 9, {@code RTMIN+3} for 37; a number without a name is its digits. */
    public static String name(int number) {
        if (number >= 1 && number <= NAMES.size()) {
            return NAMES.get(number - 1);
        }
        if (number >= FIRST_REAL_TIME && number <= LAST) {
            return REAL_TIME_PREFIX + (number - FIRST_REAL_TIME);
        }
        return Integer.toString(number);
    }

    /** The names of the standard signals in the order of their numbers, from 1. */
    public static List<String> names() {
        return NAMES;
    }

    private static String canonical(String bare) {
        return switch (bare) {
            case "IOT" -> "ABRT";
            case "CLD" -> "CHLD";
            case "POLL" -> "IO";
            default -> bare;
        };
    }

    /** The value of one or two digits, else -1. */
    private static int numberIn(String digits) {
        if (digits.isEmpty() || digits.length() > 2) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = 10 * value + (c - '0');
        }
        return value;
    }
}
