package io.coppice.supervisor.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What kind of thing a path names, and what to say of its directory. Any thread. */
final class FileKind {
    /** S_IFMT and S_IFSOCK of stat(2). */
    private static final int TYPE_MASK = 0170000;

    private static final int SOCKET_TYPE = 0140000;

    private FileKind() {}

    static boolean isSocket(Path path) {
        try {
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return (mode & TYPE_MASK) == SOCKET_TYPE;
        } catch (IOException e) {
            return false; // gone, or not ours to look at: then it is not a socket that we may replace
        }
    }

    /** What to do when {@code path} could not be made, by its error. */
    static String adviceOnDirectory(Path path, int errno) {
        Path directory = path.toAbsolutePath().getParent();
        return switch (errno) {
            case Errno.ENOENT, Errno.ENOTDIR -> "Create the directory " + directory + " first";
            case Errno.EACCES, Errno.EPERM -> "Expected a directory that this user may write: " + directory;
            case Errno.EROFS -> "Choose a directory that is not on a read-only file system";
            case Errno.EEXIST -> "Remove it first if nothing uses it";
            case Errno.ELOOP -> "It is a symbolic link; remove the link";
            case Errno.EMFILE -> "Raise the process's limit of open files (ulimit -n, LimitNOFILE=)";
            default -> "";
        };
    }
}
