package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceName;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.PlanFile;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Removes the files of an instance in which nothing lives. Holds the root's lock and every segment's lock meanwhile, so no
 * root starts and no daemon maps what is being removed. Names are resolved inside directories that are held open and never
 * through links, so nobody can lead it elsewhere; only file names that coppice makes are touched. The own directories of daemons go with
 * all that is in them.
 */
final class Purge implements AutoCloseable {
    private static final String SEGMENT = ".seg";
    private static final Pattern ASIDE =
            Pattern.compile("\\.?([a-z0-9.@-]+)\\.abandoned-(T[0-9]+-C[0-9]+\\.seg|[0-9a-f-]+\\.unfinished)");
    private static final Pattern RECORD = Pattern.compile(
            "root\\.seg(\\.unusable-[0-9]+)?|journal-unit|(limits|isolation)(\\.new)?|control\\.sock|plan(\\.new|-[a-z0-9]{1,32}\\.next)?");

    /** What is made of links, for processes in a sandbox. */
    private static final Pattern LINKS = Pattern.compile("(.+)\\.(view|process-[0-9]+|standby-[0-9]+)");

    /** What a segment that is to have another size is written into. */
    private static final String NEXT = ".new";

    private static final String LOCK = ".lock";
    private static final String OWN = ".own";
    private static final String LOG = ".log";
    private static final Set<String> ERRAND_LOGS = Set.of("_archiver.log", "_reload.log", "_notify.log");
    private static final int MAX_LOCK_BYTES = 128;
    private static final String ROOT_LOCK = "root.lock";

    private final InstanceDirectory instance;
    private final List<FileChannel> held = new ArrayList<>();
    private final List<Path> directories;
    private final String lockLineBefore;
    private int segments;
    private long segmentBytes;

    private Purge(InstanceDirectory instance, List<Path> directories) throws IOException {
        this.instance = instance;
        this.directories = directories;
        this.lockLineBefore = lockLine(instance.rootLock());
    }

    /**
     * Checks that nothing lives and takes the locks. Nothing is removed yet.
     *
     * @throws CommandFailedException with exit code 1 if the root, a child or the owner of a segment lives
     */
    static Purge prepare(InstanceDirectory instance, CoppiceCommand coppice) throws IOException {
        Set<Path> directories = new LinkedHashSet<>();
        directories.add(instance.path());
        PlanFile.read(instance).segmentDirectory().ifPresent(directories::add);
        Purge purge = new Purge(instance, List.copyOf(directories));
        boolean ready = false;
        try {
            refuseIfAnythingLives(instance, coppice);
            purge.lockRoot();
            purge.lockSegments();
            ready = true;
            return purge;
        } finally {
            if (!ready) {
                purge.close();
            }
        }
    }

    /** What there is to remove, in words. */
    String summary() {
        return segments + (segments == 1 ? " segment (" : " segments (") + (segmentBytes + 1023) / 1024
                + " KiB) and the root's records";
    }

    /**
     * Removes the files: records first, so that what a failure leaves is no instance that could be adopted.
     *
     * @throws IOException if one cannot be removed; those before it are gone
     */
    void remove(boolean logs) throws IOException {
        if (logs && Files.isDirectory(instance.logDirectory(), LinkOption.NOFOLLOW_LINKS)) {
            removeFrom(
                    instance.logDirectory(),
                    name -> isOf(name, LOG)
                            || isOfSlots(name, LOG)
                            || ERRAND_LOGS.contains(name)
                            || (name.startsWith("hs_err_") && name.endsWith(LOG)));
        }
        removeFrom(instance.path(), RECORD.asMatchPredicate());
        for (Path directory : directories) {
            removeFrom(directory, name -> isOf(name, SEGMENT) || (isOf(name, LOCK) && !name.equals(ROOT_LOCK)));
            removeOwnDirectories(directory, logs);
        }
        // The root's lock at last, and while it is held: a root that has it open and comes to lock it then finds that
        // the name is no
        // longer this file's, and begins again with another.
        held.get(0).truncate(0);
        removeFrom(instance.path(), ROOT_LOCK::equals);
        if (logs) {
            removeIfEmpty(instance.logDirectory());
        }
        for (Path directory : directories) {
            removeIfEmpty(directory);
        }
    }

