package io.coppice.supervisor.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * By what a file that was replaced or written to can be told from what it was, without reading it: nobody sets the time of change,
 * so neither a copy with the old date and size nor a write in place goes unnoticed.
 *
 * @param modifiedNs since 1970
 * @param changedNs since 1970
 */
record FileStamp(long device, long inode, long bytes, long modifiedNs, long changedNs, int mode, int uid) {
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;

    /** Of what a path leads to. */
    static FileStamp of(Path file, LinkOption... options) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime,mode,uid", options);
        return new FileStamp(
                number(found, "dev"),
                number(found, "ino"),
                number(found, "size"),
                time(found, "lastModifiedTime"),
                time(found, "ctime"),
                (int) number(found, "mode"),
                (int) number(found, "uid"));
    }

    boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    /** Whether one of these permissions, such as 022, is granted. */
    boolean allows(int permissions) {
        return (mode & permissions) != 0;
    }

    void addTo(Digest digest) {
        digest.add(device).add(inode).add(bytes).add(modifiedNs).add(changedNs);
    }

    private static long number(Map<String, Object> attributes, String name) throws IOException {
        if (attributes.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IOException("no attribute " + name);
    }

    private static long time(Map<String, Object> attributes, String name) throws IOException {
        if (attributes.get(name) instanceof FileTime time) {
            return time.to(TimeUnit.NANOSECONDS);
        }
        throw new IOException("no attribute " + name);
    }
}
