package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Steps;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.manifest.Quantity;
import java.util.HashSet;
import java.util.List;

/**
 * What {@code bench recovery} was asked for.
 *
 * @param kills of a row that count, 1 or more
 * @param heapsMib a row for each, distinct
 * @param stateBytes that each process has touched when it is killed
 */
record RecoverySettings(int kills, List<Integer> heapsMib, long stateBytes) {
    private static final int SMALLEST_HEAP_MIB = 16;
    private static final int LARGEST_HEAP_MIB = 4096;

    /** A page for each step in which a process touches its state. */
    private static final long SMALLEST_STATE = 4096L * Steps.TOUCHING_STEPS;

    private static final long LARGEST_STATE = 1L << 30;

    RecoverySettings {
        heapsMib = List.copyOf(heapsMib);
    }

    /**
     * Of the options' values.
     *
     * @throws CommandFailedException naming the one at fault
     */
    static RecoverySettings of(int kills, List<Integer> heapsMib, String state) {
        for (int heapMib : heapsMib) {
            refuseIf(
                    heapMib < SMALLEST_HEAP_MIB || heapMib > LARGEST_HEAP_MIB,
                    "--heap " + heapMib + ": expected " + SMALLEST_HEAP_MIB + " to " + LARGEST_HEAP_MIB + " (MiB).");
        }
        refuseIf(new HashSet<>(heapsMib).size() < heapsMib.size(), "--heap: one of them is given twice.");
        Long bytes = Quantity.sizeBytes(state);
        if (bytes == null) {
            throw refusal("--state: `" + state + "` is no size, expected " + Quantity.SIZE_EXPECTED + ".");
        }
        refuseIf(
                bytes < SMALLEST_STATE || bytes > LARGEST_STATE || bytes % SMALLEST_STATE != 0,
                "--state " + state + ": expected a multiple of " + Quantity.size(SMALLEST_STATE) + ", up to "
                        + Quantity.size(LARGEST_STATE) + ".");
        return new RecoverySettings(kills, heapsMib, bytes);
    }

    private static void refuseIf(boolean wrong, String why) {
        if (wrong) {
            throw refusal(why);
        }
    }

    private static CommandFailedException refusal(String why) {
        return new CommandFailedException(ExitCode.USAGE, "bench: " + why);
    }
}
