package io.coppice.state;

import java.nio.charset.StandardCharsets;

/**
 * What a segment is made for.
 *
 * @param instance name of the instance, 1 to 32 bytes of UTF-8
 * @param name name of the daemon (or {@code root}), 1 to 32 bytes of UTF-8
 * @param kind {@link #KIND_DAEMON} or {@link #KIND_ROOT}
 * @param lengthBytes length of the file, {@link #MIN_LENGTH_BYTES} to {@link #MAX_LENGTH_BYTES}
 */
public record SegmentSpec(String instance, String name, int kind, long lengthBytes) {
    /** Segment of a daemon, written by its worker. */
    public static final int KIND_DAEMON = 1;

    /** Segment of an instance's root. */
    public static final int KIND_ROOT = 2;

    /** Smallest segment: header 4 KiB, undo log 16 KiB, publish slots 36 KiB, arena 8 KiB. */
    public static final long MIN_LENGTH_BYTES = 64L << 10;

    /** Largest segment: one mapping of a file is at most 2 GiB - 1 on the JVM; rounded down to whole MiB. */
    public static final long MAX_LENGTH_BYTES = 2047L << 20;

    /** Checks the ranges above. */
    public SegmentSpec {
        requireName("instance", instance);
        requireName("segment", name);
        if (kind != KIND_DAEMON && kind != KIND_ROOT) {
            throw new IllegalArgumentException("Segment kind must be 1 (daemon) or 2 (root), not " + kind + ".");
        }
        if (lengthBytes < MIN_LENGTH_BYTES || lengthBytes > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException("Segment " + name + ": `state` must be " + MIN_LENGTH_BYTES
                    + " (64KiB) to " + MAX_LENGTH_BYTES + " (2047MiB) bytes, not " + lengthBytes + ".");
        }
    }

    /** Bytes of a segment of that length that structures can use; the rest is header, undo log and publish slots. */
    public static long arenaBytes(long lengthBytes) {
        return SegmentGeometry.of(lengthBytes).arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET;
    }

    /** Bytes of undo log in a segment of that length: one eighth, at least 16 KiB and at most 8 MiB. */
    public static long undoBytes(long lengthBytes) {
        return SegmentGeometry.of(lengthBytes).undoLength();
    }

    private static void requireName(String what, String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > HeaderLayout.NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("Name of a " + what + " must be 1 to " + HeaderLayout.NAME_LENGTH
                    + " bytes of UTF-8 without control characters, not \"" + name + "\" (" + length + " bytes).");
        }
    }
}
