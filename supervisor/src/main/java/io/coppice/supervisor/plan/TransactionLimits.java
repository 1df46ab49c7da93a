package io.coppice.supervisor.plan;

import java.util.Optional;

/**
 * What a daemon's command line tells it of its transactions, in one word: {@code SLOTS,QUEUE,INPUTBYTES,QUARANTINE}. Pure.
 *
 * @param slots how many run at once
 * @param queue how many wait for a slot
 * @param inputBytes of the largest input
 * @param quarantine how many that failed are kept
 */
public record TransactionLimits(int slots, int queue, long inputBytes, int quarantine) {
    /** The option whose value it is. */
    public static final String OPTION = "--transactions";

    private static final int NUMBERS = 4;

    /** Those of a plan's daemon; empty if it has no transactions, or is told of them in another way, as by another release. */
    public static Optional<TransactionLimits> of(ChildPlan daemon) {
        String told = WorkerOptions.value(daemon.argv(), OPTION);
        if (told == null) {
            return Optional.empty();
        }
        String[] numbers = told.split(",", -1);
        try {
            return numbers.length == NUMBERS
                    ? Optional.of(new TransactionLimits(
                            Integer.parseInt(numbers[0]),
                            Integer.parseInt(numbers[1]),
                            Long.parseLong(numbers[2]),
                            Integer.parseInt(numbers[3])))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** How many requests there are at most, with those that are kept. */
    public int entries() {
        return slots + queue + quarantine;
    }

    /** As the daemon is told them. */
    public String inOneWord() {
        return slots + "," + queue + "," + inputBytes + "," + quarantine;
    }
}
