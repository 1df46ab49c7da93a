package io.coppice.worker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one transaction of a daemon, for as long as its segment is not removed: the same in each attempt, in the daemon's successors
 * and in the commands. Fit for file names.
 *
 * @param value as it is stored: more than 0
 */
public record TransactionId(long value) implements Comparable<TransactionId> {
    private static final int SEQUENCE_BITS = 44;
    private static final long MAX_SEQUENCE = (1L << SEQUENCE_BITS) - 1;
    private static final long TIMELINES = 1L << 19;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})-(\\d{1,14})");

    /** @throws IllegalArgumentException if it is no id */
    public TransactionId {
        if (value <= 0 || (value & MAX_SEQUENCE) == 0) {
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
        if (timeline < 0 || sequence < 1 || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException(timeline + "-" + sequence + " is no transaction's id");
        }
        return new TransactionId((timeline % TIMELINES) << SEQUENCE_BITS | sequence);
    }

    /** What {@link #toString} gave; empty if it is not of that form. */
    public static Optional<TransactionId> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long timeline = Long.parseLong(parts.group(1));
        long sequence = Long.parseLong(parts.group(2));
        return timeline < TIMELINES && sequence >= 1 && sequence <= MAX_SEQUENCE
                ? Optional.of(of(timeline, sequence))
                : Optional.empty();
    }

    /** Of the daemon's segment when it was submitted: the last 19 bits of its number. */
    public long timeline() {
        return value >>> SEQUENCE_BITS;
    }

    /** The how-manieth it is; from 1, and going on over timelines. */
    public long sequence() {
        return value & MAX_SEQUENCE;
    }

    @Override
    public int compareTo(TransactionId other) {
        return Long.compare(value, other.value);
    }

    /** {@code TIMELINE-SEQUENCE}: {@code 1-17}. */
    @Override
    public String toString() {
        return timeline() + "-" + sequence();
    }
}
