package io.coppice.worker.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a daemon's command line says of its transactions.
 *
 * @param root the root's segment
 * @param slots the segments of its slots, the first one's first
 * @param logs the instance's directory of logs
 */
record DaemonTransactions(TransactionLimits limits, Path root, List<Path> slots, Path logs) {
    DaemonTransactions {
        slots = List.copyOf(slots);
    }

    /**
     * @param limits {@code --transactions}; null if there are none
     * @param slots {@code --slot}: file by number
     * @throws IllegalArgumentException naming the argument at fault
     */
    static @Nullable DaemonTransactions of(
            @Nullable String limits, @Nullable String root, @Nullable String logs, Map<Integer, Path> slots) {
        if (limits == null) {
            if (!slots.isEmpty()) {
                throw new IllegalArgumentException("--slot: expected --transactions, too");
            }
            return null;
        }
        TransactionLimits declared = TransactionLimits.parse(limits);
        if (root == null || logs == null) {
            throw new IllegalArgumentException("--transactions " + limits + ": expected --root and --logs, too");
        }
        List<Path> files = new ArrayList<>();
        for (int slot = 1; slot <= declared.slots(); slot++) {
            Path file = slots.get(slot);
            if (file == null) {
                throw new IllegalArgumentException(
                        "--transactions " + limits + ": expected --slot " + slot + "=FILE, too");
            }
            files.add(file);
        }
        if (slots.size() > declared.slots()) {
            throw new IllegalArgumentException(
                    "--slot: given for " + slots.keySet() + ", expected 1 to " + declared.slots());
        }
        return new DaemonTransactions(declared, Path.of(root), files, Path.of(logs));
    }
}
