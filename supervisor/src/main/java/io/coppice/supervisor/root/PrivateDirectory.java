package io.coppice.supervisor.root;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A directory that only its owner enters; but for an instance's own, which those may pass through who may ask its root. */
final class PrivateDirectory {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_NOT_PERMITTED = 4;

    private PrivateDirectory() {}

    /** Makes it, or checks that what is there is such a directory. */
    static void ensure(Path directory, int ownUid) throws StartupRefused {
        ensure(directory, ownUid, Opening.NONE);
    }

    /** The same of an instance's own, or of that of its segments. */
    static void ensure(Path directory, int ownUid, Opening opening) throws StartupRefused {
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            int uid = (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (uid != ownUid) {
                throw new StartupRefused(
                        EXIT_FAILED,
                        directory + " belongs to user " + uid + ", expected user " + ownUid
                                + ", whom this root runs as. Use another directory, or change its owner.");
            }
            share(directory, ownUid, opening);
        } catch (AccessDeniedException e) {
            throw new StartupRefused(
                    EXIT_NOT_PERMITTED,
                    "not permitted to make or use the directory " + directory + " as user " + ownUid + ": "
                            + e.getFile() + " does not let it in. Use another directory, or another user.");
        } catch (IOException e) {
            throw new StartupRefused(EXIT_FAILED, "cannot use the directory " + directory + ": " + e);
        }
    }

    private static void share(Path directory, int ownUid, Opening opening) throws StartupRefused {
        try {
            SharedFiles.directory(directory, opening);
            Path base = directory.getParent();
            if (opening.isToOthers() && base != null) {
                SharedFiles.base(base, ownUid);
            }
        } catch (IOException e) {
            throw new StartupRefused(EXIT_NOT_PERMITTED, String.valueOf(e.getMessage()));
        }
    }
}
