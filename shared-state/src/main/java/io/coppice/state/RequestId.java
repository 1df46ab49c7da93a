package io.coppice.state;

import java.util.OptionalLong;

/**
 * The number of a request among all that one daemon ever submitted: the daemon's timeline, modulo 2^19, in the upper 19 bits
 * and a sequence, from 1, in the lower 44. Positive; later ones are greater, as long as timelines are fewer than 2^19. People
 * see {@code TIMELINE-SEQUENCE}.
 */
public final class RequestId {
    /** Most sequences of one daemon. */
    public static final long MAX_SEQUENCE = (1L << 44) - 1;

    private static final int SEQUENCE_BITS = 44;
    private static final long TIMELINES = 1L << 19;
    private static final String FORM = "\\d{1,6}-\\d{1,14}";

    private RequestId() {}

    /**
     * The id of a request.
     *
     * @param timeline of the daemon's segment, positive
     * @param sequence 1 to {@link #MAX_SEQUENCE}
     */
    public static long of(long timeline, long sequence) {
        if (timeline < 0 || sequence < 1 || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException("A request has a timeline of 0 or more and a sequence of 1 to "
                    + MAX_SEQUENCE + ", not " + timeline + " and " + sequence + ".");
        }
        return timeline % TIMELINES << SEQUENCE_BITS | sequence;
    }

    /** Whether a number can be an id: it is positive and has a sequence. */
    public static boolean isValid(long id) {
        return id > 0 && sequence(id) != 0;
    }

    /** The sequence of an id. */
    public static long sequence(long id) {
        return id & MAX_SEQUENCE;
    }

    /** The timeline of an id, modulo 2^19. */
    public static long timeline(long id) {
        return id >>> SEQUENCE_BITS;
    }

    /** Whether an id was given on a timeline. */
    public static boolean isOf(long id, long timeline) {
        return isValid(id) && timeline(id) == timeline % TIMELINES;
    }

    /** What people see: {@code TIMELINE-SEQUENCE}. Allocates. */
    public static String text(long id) {
        return timeline(id) + "-" + sequence(id);
    }

    /** The id that people mean by a text, empty if it is none. */
    public static OptionalLong parse(String text) {
        if (!text.matches(FORM)) {
            return OptionalLong.empty();
        }
        int dash = text.indexOf('-');
        long timeline = Long.parseLong(text.substring(0, dash));
        long sequence = Long.parseLong(text.substring(dash + 1));
        return timeline < TIMELINES && sequence >= 1 && sequence <= MAX_SEQUENCE
                ? OptionalLong.of(of(timeline, sequence))
                : OptionalLong.empty();
    }
}
