package io.coppice.supervisor.os;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What Landlock can allow below a path. Bits and first ABI as in Linux 6.18, include/uapi/linux/landlock.h.
 *
 * <p>A right of a directory holds for all beneath it. {@link #forFiles} tells which have a meaning for a file itself; the others
 * are about the entries of a directory.
 */
public enum LandlockRight {
    EXECUTE(0, 1, true),
    /** Open what is there for writing; its length can change by writing behind its end. */
    WRITE_FILE(1, 1, true),
    READ_FILE(2, 1, true),
    READ_DIR(3, 1, false),
    REMOVE_DIR(4, 1, false),
    REMOVE_FILE(5, 1, false),
    MAKE_CHAR(6, 1, false),
    MAKE_DIR(7, 1, false),
    MAKE_REG(8, 1, false),
    MAKE_SOCK(9, 1, false),
    MAKE_FIFO(10, 1, false),
    MAKE_BLOCK(11, 1, false),
    MAKE_SYM(12, 1, false),
    /** Rename or link to another directory, if that one allows no more than this. A kernel without it refuses it everywhere. */
    REFER(13, 2, false),
    /** By name, by opening, and through a descriptor that was opened under the restriction. */
    TRUNCATE(14, 3, true),
    /** Commands to a device that is opened under the restriction, but for a few that every file knows. */
    IOCTL_DEV(15, 5, true);

    /** All that there is. */
    public static final Set<LandlockRight> ALL = Collections.unmodifiableSet(EnumSet.allOf(LandlockRight.class));

    /** What needs nothing but to look: files, directories, programs. */
    public static final Set<LandlockRight> READ_AND_EXECUTE =
            Collections.unmodifiableSet(EnumSet.of(READ_FILE, READ_DIR, EXECUTE, IOCTL_DEV));

    private final long bit;
    private final int sinceAbi;
    private final boolean forFiles;

    LandlockRight(int bit, int sinceAbi, boolean forFiles) {
        this.bit = 1L << bit;
        this.sinceAbi = sinceAbi;
        this.forFiles = forFiles;
    }

    /** The first ABI of Landlock that knows it. */
    public int sinceAbi() {
        return sinceAbi;
    }

    /** Whether it has a meaning for what is no directory. */
    public boolean forFiles() {
        return forFiles;
    }

    /** The bits of those that an ABI knows. */
    static long bits(Set<LandlockRight> rights, int abi) {
        long bits = 0;
        for (LandlockRight right : rights) {
            if (right.sinceAbi <= abi) {
                bits |= right.bit;
            }
        }
        return bits;
    }

    /** The bits of all that have a meaning for what is no directory. */
    static long bitsForFiles() {
        long bits = 0;
        for (LandlockRight right : values()) {
            if (right.forFiles) {
                bits |= right.bit;
            }
        }
        return bits;
    }
}
