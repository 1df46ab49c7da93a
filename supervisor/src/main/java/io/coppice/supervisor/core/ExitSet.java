package io.coppice.supervisor.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Ways of ending that a manifest names.
 *
 * @param codes exit codes, 0 to 255, in ascending order
 * @param signals numbers of signals, 1 to 64, in ascending order
 */
public record ExitSet(List<Integer> codes, List<Integer> signals) {
    public static final ExitSet EMPTY = new ExitSet(List.of(), List.of());

    public ExitSet {
        codes = sorted(codes);
        signals = sorted(signals);
        requireWithin(codes, 0, 255, "exit code");
        requireWithin(signals, 1, 64, "signal");
    }

    /** Whether it ended so. A shell's or a JVM's 128 plus a signal is that code, and not that signal. */
    boolean has(ExitStatus status) {
        if (status instanceof ExitStatus.Exited exited) {
            return codes.contains(exited.code());
        }
        return status instanceof ExitStatus.Signaled signaled && signals.contains(signaled.signal());
    }

    private static List<Integer> sorted(List<Integer> values) {
        List<Integer> distinct = new ArrayList<>();
        for (Integer value : values) {
            if (!distinct.contains(value)) {
                distinct.add(value);
            }
        }
        Collections.sort(distinct);
        return List.copyOf(distinct);
    }

    private static void requireWithin(List<Integer> values, int least, int most, String what) {
        for (int value : values) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(what + " " + value + ": expected " + least + " to " + most);
            }
        }
    }
}
