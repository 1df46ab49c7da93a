package io.coppice.supervisor.root;

import io.coppice.state.NextFile;
import io.coppice.state.OwnerFiles;
import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folders of processes in a sandbox: of each one, in which it may read and write what is there, and make, remove and rename nothing. A
 * folder is empty until its process is to have a segment; then the root links that, its lock file, and the file for another size if there is
 * one, into it, and only then tells the process. So a process that has no segment yet can open none, whatever it runs.
 *
 * <p>A link is the file: the lock on it is the lock, and what is written is written. A folder's name is known to whoever reads the record of
 * the root: of a cold process by its incarnation, of a standby by the inode of the pipe that lets it go.
 *
 * <p>Duty-cycle thread, but for {@link #make}; a handful of file operations for each launch.
 */
final class WorkerFolders {
    private static final Pattern NAMES = Pattern.compile(".+\\.(process|standby)-[0-9]+");

    private final Path segments;

    /** @param segments the directory of the segments */
    WorkerFolders(Path segments) {
        this.segments = segments;
    }

    /**
     * Where the folder of a process that is launched now will be.
     *
     * @param incarnation of a process that is to have the child's segment
     */
    Path ofProcess(ChildPlan plan, long incarnation) {
        return segments.resolve(plan.name() + ".process-" + incarnation);
    }

    /**
     * Likewise of a standby, which may become the process of another child: of any slot of its daemon.
     *
     * @param pipeInode of the pipe that lets it go
     */
    Path ofStandby(ChildPlan plan, long pipeInode) {
        return segments.resolve(SlotName.logName(plan.name()) + ".standby-" + pipeInode);
    }

    /** Makes one, empty. Any thread. */
    static void make(Path folder) throws IOException {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Of a process that is dead: none that lives has its incarnation, or its pipe.
            empty(folder);
        }
    }

    /** The names in a process's folder are of the same files as those of its child's: before it is told that it has a segment, and whenever these change. */
    void follow(ChildProcess child) throws IOException {
        Path folder = child.folder;
        if (folder == null) {
            return;
        }
        Path segment = segments.resolve(child.plan.name() + ".seg");
        if (child.plan.slot() > 0) {
            shorten(segment, child.plan);
        }
        // The segment first: what a file for another size is, the name of the segment is before that one is gone.
        follow(segment, folder);
        follow(NextFile.of(segment), folder);
        follow(OwnerFiles.lock(segment), folder);
    }

    /**
     * The process that had a slot last may have made its segment longer, which no process there can undo: it has no right to shorten one.
     * While there is a file of another size, it may be the one before that is longer.
     */
    private static void shorten(Path segment, ChildPlan plan) throws IOException {
        long length = SegmentSpec.lengthFor(plan.stateBytes(), plan.checkpoints());
        if (Files.isRegularFile(segment, LinkOption.NOFOLLOW_LINKS)
                && Files.size(segment) > length
                && Files.notExists(NextFile.of(segment), LinkOption.NOFOLLOW_LINKS)) {
            try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                file.truncate(length);
            }
        }
    }

    private static void follow(Path file, Path folder) throws IOException {
        LinkedFile.follow(file, folder.resolve(file.getFileName()));
    }

    /**
     * Removes a folder that its process needs no more, as it is dead, or was never there.
     *
     * @throws IOException if something of it is left
     */
    void remove(LaunchedProcess process) throws IOException {
        Path folder = process.folder;
        if (folder != null) {
            process.folder = null;
            remove(folder);
        }
    }

    /**
     * Removes those that a root which died has left, of processes that do not live any more.
     *
     * @throws IOException if something of one is left
     */
    void removeOthers(ChildTable children, StandbyTable standbys) throws IOException {
        Set<Path> needed = new HashSet<>();
        for (ChildProcess child : children.all()) {
            add(child.folder, needed);
        }
        standbys.forEach(standby -> add(standby.folder, needed));
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(segments, WorkerFolders::isOne)) {
            for (Path entry : entries) {
                if (!needed.contains(entry)) {
                    remove(entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void add(@Nullable Path folder, Set<Path> needed) {
        if (folder != null) {
            needed.add(folder);
        }
    }

    private static boolean isOne(Path entry) {
        return NAMES.matcher(String.valueOf(entry.getFileName())).matches()
                && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
    }

    private static void remove(Path folder) throws IOException {
        try {
            empty(folder);
            Files.delete(folder);
        } catch (NoSuchFileException e) {
            // It was never made.
        }
    }

    /** Of what is in there nothing was made by its process. */
    private static void empty(Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                Files.delete(entry);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
