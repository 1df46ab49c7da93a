package io.coppice.worker.runtime;

import io.coppice.state.OwnerFiles;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory of this process's own, mode 0700, for a segment that nobody else ever opens. Closing it removes all of it; what is
 * mapped by then stays mapped. Main thread.
 *
 * <p>In {@code /dev/shm} where that can be: on a disk the lock file that is written anew in each life of a {@link ScratchWorker}
 * makes that wait for the disk, some 8 ms. Otherwise under {@code java.io.tmpdir}, or in {@code /var/tmp}: in a sandbox nothing can be made in
 * a directory that segments or jars are below.
 *
 * <p>A process that is killed in its warm-up cannot remove it. The next one of that user does ({@link ScratchSweep}), wherever nobody
 * holds the kernel's lock on the file that tells an owner.
 */
final class ScratchDirectory implements AutoCloseable {
    /** Room for small structures of a daemon's own; what a {@code state} that is not declared has. */
    static final int STATE_BYTES = 1 << 20;

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Path TEMPORARY = Path.of("/var/tmp");
    private static final int ATTEMPTS = 10;
    private static final int CHUNK = 1 << 16;

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path directory;
    private final FileChannel owner;
    private final ScratchSweep sweep;
    private final @Nullable Object key;

    /** Takes the owner's lock. Between the making of a directory and this it looks like one whose owner is dead. */
    private ScratchDirectory(Path directory) throws IOException {
        this.directory = directory;
        this.owner = FileChannel.open(
                directory.resolve(ScratchSweep.OWNER),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PRIVATE);
        if (owner.tryLock() == null || Files.notExists(directory.resolve(ScratchSweep.OWNER))) {
            owner.close();
            throw new NoSuchFileException(directory.toString(), null, "another process removed it");
        }
        Map<String, Object> own = Files.readAttributes(directory, "unix:uid,fileKey", LinkOption.NOFOLLOW_LINKS);
        this.sweep = new ScratchSweep((Integer) Objects.requireNonNull(own.get("uid")));
        this.key = own.get("fileKey");
    }

    /** Not a temporary directory of the JDK's making: that loads the security providers, which takes longer than all of this. */
    static ScratchDirectory make() throws IOException {
        IOException failed = null;
        for (Path parent : List.of(MEMORY, Path.of(System.getProperty("java.io.tmpdir")), TEMPORARY)) {
            try {
                return makeIn(parent);
            } catch (IOException e) {
                if (failed != null) {
                    e.addSuppressed(failed);
                }
                failed = e;
            }
        }
        throw Objects.requireNonNull(failed);
    }

    static ScratchDirectory makeIn(Path parent) throws IOException {
        ScratchDirectory made = makeNewIn(parent);
        try {
            made.sweep.removeLeftOvers(parent, made.directory);
            return made;
        } catch (IOException e) {
            try (made) {
                throw e;
            }
        }
    }

    private static ScratchDirectory makeNewIn(Path parent) throws IOException {
        for (int attempt = 1; ; attempt++) {
            String random = Long.toHexString(System.nanoTime() * 0x9e3779b97f4a7c15L);
            try {
                return new ScratchDirectory(Files.createDirectory(
                        parent.resolve(ScratchSweep.PREFIX + random),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
            } catch (FileAlreadyExistsException | NoSuchFileException e) {
                // The latter: another process took it for a left-over before it was locked.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    Path segment() {
        return directory.resolve("scratch.seg");
    }

    Path lock() {
        return directory.resolve("scratch.lock");
    }

    /** How the names of several segments and lock files begin. */
    String prefix() {
        return directory.resolve("scratch@").toString();
    }

    /**
     * Makes an empty segment. All of it is written first: where there is no room, that is an error, and not a fault at a later
     * store.
     */
    void createSegment(String instance, String name, int checkpoints) throws IOException, SegmentException {
        createSegment(segment(), instance, name, checkpoints);
    }

    /** The same, as another file of this directory. */
    void createSegment(Path segment, String instance, String name, int checkpoints)
            throws IOException, SegmentException {
        SegmentSpec spec = new SegmentSpec(instance, name, SegmentSpec.KIND_DAEMON, STATE_BYTES, checkpoints);
        try (FileChannel file =
                FileChannel.open(segment, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE)) {
            ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
            for (long left = spec.lengthBytes(); left > 0; left -= zeros.position()) {
                zeros.clear().limit((int) Math.min(left, CHUNK));
                file.write(zeros);
            }
        }
        SegmentFile.create(segment, spec);
        OwnerFiles.makeLock(segment);
    }

    /** What steps back have set aside beside the segment goes, too. Harmless to repeat. */
    @Override
    public void close() throws IOException {
        if (owner.isOpen()) {
            try (owner) {
                sweep.remove(directory, key);
            }
        }
    }
}
