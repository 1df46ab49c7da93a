package io.coppice.supervisor.root;

import io.coppice.state.NextFile;
import io.coppice.state.OwnerFiles;
import io.coppice.supervisor.os.AccessList;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Gives a worker's files to the user that its processes have: the segment, which that user writes and the members of the worker's own group
 * read; its lock file and own directory, which are that user's alone. Without users of their own all is the root's.
 *
 * <p>A slot's files go to whoever has the slot: each of its processes is another user, and one that has the slot no more can open nothing
 * there. In a directory in which nobody but the root makes, renames or removes anything. Any thread; blocks on file operations.
 */
final class Ownership {
    private static final int ROOT = 0;
    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> READ_BY_GROUP = PosixFilePermissions.fromString("rw-r-----");
    private static final Set<PosixFilePermission> PRIVATE_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    /** Each makes files of its own, reads none, and removes none of another's. */
    private static final int STICKY_WRITE_BY_GROUP = 01730;

    private Ownership() {}

    /**
     * Of a child before it is first launched by this plan, or of one that was taken over, whose files are its user's already.
     *
     * @throws IOException naming the file; those before it are given by then
     */
    static void prepare(ChildPlan child, Path segment) throws IOException {
        Identity identity = child.identity();
        if (identity == null) {
            if (ownerOf(segment) != ownerOf(segment.resolveSibling(".").normalize())) {
                // Of a time when it had a user of its own.
                giveWithContents(segment, ROOT, ROOT, PRIVATE_FILE);
            }
        } else if (child.slot() == 0) {
            giveWithContents(segment, identity.uid(), identity.own(), READ_BY_GROUP);
        } else {
            shareReports(child, segment, identity);
            if (!identity.hasUid(ownerOf(segment))) {
                giveAll(segment, ROOT, identity.own(), READ_BY_GROUP);
            }
        }
    }

    /** The files of a slot to the user of the process that is to have it. */
    static void handOver(Identity identity, Path segment, int uid) throws IOException {
        giveAll(segment, uid, identity.own(), READ_BY_GROUP);
    }

    /** With what was set aside in the own directory, by somebody else: by the user that the worker was before, or by root. */
    private static void giveWithContents(Path segment, int uid, int gid, Set<PosixFilePermission> ofSegment)
            throws IOException {
        Path directory = OwnerFiles.directory(segment);
        if (ownerOf(directory) != uid) {
            OwnerFiles.giveDirectory(directory, uid, gid);
        }
        giveAll(segment, uid, gid, ofSegment);
    }

    private static void giveAll(Path segment, int uid, int gid, Set<PosixFilePermission> ofSegment) throws IOException {
        give(OwnerFiles.lock(segment), uid, gid, PRIVATE_FILE);
        give(OwnerFiles.directory(segment), uid, gid, PRIVATE_DIRECTORY);
        give(segment, uid, gid, ofSegment);
        Path next = NextFile.of(segment);
        if (Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
            give(next, uid, gid, ofSegment);
        }
    }

    /** The processes of all slots of a daemon, each of another user, leave their reports of faults in one directory; none sees another's. */
    private static void shareReports(ChildPlan slot, Path segment, Identity identity) throws IOException {
        Path reports = OwnerFiles.directory(segment.resolveSibling(".").normalize(), SlotName.logName(slot.name()));
        Files.setAttribute(reports, "unix:gid", identity.gid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(reports, "unix:mode", STICKY_WRITE_BY_GROUP, LinkOption.NOFOLLOW_LINKS);
    }

    private static long ownerOf(Path file) throws IOException {
        return Integer.toUnsignedLong(OwnerFiles.userOf(file));
    }

    /**
     * Closed first: at no moment may its owner before, or the group, do more than was meant. An access control list is nobody's but the owner's
     * before; where the kernel keeps nobody from setting one, it would open the file to whomever it names, whoever has the file.
     */
    private static void give(Path file, int uid, int gid, Set<PosixFilePermission> mode) throws IOException {
        Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        try {
            AccessList.remove(file);
        } catch (OsException e) {
            throw new IOException(e.getMessage(), e);
        }
        Files.setPosixFilePermissions(file, mode);
    }
}
