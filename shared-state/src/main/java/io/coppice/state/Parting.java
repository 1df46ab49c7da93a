package io.coppice.state;

import java.util.Optional;

/**
 * What an owner, now dead, left in its segment about its end: all that there is to tell where nobody saw that. An owner may write
 * there what it likes.
 *
 * @param completed whether it said that it is done and will not run again
 * @param words what is known of its end, for people; empty if it had no time to leave anything. One or more lines
 */
public record Parting(boolean completed, Optional<String> words) {
    /** Nothing. */
    public static final Parting NONE = new Parting(false, Optional.empty());

    /** With this begin the words of an owner that called System.exit. */
    public static final String SYSTEM_EXIT = "System.exit by ";

    static final String DONE = "it was done";
    static final String STOPPING = "it was asked to end, and was cut short in its stop";

    /** Whether it said that one of its own threads called System.exit: its exit code is then of its own choice. */
    public boolean ofSystemExit() {
        return words.isPresent() && words.get().startsWith(SYSTEM_EXIT);
    }

    /**
     * Reads it. Allocates.
     *
     * @param incarnation of the owner in question; what another one left is {@link #NONE} of its
     */
    public static Parting of(ReadOnlySegment segment, long incarnation) {
        // The incarnation first: a new owner resets the phase before it stores its incarnation.
        if (segment.incarnation() != incarnation) {
            return NONE;
        }
        Phase phase = Phase.of(segment.phase()).orElse(Phase.EMPTY);
        return switch (phase) {
            case COMPLETED -> new Parting(true, Optional.of(DONE));
            case STOPPING -> new Parting(false, segment.lastWords().or(() -> Optional.of(STOPPING)));
            case FAILING -> new Parting(false, segment.lastWords());
            // In all others words are of something that is over.
            case EMPTY, RECOVERING, STARTING, READY, MIGRATING -> NONE;
        };
    }
}
