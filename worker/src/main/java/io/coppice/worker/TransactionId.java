package io.coppice.worker;

import io.coppice.state.RequestId;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Names one transaction of a daemon, for as long as its segment is not removed: the same in each attempt, in the daemon's successors
 * and in the commands. Fit for file names.
 *
 * @param value as it is stored: more than 0
 */
public record TransactionId(long value) implements Comparable<TransactionId> {
    /** @throws IllegalArgumentException if it is no id */
    public TransactionId {
        if (!RequestId.isValid(value)) {
            throw new IllegalArgumentException(value + " is no transaction's id");
        }
    }

    /**
     * The id of a transaction of that number.
     *
     * @param timeline of the daemon's segment when it was submitted, 0 or more; of it the last 19 bits
     * @param sequence 1 to 2<sup>44</sup> - 1
     */
    public static TransactionId of(long timeline, long sequence) {
        return new TransactionId(RequestId.of(timeline, sequence));
    }

    /** What {@link #toString} gave; empty if it is not of that form. */
    public static Optional<TransactionId> parse(String text) {
        OptionalLong value = RequestId.parse(text);
        return value.isPresent() ? Optional.of(new TransactionId(value.getAsLong())) : Optional.empty();
    }

    /** Of the daemon's segment when it was submitted: the last 19 bits of its number. */
    public long timeline() {
        return RequestId.timeline(value);
    }

    /** The how-manieth it is; from 1, and going on over timelines. */
    public long sequence() {
        return RequestId.sequence(value);
    }

    @Override
    public int compareTo(TransactionId other) {
        return Long.compare(value, other.value);
    }

    /** {@code TIMELINE-SEQUENCE}: {@code 1-17}. */
    @Override
    public String toString() {
        return RequestId.text(value);
    }
}
