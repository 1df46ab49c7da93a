package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import jnr.ffi.Pointer;

/**
 * The access control list of a file (acl(5)), by which it is open to more than the one group that its mode has room for. Follows no link at
 * the end of a path. Any thread.
 *
 * <p>Where there is a list, the group's part of the mode is what the list lets any group do at most, so a mode without it closes the file to
 * all of them.
 */
public final class AccessList {
    private static final Pointer NAME = NativeStrings.of("system.posix_acl_access");

    private static final int VERSION = 2;
    private static final int VERSION_BYTES = 4;
    private static final int ENTRY_BYTES = 8;

    private static final short OWNER = 0x01;
    private static final short OWN_GROUP = 0x04;
    private static final short NAMED_GROUP = 0x08;
    private static final short MASK = 0x10;
    private static final short OTHERS = 0x20;
    private static final int NOBODY = -1;

    private static final short READ_WRITE = 6;
    private static final short READ = 4;
    private static final short NONE = 0;

    private AccessList() {}

    /**
     * Whether the file system of what is there keeps such lists.
     *
     * @throws OsException if that cannot be told
     */
    public static boolean isKept(Path file) throws OsException {
        Pointer path = NativeStrings.of(file.toString());
        try {
            int errno = LIBC.lgetxattr(path, NAME, null, 0) >= 0 ? 0 : Errno.last();
            if (errno != 0 && errno != Errno.ENODATA && errno != Errno.EOPNOTSUPP) {
                throw OsException.of("Cannot tell the access control list of " + file, errno, "");
            }
            return errno != Errno.EOPNOTSUPP;
        } finally {
            Reference.reachabilityFence(path);
        }
    }

    /**
     * Lets the owner read and write a file, and its own group and another read it, and nobody else anything.
     *
     * @param group an unsigned int
     * @throws OsException if the file system keeps no lists, or the caller is not the file's owner
     */
    public static void letRead(Path file, long group) throws OsException {
        ByteBuffer list = ByteBuffer.allocate(VERSION_BYTES + 5 * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        list.putInt(VERSION);
        entry(list, OWNER, READ_WRITE, NOBODY);
        entry(list, OWN_GROUP, READ, NOBODY);
        entry(list, NAMED_GROUP, READ, (int) group);
        entry(list, MASK, READ, NOBODY);
        entry(list, OTHERS, NONE, NOBODY);
        Pointer path = NativeStrings.of(file.toString());
        Pointer value = Kernel.allocate(list.capacity());
        value.put(0, list.array(), 0, list.capacity());
        try {
            if (LIBC.lsetxattr(path, NAME, value, list.capacity(), 0) != 0) {
                throw OsException.of(
                        "Cannot let group " + group + " read " + file + " beside its own",
                        Errno.last(),
                        "It takes a file system with access control lists");
            }
        } finally {
            Reference.reachabilityFence(path);
            Reference.reachabilityFence(value);
        }
    }

    /**
     * Takes the list away, if there is one: the mode says all then, with what the list let groups do at most as that of its own.
     *
     * @throws OsException if the caller is not the file's owner
     */
    public static void remove(Path file) throws OsException {
        Pointer path = NativeStrings.of(file.toString());
        try {
            int errno = LIBC.lremovexattr(path, NAME) == 0 ? 0 : Errno.last();
            if (errno != 0 && errno != Errno.ENODATA && errno != Errno.EOPNOTSUPP) {
                throw OsException.of("Cannot remove the access control list of " + file, errno, "");
            }
        } finally {
            Reference.reachabilityFence(path);
        }
    }

    private static void entry(ByteBuffer list, short tag, short permissions, int id) {
        list.putShort(tag).putShort(permissions).putInt(id);
    }
}
