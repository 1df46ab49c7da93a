package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.lang.ref.Reference;
import jnr.ffi.Pointer;

/**
 * Calls that take a path. Any thread.
 *
 * <p>The fences are not idle: jnr-ffi hands C a bare address, so during the call nothing but the fence keeps the collector
 * from freeing the bytes behind it. Buffers in fields need none, since their owner is used again.
 */
final class PathCalls {
    private PathCalls() {}

    /** A descriptor, or the negative error number. Always close-on-exec. */
    static int open(String path, int flags, int mode) {
        Pointer bytes = NativeStrings.of(path);
        try {
            int fd = LIBC.open(bytes, flags | Kernel.O_CLOEXEC, mode);
            return fd < 0 ? -Errno.last() : fd;
        } finally {
            Reference.reachabilityFence(bytes);
        }
    }

    /** 0, or the error number. */
    static int unlink(String path) {
        Pointer bytes = NativeStrings.of(path);
        try {
            return LIBC.unlink(bytes) == 0 ? 0 : Errno.last();
        } finally {
            Reference.reachabilityFence(bytes);
        }
    }

    /** Follows a link. 0, or the error number. */
    static int chmod(String path, int mode) {
        Pointer bytes = NativeStrings.of(path);
        try {
            return LIBC.chmod(bytes, mode) == 0 ? 0 : Errno.last();
        } finally {
            Reference.reachabilityFence(bytes);
        }
    }

    /** Gives a file, or a link itself, to another group. 0, or the error number. */
    static int changeGroup(String path, int group) {
        Pointer bytes = NativeStrings.of(path);
        try {
            return LIBC.lchown(bytes, -1, group) == 0 ? 0 : Errno.last();
        } finally {
            Reference.reachabilityFence(bytes);
        }
    }

    /** 0 when the path may be executed, or searched if it is a directory; else the error number. */
    static int executable(String path) {
        Pointer bytes = NativeStrings.of(path);
        try {
            return LIBC.access(bytes, Kernel.X_OK) == 0 ? 0 : Errno.last();
        } finally {
            Reference.reachabilityFence(bytes);
        }
    }

    /** Fills {@code result} with the struct statvfs of the path's file system; 0, or the error number. */
    static int statvfs(String path, Pointer result) {
        Pointer bytes = NativeStrings.of(path);
        try {
            return LIBC.statvfs(bytes, result) == 0 ? 0 : Errno.last();
        } finally {
            Reference.reachabilityFence(bytes);
            Reference.reachabilityFence(result);
        }
    }
}
