package io.coppice.supervisor.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * Makes the archive of one profile, or finds that it is there under another identity. One at a time works in a directory, whoever
 * started it. Killed at any point it leaves nothing that a launch would use, and what it leaves the next one removes.
 *
 * <p>Blocks for seconds or, behind another archiver, minutes. One thread.
 */
final class Archiver {
    /**
     * Files change in ticks of their file system's clock, as a rule of 4 ms, so that a jar that was changed twice within one has the same
     * attributes after as between. An identity counts only if no jar has been changed for this long before its contents are read.
     */
    static final long SETTLED_AFTER_NS = 2_000_000_000L;

    private static final int MOST_ATTEMPTS = 5;
    private static final long POLL_MS = 200;

    private final ArchiveDirectory directory;
    private final LaunchProfile profile;
    private final JdkRelease jdk;
    private final Training.Conditions conditions;
    private final Limits limits;

    /**
     * @param trainingMs of one JVM, and of reading what it has made
     * @param lockMs for another archiver to end
     * @param bytes of all archives together
     */
    record Limits(long trainingMs, long lockMs, long bytes) {}

    Archiver(
            ArchiveDirectory directory,
            LaunchProfile profile,
            JdkRelease jdk,
            Training.Conditions conditions,
            Limits limits) {
        this.directory = directory;
        this.profile = profile;
        this.jdk = jdk;
        this.conditions = conditions;
        this.limits = limits;
    }

    /** When this returns, launches find an archive. */
    void run() throws IOException, InterruptedException, ArchiverException, NotArchivableException {
        ClassPathJars.refuseOthersBehindThem(profile.classPath());
        try (FileChannel channel = directory.openLock();
                FileLock held = lock(channel)) {
            new Retention(directory.path(), limits.bytes()).removeUnfinished();
            WorkDirectory work = WorkDirectory.in(directory, conditions.maker(), conditions.restricted());
            try {
                underLock(work);
            } finally {
                work.remove();
            }
            assert held.isValid();
        }
    }

    private FileLock lock(FileChannel channel) throws IOException, InterruptedException, ArchiverException {
        long endNs = System.nanoTime() + limits.lockMs() * 1_000_000;
        FileLock lock = channel.tryLock();
        while (lock == null) {
            if (System.nanoTime() > endNs) {
                throw new ArchiverException(ArchiverExit.BUSY, directory.path() + "/lock is held by another archiver");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            lock = channel.tryLock();
        }
        return lock;
    }

    private void underLock(WorkDirectory work)
            throws IOException, InterruptedException, ArchiverException, NotArchivableException {
        Training training = new Training(profile, jdk, conditions, work, limits.trainingMs());
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            ArchiveNames names = settledNames();
            Path found = directory.find(names);
            if (found == null) {
                found = makeOrAdopt(names, ArchiveNames.key(profile, jdk, conditions.maker()), work, training);
            }
            if (ArchiveNames.of(profile, jdk, conditions.maker()).equals(names)) {
                directory.link(names, found, work.path());
                new Retention(directory.path(), limits.bytes()).removeOld(names, found, System.currentTimeMillis());
                return;
            }
        }
        throw unsettled();
    }

    /** The names once they can be trusted to change with the next change of a jar. */
    private ArchiveNames settledNames()
            throws IOException, InterruptedException, ArchiverException, NotArchivableException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            ArchiveNames names = ArchiveNames.of(profile, jdk, conditions.maker());
            long ageNs = System.currentTimeMillis() * 1_000_000 - names.youngestNs();
            if (ageNs > SETTLED_AFTER_NS) {
                return names;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(SETTLED_AFTER_NS, SETTLED_AFTER_NS - ageNs) + 1_000_000);
        }
        throw unsettled();
    }

    private static ArchiverException unsettled() {
        return new ArchiverException(
                ArchiverExit.UNSETTLED, "a jar of the class path was changed again and again, or lies in the future");
    }

    private Path makeOrAdopt(ArchiveNames names, String key, WorkDirectory work, Training training)
            throws IOException, InterruptedException, ArchiverException {
        if (directory.isRefused(names, key)) {
            throw new ArchiverException(ArchiverExit.REFUSED, "key " + key);
        }
        Path archive = directory.archive(names, key, jdk.suffix());
        if (directory.isIntact(names, archive)) {
            return archive;
        }
        Path made = work.take(training.write(), limits.bytes(), limits.trainingMs());
        training.check(made);
        try (FileChannel written = FileChannel.open(made)) {
            written.force(true);
        }
        return Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
