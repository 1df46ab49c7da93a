package io.coppice.worker;

import java.time.Instant;

/**
 * A transaction that failed for good, kept until somebody retries or drops it ({@code coppice transactions NAME --retry ID},
 * {@code --drop ID}), or newer ones need its place.
 *
 * @param id which one
 * @param task name of the task's class
 * @param input what was submitted; a copy
 * @param attempts how many were made
 * @param cause as {@link TransactionFailedException#reason}; perhaps cut
 * @param submittedAt by the wall clock, to the millisecond
 */
public record QuarantinedTransaction(
        TransactionId id, String task, byte[] input, int attempts, String cause, Instant submittedAt) {}
