package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files whose blocks are really there. A sparse file in a full file system is a SIGBUS at some later store; a reserved one
 * is an error before anything starts. Any thread; each call may take as long as the file system needs.
 */
public final class BlockReservation {
    private static final Logger LOG = LoggerFactory.getLogger(BlockReservation.class);
    private static final int MODE = 0600;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;

    /** madvise(2), Linux 5.14; the same number on x86-64 and aarch64. */
    private static final int MADV_POPULATE_WRITE = 23;

    /** The smallest page of the machines we run on; touching a larger page several times does no harm. */
    private static final int PAGE_BYTES = 4096;

    /** struct statvfs of 64-bit glibc: block size, fragment size, blocks, free, available to us; 112 bytes. */
    private static final int STATVFS_BYTES = 256;

    private static final int FRAGMENT_SIZE_OFFSET = 8;
    private static final int BLOCKS_OFFSET = 16;
    private static final int AVAILABLE_OFFSET = 32;

    private BlockReservation() {}

    /**
     * How much room there is.
     *
     * @param fileSystem the type, such as {@code tmpfs} or {@code ext4}
     * @param mountPoint the directory it is mounted on
     * @param totalBytes the size of the file system
     * @param freeBytes what this user may still allocate
     */
    public record Space(String fileSystem, String mountPoint, long totalBytes, long freeBytes) {}

    /**
     * Creates a file of {@code bytes} zeros, mode 0600, with all its blocks allocated. After a refusal there is no file.
     *
     * @param bytes 1 or more
     * @throws OsException EEXIST when anything is there, which is left alone; ENOSPC, EDQUOT or EFBIG when it does not
     *     fit; ENOENT or EACCES for its directory
     */
    public static void reserve(Path file, long bytes) throws OsException {
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes " + bytes + ": expected 1 or more");
        }
        int flags = Kernel.O_RDWR | Kernel.O_CREAT | Kernel.O_EXCL | Kernel.O_NOFOLLOW;
        int fd = PathCalls.open(file.toString(), flags, MODE);
        if (fd < 0) {
            int errno = -fd;
            throw OsException.of("Cannot create " + file, errno, FileKind.adviceOnDirectory(file, errno));
        }
        boolean reserved = false;
        try {
            if (LIBC.fchmod(fd, MODE) != 0) { // whatever the umask took away
                throw OsException.of("Cannot set the mode of " + file, Errno.last(), "");
            }
            int errno;
            do {
                errno = LIBC.posix_fallocate(fd, 0, bytes);
            } while (errno == Errno.EINTR);
            if (errno != 0) {
                throw refused(file, bytes, errno);
            }
            reserved = true;
        } finally {
            Fds.close(fd);
            if (!reserved) {
                removeUnreserved(file);
            }
        }
    }

    /**
     * The room in the file system of a directory.
     *
     * @throws OsException when the directory is missing or closed to us
     */
    public static Space space(Path existingDir) throws OsException {
        Pointer result = Kernel.allocate(STATVFS_BYTES);
        int errno = PathCalls.statvfs(existingDir.toString(), result);
        if (errno != 0) {
            throw OsException.of("Cannot tell the room in " + existingDir, errno, "Expected an existing directory");
        }
        long fragment = result.getLong(FRAGMENT_SIZE_OFFSET);
        MountTable.Mount mount;
        try {
            mount = MountTable.read().mountOf(existingDir.toRealPath());
        } catch (IOException e) {
            throw new OsException("Cannot tell the mount of " + existingDir + ": " + e, Errno.EIO);
        }
        return new Space(
                mount.fileSystem(),
                mount.point().toString(),
                fragment * result.getLong(BLOCKS_OFFSET),
                fragment * result.getLong(AVAILABLE_OFFSET));
    }

    /**
     * Makes the kernel hold every page of a file in memory, ready for a first store, so that no daemon pays for it later.
     * Changes no byte of the file, but it must have no writer meanwhile.
     *
     * @throws OsException when the file cannot be opened for writing or mapped, or there is no memory for its pages
     */
    public static void touchPages(Path file) throws OsException {
        long bytes;
        try {
            bytes = Files.size(file);
        } catch (IOException e) {
            throw new OsException("Cannot touch the pages of " + file + ": " + e, Errno.ENOENT);
        }
        if (bytes == 0) {
            return;
        }
        int fd = PathCalls.open(file.toString(), Kernel.O_RDWR | Kernel.O_NOFOLLOW, 0);
        if (fd < 0) {
            throw OsException.of("Cannot touch the pages of " + file, -fd, "Expected a file of this user");
        }
        try {
            Pointer mapping = LIBC.mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0);
            if (mapping == null || mapping.address() == -1) {
                throw OsException.of("Cannot map " + file, Errno.last(), "");
            }
            try {
                populate(file, mapping, bytes);
            } finally {
                LIBC.munmap(mapping, bytes);
            }
        } finally {
            Fds.close(fd);
        }
    }

    private static void populate(Path file, Pointer mapping, long bytes) throws OsException {
        if (LIBC.madvise(mapping, bytes, MADV_POPULATE_WRITE) == 0) {
            return;
        }
        int errno = Errno.last();
        if (errno != Errno.EINVAL) {
            throw OsException.of("Cannot touch the pages of " + file, errno, "Declare less memory, or free some");
        }
        for (long at = 0; at < bytes; at += PAGE_BYTES) { // before Linux 5.14
            mapping.putByte(at, mapping.getByte(at));
        }
    }

    private static void removeUnreserved(Path file) {
        int errno = PathCalls.unlink(file.toString());
        if (errno != 0) {
            LOG.warn("Cannot remove {}, which has been reserved in part: {}", file, Errno.describe(errno));
        }
    }

    private static OsException refused(Path file, long bytes, int errno) {
        String what = "Cannot reserve " + bytes + " bytes for " + file;
        if (errno == Errno.EFBIG) {
            return OsException.of(
                    what, errno, "Larger than a file may be here (file system, ulimit -f); declare less `state`");
        }
        if (errno != Errno.ENOSPC && errno != Errno.EDQUOT) {
            return OsException.of(what, errno, "");
        }
        String room;
        try {
            Path directory = file.toAbsolutePath().getParent();
            Space space = space(directory == null ? Path.of("/") : directory);
            room = " in " + space.mountPoint() + " (" + space.fileSystem() + "), which has " + space.freeBytes()
                    + " of " + space.totalBytes() + " bytes free";
        } catch (OsException e) {
            room = " (" + e.getMessage() + ")";
        }
        return OsException.of(what + room, errno, "Declare less `state`, or move the segments with `segments`");
    }
}
