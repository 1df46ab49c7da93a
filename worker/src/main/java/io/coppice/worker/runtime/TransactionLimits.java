package io.coppice.worker.runtime;

import java.util.List;

/**
 * What the manifest declares for a daemon's transactions.
 *
 * @param slots how many run at once, 1 to 32
 * @param queue how many wait for a slot, 0 or more
 * @param inputBytes of the largest input, 0 or more
 * @param quarantine how many that failed are kept, 0 or more
 */
record TransactionLimits(int slots, int queue, int inputBytes, int quarantine) {
    static final int MAX_SLOTS = 32;

    /** How many requests there are at most, with those that are kept. */
    int entries() {
        return slots + queue + quarantine;
    }

    /**
     * Of {@code SLOTS,QUEUE,INPUTBYTES,QUARANTINE}.
     *
     * @throws IllegalArgumentException if it is not that
     */
    static TransactionLimits parse(String text) {
        List<String> parts = List.of(text.split(",", -1));
        try {
            TransactionLimits limits = new TransactionLimits(
                    Integer.parseInt(parts.get(0)),
                    Integer.parseInt(parts.get(1)),
                    Integer.parseInt(parts.get(2)),
                    Integer.parseInt(parts.get(3)));
            if (parts.size() == 4 && limits.isPossible()) {
                return limits;
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(refusal(text), e);
        }
        throw new IllegalArgumentException(refusal(text));
    }

    private boolean isPossible() {
        return slots >= 1 && slots <= MAX_SLOTS && queue >= 0 && inputBytes >= 0 && quarantine >= 0;
    }

    private static String refusal(String text) {
        return "--transactions " + text + ": expected SLOTS,QUEUE,INPUTBYTES,QUARANTINE with 1 to " + MAX_SLOTS
                + " slots and no negative number";
    }
}
