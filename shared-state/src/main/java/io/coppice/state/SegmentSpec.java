package io.coppice.state;

import java.nio.charset.StandardCharsets;

/**
 * What a segment is made for.
 *
 * @param instance name of the instance, 1 to 32 bytes of UTF-8
 * @param name name of the daemon (or {@code root}), 1 to 32 bytes of UTF-8
 * @param kind {@link #KIND_DAEMON} or {@link #KIND_ROOT}
 * @param stateBytes declared for the state, {@link #MIN_LENGTH_BYTES} to {@link #MAX_LENGTH_BYTES}
 * @param checkpoints how many checkpoints are kept behind it, 0 to {@link #MAX_CHECKPOINTS}; each costs nearly as much as
 *     the state again, and all of it together is at most {@link #MAX_LENGTH_BYTES}
 */
public record SegmentSpec(String instance, String name, int kind, long stateBytes, int checkpoints) {
    /** Segment of a daemon, written by its worker. */
    public static final int KIND_DAEMON = 1;

    /** Segment of an instance's root. */
    public static final int KIND_ROOT = 2;

    /** Smallest segment: header 4 KiB, undo log 16 KiB, publish slots 36 KiB, arena 8 KiB. */
    public static final long MIN_LENGTH_BYTES = 64L << 10;

    /** Largest segment: one mapping of a file is at most 2 GiB - 1 on the JVM; rounded down to whole MiB. */
    public static final long MAX_LENGTH_BYTES = 2047L << 20;

    /** Most checkpoints of a segment. */
    public static final int MAX_CHECKPOINTS = 16;

    /** Checks the ranges above. */
    public SegmentSpec {
        requireName("instance", instance);
        requireName("segment", name);
        if (kind != KIND_DAEMON && kind != KIND_ROOT) {
            throw new IllegalArgumentException("Segment kind must be 1 (daemon) or 2 (root), not " + kind + ".");
        }
        if (stateBytes < MIN_LENGTH_BYTES || stateBytes > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException("Segment " + name + ": `state` must be " + MIN_LENGTH_BYTES
                    + " (64KiB) to " + MAX_LENGTH_BYTES + " (2047MiB) bytes, not " + stateBytes + ".");
        }
        if (checkpoints < 0 || checkpoints > MAX_CHECKPOINTS) {
            throw new IllegalArgumentException("Segment " + name + ": `checkpoints` must be 0 to " + MAX_CHECKPOINTS
                    + ", not " + checkpoints + ".");
        }
        if (lengthFor(stateBytes, checkpoints) > MAX_LENGTH_BYTES) {
            throw new IllegalArgumentException("Segment " + name + ": `state` of " + stateBytes + " bytes with "
                    + checkpoints + " checkpoints makes a file of " + lengthFor(stateBytes, checkpoints)
                    + " bytes; the most is " + MAX_LENGTH_BYTES
                    + " (2047MiB), as each checkpoint costs nearly as much as the state. Lower one of the two.");
        }
    }

    /** Of a segment without checkpoints. */
    public SegmentSpec(String instance, String name, int kind, long stateBytes) {
        this(instance, name, kind, stateBytes, 0);
    }

    /** Length of the file. */
    public long lengthBytes() {
        return lengthFor(stateBytes, checkpoints);
    }

    /**
     * Length of the file of a segment, for any numbers in the ranges above; it may exceed {@link #MAX_LENGTH_BYTES}, which
     * the constructor refuses.
     */
    public static long lengthFor(long stateBytes, int checkpoints) {
        return SegmentGeometry.of(stateBytes, checkpoints).lengthBytes();
    }

    /** Bytes of so much state that structures can use; the rest is header, undo log and publish slots. */
    public static long arenaBytes(long stateBytes) {
        return SegmentGeometry.of(stateBytes).arenaLength() - ArenaLayout.FIRST_BLOCK_OFFSET;
    }

    /** Bytes of undo log in so much state: one eighth, at least 16 KiB and at most 8 MiB. */
    public static long undoBytes(long stateBytes) {
        return SegmentGeometry.of(stateBytes).undoLength();
    }

    static void requireName(String what, String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > HeaderLayout.NAME_LENGTH || StoredName.hasControls(name)) {
            throw new IllegalArgumentException("Name of a " + what + " must be 1 to " + HeaderLayout.NAME_LENGTH
                    + " bytes of UTF-8 without control characters, not \"" + name + "\" (" + length + " bytes).");
        }
    }
}
