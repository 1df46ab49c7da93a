package io.coppice.supervisor.root;

import io.coppice.supervisor.os.AccessList;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.ControlAccess;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * The group and the mode of what others than the root's user may reach of an instance, beside its socket: they pass through its directory, and read
 * the root's segment. All else in the directory stays closed by modes of its own.
 *
 * <p>In a directory that nobody but the root's user writes to. What is given to another group is closed to the one before first: at no moment is it wider
 * than it was meant to be, before or after.
 */
final class SharedFiles {
    private SharedFiles() {}

    /** The instance's directory: its members may pass, and do not see what is in it. */
    static void directory(Path directory, Opening opening) throws IOException {
        if (opening.workers()) {
            setMode(directory, PosixFilePermissions.fromString("rwx--x--x"));
        } else {
            share(directory, opening, "rwx------", "rwx--x---");
        }
    }

    /** The root's segment. */
    static void record(Path file, Opening opening) throws IOException {
        try {
            boolean listed = opening.another() != ControlAccess.NO_GROUP;
            if (!listed) {
                AccessList.remove(file);
            }
            share(file, opening, "rw-------", "rw-r-----");
            if (listed) {
                AccessList.letRead(file, opening.another());
            }
        } catch (OsException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Lets everybody pass through the directory that holds a user's instances, if it is that user's: each of them has a mode of its own. */
    static void base(Path directory, int ownUid) throws IOException {
        int owner = (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
        boolean added = mode.addAll(List.of(PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE));
        if (owner == ownUid && added) {
            Files.setPosixFilePermissions(directory, mode);
        }
    }

    private static void share(Path file, Opening opening, String closed, String shared) throws IOException {
        Set<PosixFilePermission> closedMode = PosixFilePermissions.fromString(closed);
        if (!opening.isToOthers()) {
            setMode(file, closedMode);
            return;
        }
        int group = (int) opening.group();
        if ((Integer) Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS) != group) {
            setMode(file, closedMode);
            changeGroup(file, opening.group());
        }
        setMode(file, PosixFilePermissions.fromString(shared));
    }

    /**
     * Whether the files of an instance can be opened so, tried with one that is made for that.
     *
     * @throws IOException if they cannot, with what to do
     */
    static void tryRecord(Path directory, Opening opening) throws IOException {
        Path tried = directory.resolve("group.new");
        Files.deleteIfExists(tried);
        Files.createFile(tried, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            record(tried, opening);
        } finally {
            Files.delete(tried);
        }
    }

    private static void changeGroup(Path file, long group) throws IOException {
        try {
            Files.setAttribute(file, "unix:gid", (int) group, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new IOException(
                    "cannot give " + file + " to group " + group + " (" + reason(e)
                            + "); a user without CAP_CHOWN gives its files only to groups that it is in. Change"
                            + " `control.group` in the manifest, or that user's groups (in a unit SupplementaryGroups=, with SystemCallFilter=@chown)",
                    e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : String.valueOf(e.getMessage());
    }

    private static void setMode(Path file, Set<PosixFilePermission> mode) throws IOException {
        if (!Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).equals(mode)) {
            Files.setPosixFilePermissions(file, mode);
        }
    }
}
