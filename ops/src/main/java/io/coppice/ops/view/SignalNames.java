package io.coppice.ops.view;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Linux signal numbers and their names without {@code SIG}, as in signal(7) for x86, ARM, RISC-V and most others. Clients
 * have a table of their own so that naming a signal does not load native code.
 */
public final class SignalNames {
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");
    private static final int FIRST_REALTIME = 34;
    private static final int LAST_REALTIME = 64;

    private SignalNames() {}

    /** Every name, by number. */
    public static List<String> all() {
        return NAMES;
    }

    /** {@code KILL} for 9, {@code RTMIN+1} for 35, the number itself for what has no name. */
    public static String name(int number) {
        if (number >= 1 && number <= NAMES.size()) {
            return NAMES.get(number - 1);
        }
        return number >= FIRST_REALTIME && number <= LAST_REALTIME
                ? "RTMIN" + (number == FIRST_REALTIME ? "" : "+" + (number - FIRST_REALTIME))
                : Integer.toString(number);
    }

    /** The number of {@code TERM}, {@code SIGTERM}, {@code term} or {@code 15}; empty if there is no such signal. */
    public static OptionalInt number(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        int index = NAMES.indexOf(name.startsWith("SIG") ? name.substring(3) : name);
        if (index >= 0) {
            return OptionalInt.of(index + 1);
        }
        try {
            int number = Integer.parseInt(text);
            return number >= 1 && number <= NAMES.size() ? OptionalInt.of(number) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
