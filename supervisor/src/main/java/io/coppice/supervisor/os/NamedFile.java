package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.nio.file.Path;
import jnr.ffi.Pointer;

/**
 * Whether a name still leads to the file that it led to. One thread; {@link #isSame}, {@link #isThere} and {@link #remember} allocate nothing
 * and take as long as the file system needs for one stat(2).
 */
public final class NamedFile {
    /** In struct stat of 64-bit Linux; the device is at 0. */
    private static final int INODE_OFFSET = 8;

    private final Path file;
    private final Pointer path;
    private final Pointer stat = Kernel.allocate(Kernel.STAT_BYTES);
    private long device;
    private long inode;

    /** Remembers what is there now. */
    public NamedFile(Path file) {
        this.file = file;
        this.path = NativeStrings.of(file.toString());
        remember();
    }

    /** The name. */
    public Path path() {
        return file;
    }

    /** From now on what is there now is the file that is meant; it may be nothing. */
    public void remember() {
        boolean there = LIBC.stat(path, stat) == 0;
        device = there ? stat.getLong(0) : 0;
        inode = there ? stat.getLong(INODE_OFFSET) : 0;
    }

    /** Whether the name leads to any file. */
    public boolean isThere() {
        return LIBC.stat(path, stat) == 0;
    }

    /** Whether the name leads to that file. */
    public boolean isSame() {
        return LIBC.stat(path, stat) == 0 && stat.getLong(0) == device && stat.getLong(INODE_OFFSET) == inode;
    }
}
