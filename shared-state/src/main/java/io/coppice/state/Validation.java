package io.coppice.state;

import java.nio.file.Path;

/** Whether a file is the segment it should be. The file is only read. */
public sealed interface Validation {
    /** The file looked at. */
    Path file();

    /** What happened, where, found, expected, and what to do; one line. */
    String message();

    /** It is. */
    record Valid(Path file, Header header) implements Validation {
        @Override
        public String message() {
            return "Segment " + file + " is valid.";
        }
    }

    /** There is no such file. */
    record Missing(Path file) implements Validation {
        @Override
        public String message() {
            return "Segment " + file
                    + " is missing: found no file, expected a segment. Start the instance to create it.";
        }
    }

    /** The file cannot be read. */
    record Unreadable(Path file, String reason) implements Validation {
        @Override
        public String message() {
            return "Segment " + file + " cannot be read: " + reason
                    + ". Expected a regular file that this user may read. Check its owner and mode.";
        }
    }

    /** It does not start with a segment's magic: something else, or its creation was interrupted. */
    record WrongMagic(Path file, String found, String expected) implements Validation {
        @Override
        public String message() {
            return refusal(file, "magic", found, expected, "It is no finished segment; move it away and start again.");
        }
    }

    /** Written by a release with another layout. */
    record WrongVersion(Path file, int found, int expected) implements Validation {
        @Override
        public String message() {
            return refusal(
                    file,
                    "layout version",
                    Integer.toString(found),
                    Integer.toString(expected),
                    "Start it with the release that wrote it, or remove the file while the supervisor is down.");
        }
    }

    /**
     * Shorter or longer than it should be.
     *
     * @param whole whether the file has the length that it was made with, so that another one is wanted of it
     */
    record WrongLength(Path file, long found, long expected, boolean whole) implements Validation {
        @Override
        public String message() {
            if (!whole) {
                return refusal(
                        file,
                        "length",
                        found + " bytes",
                        expected + " bytes",
                        "The file was truncated, or is not all of a copy. Move it away while the root is down: the next start"
                                + " makes a new one, and coppice restore brings back what a daemon had set aside.");
            }
            return refusal(
                    file,
                    "length",
                    found + " bytes",
                    expected + " bytes",
                    "It was made with another size, as another release may have done. Move the file away while the root is"
                            + " down: the next start makes a new one.");
        }
    }

    /** The header's checksum or one of its offsets is wrong. */
    record DamagedHeader(Path file, String found, String expected) implements Validation {
        @Override
        public String message() {
            return refusal(
                    file,
                    "header",
                    found,
                    expected,
                    "Its contents cannot be trusted. Move the file away while the root is down: the next start makes a new"
                            + " one, and coppice restore brings back what a daemon had set aside.");
        }
    }

    /** Made for another kind of process. */
    record WrongKind(Path file, int found, int expected) implements Validation {
        @Override
        public String message() {
            return refusal(
                    file, "kind", Integer.toString(found), Integer.toString(expected), "Was a file copied or renamed?");
        }
    }

    /** Made for another instance or daemon. */
    record WrongOwnerName(Path file, String found, String expected) implements Validation {
        @Override
        public String message() {
            return refusal(file, "owner", found, expected, "Was a file copied or renamed? Move it away.");
        }
    }

    private static String refusal(Path file, String what, String found, String expected, String advice) {
        return "Segment " + file + " is refused: " + what + " " + found + ", expected " + expected + ". " + advice;
    }
}