    private static void removeIfEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            if (entries.iterator().hasNext()) {
                return;
            }
        }
        try {
            Files.delete(directory);
        } catch (DirectoryNotEmptyException e) {
            // A root has begun meanwhile, as it may: the directory is its own now.
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : held) {
            channel.close();
        }
        held.clear();
    }

    private static String lockLine(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_LOCK_BYTES), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static void refuseIfAnythingLives(InstanceDirectory instance, CoppiceCommand coppice) {
        try (Daemons daemons = new Daemons(coppice, instance)) {
            InstanceStatus status = daemons.table();
            List<String> alive = new ArrayList<>();
            if (status.root().running()) {
                alive.add("its root " + status.root().words());
            }
            for (DaemonStatus daemon : status.children().toList()) {
                if (daemon.pid().isPresent()
                        && coppice.proc().lives(daemon.pid().getAsLong(), daemon.startTicks())) {
                    alive.add(daemon.name() + " lives as pid " + daemon.pid().getAsLong());
                }
            }
            if (!alive.isEmpty()) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "Will not purge " + instance.name() + ": " + String.join(", ", alive)
                                + ".\n  Stop it first: end `coppice run` with Ctrl-C or SIGTERM"
                                + (status.root().running()
                                        ? "."
                                        : " after starting it again, which takes over what lives."));
            }
            if (!status.problems().isEmpty()) {
                status.problems().forEach(coppice::note);
                coppice.note("so only the locks tell what lives: daemons hold theirs, plain commands hold none.");
            }
        }
    }

    /**
     * Comes after the look at what lives, because that reads the lock file, and closing any descriptor of a file drops this
     * process's locks on it. A root that came and went in between has left its line.
     */
    private void lockRoot() throws IOException {
        Object before = fileKey(instance.rootLock());
        lock(instance.rootLock(), "its root");
        FileChannel channel = held.get(0);
        // Another purge removes it while it holds it; the lock of such a file keeps nobody out.
        if (before != null && !before.equals(fileKey(instance.rootLock()))) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "Will not purge " + instance.name() + ": " + instance.rootLock()
                            + " was removed or replaced meanwhile. Try again.");
        }
        ByteBuffer line = ByteBuffer.allocate(MAX_LOCK_BYTES);
        channel.read(line, 0);
        if (!new String(line.array(), 0, line.position(), StandardCharsets.US_ASCII).equals(lockLineBefore)) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Will not purge " + instance.name() + ": a root started meanwhile. Try again.");
        }
    }

    private static @Nullable Object fileKey(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private void lockSegments() throws IOException {
        for (Path directory : directories) {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            requireSameOwner(directory);
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    String name = String.valueOf(entry.getFileName());
                    boolean plain = Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS);
                    if (plain && isOf(name, LOCK) && !name.equals(ROOT_LOCK)) {
                        lock(entry, "the owner of " + name.substring(0, name.length() - LOCK.length()));
                    } else if (plain && isOf(name, SEGMENT) && !name.equals("root.seg")) {
                        segments++;
                        segmentBytes += Files.size(entry);
                    }
                }
            }
        }
    }

    private void requireSameOwner(Path directory) throws IOException {
        Object expected = Files.getAttribute(instance.path(), "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!expected.equals(Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    "Will not purge " + instance.name() + ": " + directory + " belongs to another user than "
                            + instance.path() + ".");
        }
    }

    private void lock(Path file, String holder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            if (!file.equals(instance.rootLock())) {
                return;
            }
            channel = FileChannel.open(
                    file,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE,
                    LinkOption.NOFOLLOW_LINKS);
        }
        held.add(channel);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null; // This very process holds it, which also is somebody.
        }
        if (lock == null) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "Will not purge " + instance.name() + ": " + holder + " lives, it holds the lock " + file + ".");
        }
    }

    private static void removeFrom(Path directory, Predicate<String> ours) throws IOException {
        inside(directory, inner -> {
            for (Path file : entries(inner, ours, false)) {
                inner.deleteFile(file);
            }
        });
    }

    private static void removeOwnDirectories(Path directory, boolean reports) throws IOException {
        inside(directory, inner -> {
            for (Path own : entries(inner, Purge::isOwnDirectory, true)) {
                new OwnDirectory(inner, own, reports).remove();
            }
        });
    }

    /** What is done in a directory that is held open. */
    private interface Inside {
        void act(SecureDirectoryStream<Path> directory) throws IOException;
    }

    private static void inside(Path directory, Inside inside) throws IOException {
        Path parent = directory.getParent();
        Path name = directory.getFileName();
        if (parent == null || name == null || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> outer = Files.newDirectoryStream(parent)) {
            if (!(outer instanceof SecureDirectoryStream<Path> secure)) {
                throw new IOException("no safe way to remove files below " + parent + " on this platform");
            }
            try (SecureDirectoryStream<Path> inner = secure.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                inside.act(inner);
            }
        }
    }

    private static List<Path> entries(SecureDirectoryStream<Path> inner, Predicate<String> ours, boolean directories)
            throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path entry : inner) {
            Path file = entry.getFileName();
            if (file != null && ours.test(file.toString()) && isDirectory(inner, file) == directories) {
                found.add(file);
            }
        }
        return found;
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> stream, Path file) throws IOException {
        BasicFileAttributes attributes = stream.getFileAttributeView(
                        file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        return attributes.isDirectory();
    }

    /** Whether the file is {@code NAME} plus this ending, for a name that a daemon can have. */
    private static boolean isOf(String file, String ending) {
        if (ending.equals(SEGMENT) && file.endsWith(SEGMENT + NEXT)) {
            return isOf(file.substring(0, file.length() - NEXT.length()), SEGMENT);
        }
        if (ending.equals(SEGMENT)) {
            // Contents that a step back set aside under an earlier release: NAME.abandoned-T3-C1200.seg, or a copy of
            // them that was not finished.
            Matcher aside = ASIDE.matcher(file);
            if (aside.matches()) {
                return InstanceName.isValidChild(aside.group(1));
            }
        }
        return file.endsWith(ending) && InstanceName.isValidChild(file.substring(0, file.length() - ending.length()));
    }

    private static boolean isOwnDirectory(String name) {
        Matcher links = LINKS.matcher(name);
        String own = links.matches() ? links.group(1) + OWN : name;
        return isOf(own, OWN) || isOfSlots(own, OWN);
    }

    /** Whether it is what all slots of a daemon share, with this ending. */
    private static boolean isOfSlots(String file, String ending) {
        String name = file.endsWith(ending) ? file.substring(0, file.length() - ending.length()) : "";
        String first = SlotName.of(SlotName.daemonOf(name), 1);
        return InstanceName.isValidChild(first) && SlotName.logName(first).equals(name);
    }
}
