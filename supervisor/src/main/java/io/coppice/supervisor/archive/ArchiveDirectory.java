package io.coppice.supervisor.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A directory of archives. Nobody but its owner lists it, or changes anything in it, and roots of one user share it. Workers that are users
 * of their own pass through it: each file has a mode of its own.
 *
 * <pre>
 *  PROFILE.KEY.jsa        an archive (.aot: a cache)
 *  PROFILE.IDENTITY       what launches look for: a symbolic link whose text is PROFILE.KEY.jsa~STAMP
 *  PROFILE.IDENTITY.bad   whoever was launched with what this led to died at once
 *  PROFILE.KEY.bad        so that it is not made again under another identity
 *  lock, work-…           the one archiver's that is at work: see {@link WorkDirectory}
 * </pre>
 *
 * <p>STAMP stands for the attributes of the archive as it was when it had just been checked: one that was written to since is not used.
 */
final class ArchiveDirectory {
    private static final int READ_OR_WRITE_BY_OTHERS = 066;
    private static final int PASS_BY_OTHERS = 011;
    private static final int WRITE_BY_GROUP_OR_OTHERS = 022;
    private static final int STAMP_DIGITS = 16;
    private static final String BAD = ".bad";
    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Pattern LINK = Pattern.compile("([0-9a-f]+\\.[0-9a-f]+\\.(?:jsa|aot))~([0-9a-f]+)");

    /** What means something in the options that name an archive, or cannot stand in them. */
    private static final Pattern MEANS_SOMETHING = Pattern.compile("[:%,]");

    private final Path path;
    private final int ownUid;
    private final boolean passed;

    private ArchiveDirectory(Path path, int ownUid, boolean passed) {
        this.path = path;
        this.ownUid = ownUid;
        this.passed = passed;
    }

    /**
     * Makes it if it is missing, and checks it.
     *
     * @param passed whether others are to pass through it: it is opened to them. If not it stays as it is, as another root may need that
     * @throws IOException if it cannot be made, or others may look into it or change it; the message says what was expected
     */
    static ArchiveDirectory open(Path path, int ownUid, boolean passed) throws IOException {
        if (MEANS_SOMETHING.matcher(path.toString()).find()) {
            throw new IOException(
                    path + " holds a character that means something to the JVM, expected no `:`, `%` or `,`");
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        ArchiveDirectory directory = new ArchiveDirectory(path, ownUid, passed);
        directory.check();
        return directory;
    }

    Path path() {
        return path;
    }

    /** The file that an archiver locks; of an owner who lets nobody open it, since who can read it could lock it. */
    FileChannel openLock() throws IOException {
        Path lock = path.resolve("lock");
        FileChannel channel = FileChannel.open(
                lock,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PRIVATE_FILE));
        Files.setPosixFilePermissions(
                lock, PRIVATE_FILE); // That of an earlier release was open to all who could enter.
        return channel;
    }

    /**
     * The archive that these names lead to.
     *
     * @return null if there is none that may be used
     * @throws IOException if the directory is there and not what it was, or cannot be read
     */
    @Nullable
    Path find(ArchiveNames names) throws IOException {
        String text;
        try {
            check();
            text = Files.readSymbolicLink(identity(names)).toString();
        } catch (NoSuchFileException | NotLinkException e) {
            return null;
        }
        Matcher link = LINK.matcher(text);
        if (!link.matches()) {
            return null;
        }
        Path archive = path.resolve(link.group(1));
        try {
            FileStamp stamp = FileStamp.of(archive, LinkOption.NOFOLLOW_LINKS);
            boolean ours = stamp.isRegular() && stamp.uid() == ownUid && !stamp.allows(WRITE_BY_GROUP_OR_OTHERS);
            return ours && stampText(stamp).equals(link.group(2)) ? archive : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Whether a launch with what these names led to came to nothing. */
    boolean isRefused(ArchiveNames names) {
        return exists(identity(names) + BAD);
    }

    /** Whether what is made of this was refused, under whatever identity. */
    boolean isRefused(ArchiveNames names, String key) {
        return exists(path.resolve(names.profile() + "." + key) + BAD);
    }

    /** Drops what these names lead to, for as long as the jars are what they are. */
    void refuse(ArchiveNames names) throws IOException {
        Path identity = identity(names);
        try {
            Matcher link = LINK.matcher(Files.readSymbolicLink(identity).toString());
            if (link.matches()) {
                String archive = link.group(1);
                mark(path.resolve(archive.substring(0, archive.lastIndexOf('.')) + BAD));
                Files.deleteIfExists(path.resolve(archive));
            }
        } catch (NoSuchFileException | NotLinkException e) {
            // Somebody else has dropped it; that it was bad is still to be remembered.
        }
        mark(Path.of(identity + BAD));
        Files.deleteIfExists(identity);
    }

    /** The place of an archive. */
    Path archive(ArchiveNames names, String key, String suffix) {
        return path.resolve(names.profile() + "." + key + suffix);
    }

    /** Whether an archive is as it was when it had been checked, under whatever identity. */
    boolean isIntact(ArchiveNames names, Path archive) throws IOException {
        String text;
        try {
            text = linkText(archive);
        } catch (NoSuchFileException e) {
            return false;
        }
        try (DirectoryStream<Path> ofProfile = Files.newDirectoryStream(path, names.profile() + ".*")) {
            for (Path name : ofProfile) {
                if (Files.isSymbolicLink(name)
                        && Files.readSymbolicLink(name).toString().equals(text)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Launches find this archive from now on. It must be in its place, and must have been checked. */
    void link(ArchiveNames names, Path archive, Path work) throws IOException {
        Path unfinished = Files.createSymbolicLink(work.resolve("link"), Path.of(linkText(archive)));
        Files.move(unfinished, identity(names), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path identity(ArchiveNames names) {
        return path.resolve(names.profile() + "." + names.identity());
    }

    private static boolean exists(String file) {
        return Files.exists(Path.of(file), LinkOption.NOFOLLOW_LINKS);
    }

    private static void mark(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PRIVATE_FILE));
        } catch (FileAlreadyExistsException e) {
            // It says the same already.
        }
    }

    private static String linkText(Path archive) throws IOException {
        return archive.getFileName() + "~" + stampText(FileStamp.of(archive, LinkOption.NOFOLLOW_LINKS));
    }

    private static String stampText(FileStamp stamp) {
        Digest digest = new Digest();
        stamp.addTo(digest);
        return digest.hex(STAMP_DIGITS);
    }

    private void check() throws IOException {
        FileStamp stamp = FileStamp.of(path, LinkOption.NOFOLLOW_LINKS);
        if (!stamp.isDirectory()) {
            throw new IOException(path + " is no directory");
        }
        if (stamp.uid() != ownUid) {
            throw new IOException(path + " belongs to uid " + stamp.uid() + ", expected uid " + ownUid);
        }
        if (stamp.allows(READ_OR_WRITE_BY_OTHERS)) {
            throw new IOException(path + " lets others in, expected mode 0700 or 0711; chmod 700 " + path);
        }
        // Whoever manages the directory may close it again at any time, such as systemd at another start.
        if (passed && !stamp.allows(PASS_BY_OTHERS)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }
}
