package io.coppice.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Creates, checks and opens the files of segments. Any process and thread; blocks on file operations only. */
public final class SegmentFile {
    /**
     * Contents set aside that are kept of one segment, as files of its length. While a step back is made there is one more,
     * as the newest is complete before another one goes; and one more still if that which is brought back would have gone.
     */
    public static final int MOST_ABANDONED = AbandonedFiles.KEPT;

    private static final int TOUCH_CHUNK = 1 << 16;

    private SegmentFile() {}

    /**
     * Makes an existing file of the right length, whose blocks the caller has reserved, a segment: zeroes all of it, which
     * also touches every page, then writes the header, the magic last. If it is interrupted, or fails, the file is no
     * segment, and may be created again.
     *
     * @throws SegmentException if the file is missing, has another length, already is a segment (it is then untouched), or
     *     cannot be written
     */
    public static void create(Path file, SegmentSpec spec) throws SegmentException {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new SegmentException("Cannot create segment " + file
                        + ": found no regular file, expected one whose blocks are reserved. Reserve it first.");
            }
            long length = Files.size(file);
            if (length != spec.lengthBytes()) {
                throw new SegmentException("Cannot create segment " + file + ": found " + length + " bytes, expected "
                        + spec.lengthBytes() + ". Reserve the file with its full length first.");
            }
            try (MappedMemory memory = MappedMemory.map(file, true)) {
                if (memory.getLongAcquire(HeaderLayout.MAGIC_OFFSET) == HeaderLayout.MAGIC) {
                    throw new SegmentException("Cannot create segment " + file
                            + ": it already is one. Remove it first, while its owner is down.");
                }
                format(memory, spec, System.currentTimeMillis());
            }
        } catch (IOException e) {
            throw new SegmentException("Cannot create segment " + file + ": " + e.getMessage(), e);
        }
    }

    /** Zeroes memory and writes the header of a new segment. */
    static void format(Memory memory, SegmentSpec spec, long createdEpochMs) {
        byte[] zeros = new byte[TOUCH_CHUNK];
        for (long at = 0; at < spec.lengthBytes(); at += TOUCH_CHUNK) {
            memory.putBytes(at, zeros, 0, (int) Math.min(TOUCH_CHUNK, spec.lengthBytes() - at));
        }
        SegmentHeader.write(memory, spec, createdEpochMs);
    }

    /** Whether a file is the segment that {@code expected} describes. Only reads. */
    public static Validation validate(Path file, SegmentSpec expected) {
        Validation found = validate(file);
        if (found instanceof Validation.WrongLength wrong) {
            return new Validation.WrongLength(file, wrong.found(), expected.lengthBytes(), wrong.whole());
        }
        return SegmentHeader.expect(found, expected);
    }

    /** Whether a file is a segment, no matter whose. Only reads. */
    public static Validation validate(Path file) {
        Validation unmappable = checkFile(file);
        if (unmappable != null) {
            return unmappable;
        }
        try (MappedMemory memory = MappedMemory.map(file, false)) {
            return read(memory, file);
        } catch (IOException e) {
            return new Validation.Unreadable(file, e.toString());
        }
    }

    /**
     * Takes the lock, maps the segment for writing, validates it, and records the new owner in it. {@link
     * OwnedSegment#recover()} comes next.
     *
     * @param segment an existing segment
     * @param lockFile its lock file, which must be there ({@link OwnerFiles}). The kernel drops such a lock when <em>any</em>
     *     descriptor of that file in this process is closed, so nothing else in the process may open it.
     * @param pid of this process, for readers
     * @param incarnation of this process, given by the root; larger than its predecessors'
     * @throws SegmentLockedException if another process holds the lock; nothing was mapped
     * @throws SegmentRefusedException if the file is not a valid segment; it was not changed
     * @throws SegmentException if a file operation fails
     */
    public static OwnedSegment openOwned(Path segment, Path lockFile, long pid, long incarnation)
            throws SegmentException {
        return openFenced(segment, lockFile, OwnerFiles.directory(segment), pid, incarnation, null, null, Fence.LOCK);
    }

    /** The same for a segment that must belong to that instance and daemon. */
    public static OwnedSegment openOwned(
            Path segment, Path lockFile, long pid, long incarnation, String instance, String name)
            throws SegmentException {
        return openFenced(
                segment, lockFile, OwnerFiles.directory(segment), pid, incarnation, instance, name, Fence.LOCK);
    }

    /**
     * The same with a say in what is enough of a proof that the predecessor writes no more. With {@link Fence#WORD} the lock
     * may still be the predecessor's, which is dying: see {@link OwnedSegment#tryTakeLock}.
     */
    public static OwnedSegment openOwned(
            Path segment, Path lockFile, long pid, long incarnation, String instance, String name, Fence fence)
            throws SegmentException {
        return openFenced(segment, lockFile, OwnerFiles.directory(segment), pid, incarnation, instance, name, fence);
    }

    /**
     * The same for a segment that is to have a certain size. If it has another one, and the lock is held, its contents are carried
     * over into the file of that size that was reserved for it ({@link NextFile}), which is the segment then: a death before that leaves
     * the old one as it was. Blocks for as long as writing the new one takes. Where that is not possible, or no such file was reserved, the
     * old one is used as it is, and {@code told} why.
     *
     * @param ownDirectory where contents are set aside; {@link OwnerFiles#directory(Path)} of where the segment is kept, which need not be
     *     where this owner finds it
     * @param size null if any will do
     * @param told a line about what was done, or why it was not
     */
    public static OwnedSegment openOwned(
            Path segment,
            Path lockFile,
            Path ownDirectory,
            long pid,
            long incarnation,
            String instance,
            String name,
            Fence fence,
            @Nullable SegmentSize size,
            Consumer<String> told)
            throws SegmentException {
        OwnedSegment owned = openFenced(segment, lockFile, ownDirectory, pid, incarnation, instance, name, fence);
        return size == null || owned.isOf(size)
                ? owned
                : new SegmentResize(segment, ownDirectory, size, told).carryOver(owned, pid, incarnation);
    }

    /**
     * The same for the slot of a transaction. What the process that had it last has made of it may be no segment any more, or of another
     * owner: then it is made anew, where it is, and {@code told} what was lost. Nobody's work is in there but that process's.
     *
     * @param size that it has then; null if such a one is refused
     */
    public static OwnedSegment openSlot(
            Path segment,
            Path lockFile,
            Path ownDirectory,
            long pid,
            long incarnation,
            String instance,
            String name,
            @Nullable SegmentSize size,
            Consumer<String> told)
            throws SegmentException {
        Remaking.open(lockFile);
        Remaking.open(segment);
        try {
            return openOwned(segment, lockFile, ownDirectory, pid, incarnation, instance, name, Fence.LOCK, size, told);
        } catch (SegmentRefusedException e) {
            if (size == null) {
                throw e;
            }
            told.accept(e.getMessage() + " It is made anew: what an earlier attempt had kept there is lost.");
        }
        OwnerLock lock = OwnerLock.open(segment, lockFile, pid, incarnation);
        try {
            if (!lock.tryTake()) {
                throw lock.heldByAnother();
            }
            Remaking.remake(
                    segment,
                    new SegmentSpec(instance, name, SegmentSpec.KIND_DAEMON, size.stateBytes(), size.checkpoints()));
            return mapCurrent(segment, ownDirectory, pid, incarnation, lock, instance, name);
        } catch (SegmentException | RuntimeException | Error e) {
            closeAfter(e, lock);
            throw e;
        }
    }

    /**
     * Why the contents of a segment would not fit into that size, and what to do; empty if they would, as far as can be told of a
     * segment that its owner may be changing, or if there is no segment that could be read. Any process; blocks on file operations
     * only.
     */
    public static Optional<String> obstacle(Path segment, SegmentSize size) {
        try (ReadOnlySegment present = openReadOnly(segment)) {
            Header header = present.header();
            return size.isThatOf(present.memory(), header)
                    ? Optional.empty()
                    : new Resizing(present.memory(), header, size).obstacle();
        } catch (SegmentException | SegmentDamagedException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether a segment has that size. Any process; blocks on file operations only.
     *
     * @return true also if that cannot be told, as of a file that is no segment
     */
    public static boolean isOf(Path segment, SegmentSize size) {
        try (ReadOnlySegment present = openReadOnly(segment)) {
            return size.isThatOf(present.memory(), present.header());
        } catch (SegmentException | SegmentDamagedException e) {
            return true;
        }
    }

    /**
     * Opens the root's own segment without a lock file: the caller holds the instance's root lock, which is the lock of
     * this segment.
     *
     * @throws SegmentRefusedException if the file is not a valid segment of a root
     * @throws SegmentException if a file operation fails
     */
    public static OwnedSegment openOwnedUnderRootLock(Path segment, long pid, long incarnation)
            throws SegmentException {
        return mapOwned(segment, segment, null, pid, incarnation, null, null, null, SegmentSpec.KIND_ROOT);
    }

    /**
     * Maps a segment read-only.
     *
     * @throws SegmentRefusedException if the file is not a valid segment
     * @throws SegmentException if a file operation fails
     */
    public static ReadOnlySegment openReadOnly(Path segment) throws SegmentException {
        MappedMemory memory = map(segment, false);
        Validation found = read(memory, segment);
        if (found instanceof Validation.Valid valid) {
            return new ReadOnlySegment(new ForeignMemory(memory), valid.header(), memory);
        }
        memory.close();
        throw new SegmentRefusedException(found);
    }

    /**
     * Contents of a segment that steps back abandoned and that are kept, newest first. Any process; they can be opened with
     * {@link #openReadOnly}.
     */
    public static List<Abandoned> abandoned(Path segment) throws SegmentException {
        try {
            return new AbandonedFiles(segment).list();
        } catch (IOException e) {
            throw new SegmentException("Cannot list the abandoned contents of segment " + segment + ": " + e, e);
        }
    }

    /**
     * Removes all that is set aside of a segment, and copies that were not finished. While it has no owner only.
     *
     * @throws SegmentException if one cannot be removed; those before it are gone
     */
    public static void removeAbandoned(Path segment) throws SegmentException {
        try {
            new AbandonedFiles(segment).removeAll();
        } catch (IOException e) {
            throw new SegmentException("Cannot remove the abandoned contents of segment " + segment + ": " + e, e);
        }
    }

    /**
     * Moves what owners of an earlier release have set aside, beside the segments, into their own directories ({@link OwnerFiles}).
     * The root, when it starts.
     *
     * @param segments the directory of the segments
     * @throws SegmentException if one cannot be moved; it stays where it is
     */
    public static void moveEarlierAbandoned(Path segments) throws SegmentException {
        AbandonedFiles.moveEarlier(segments);
    }

    /** Refusal of a segment of another kind, for readers that want one kind only. */
    public static SegmentRefusedException wrongKind(Path file, int found, int expected) {
        return new SegmentRefusedException(new Validation.WrongKind(file, found, expected));
    }

    private static OwnedSegment openFenced(
            Path segment,
            Path lockFile,
            Path ownDirectory,
            long pid,
            long incarnation,
            @Nullable String instance,
            @Nullable String name,
            Fence fence)
            throws SegmentException {
        OwnerLock lock = OwnerLock.open(segment, lockFile, pid, incarnation);
        try {
            boolean free = lock.tryTake();
            // Asked in any case, so that a standby has done it before it counts.
            boolean marked =
                    fence == Fence.WORD && LoopWord.isMarked(LoopWord.read(NextFile.current(segment, instance, name)));
            if (!free && !marked) {
                throw lock.heldByAnother();
            }
            return mapCurrent(segment, ownDirectory, pid, incarnation, lock, instance, name);
        } catch (SegmentException | RuntimeException | Error e) {
            closeAfter(e, lock);
            throw e;
        }
    }

    private static void closeAfter(Throwable failure, OwnerLock lock) {
        try {
            lock.close();
        } catch (IOException notClosed) {
            failure.addSuppressed(notClosed);
        }
    }

    /** The file that is the segment, whatever name it has. */
    static OwnedSegment mapCurrent(
            Path segment,
            Path ownDirectory,
            long pid,
            long incarnation,
            @Nullable OwnerLock lock,
            @Nullable String instance,
            @Nullable String name)
            throws SegmentException {
        Path file = NextFile.current(segment, instance, name);
        try {
            return mapOwned(
                    file, segment, ownDirectory, pid, incarnation, lock, instance, name, SegmentSpec.KIND_DAEMON);
        } catch (SegmentRefusedException e) {
            if (file.equals(segment) || Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            // It was given the segment's name in between.
            return mapOwned(
                    segment, segment, ownDirectory, pid, incarnation, lock, instance, name, SegmentSpec.KIND_DAEMON);
        }
    }

    private static OwnedSegment mapOwned(
            Path file,
            Path segment,
            @Nullable Path ownDirectory,
            long pid,
            long incarnation,
            @Nullable OwnerLock lock,
            @Nullable String instance,
            @Nullable String name,
            int kind)
            throws SegmentException {
        MappedMemory memory = map(file, true);
        Validation found = read(memory, file);
        if (found instanceof Validation.Valid valid) {
            if (valid.header().kind() != kind) {
                found = new Validation.WrongKind(file, valid.header().kind(), kind);
            } else if (instance != null && name != null) {
                found = SegmentHeader.expectOwner(valid, instance, name);
            }
        }
        if (found instanceof Validation.Valid valid) {
            requireUnowned(memory, file, pid);
            Aside aside = ownDirectory == null ? null : new AbandonedFiles(segment, ownDirectory);
            return new OwnedSegment(memory, valid.header(), pid, incarnation, memory, lock, aside);
        }
        memory.close();
        throw new SegmentRefusedException(found);
    }

    /**
     * Whoever was opened without the lock ({@link Fence#WORD}) has it a few turns later; until then only its loop word says that
     * it lives. A word that was left by a machine's failure names a thread that does not exist, or one of a process that has the
     * number by chance and has not mapped the segment for writing.
     */
    private static void requireUnowned(MappedMemory memory, Path segment, long pid) throws SegmentLockedException {
        int word = memory.getInt(HeaderLayout.LOOP_LOCK_OFFSET);
        long owner = memory.getLong(HeaderLayout.OWNER_PID_OFFSET);
        if (LoopWord.isHeld(word)
                && owner != pid
                && Files.exists(Path.of("/proc/" + owner + "/task/" + LoopWord.tid(word)))
                && isWriter(owner, segment)) {
            memory.close();
            throw new SegmentLockedException(
                    "Segment " + segment + " is owned by process " + owner + ", whose thread " + LoopWord.tid(word)
                            + " holds the segment's loop lock. Wait until it has ended; the kernel then marks that lock.",
                    owner);
        }
    }

    /** Whether a process has a file mapped for writing; also if that cannot be told. */
    private static boolean isWriter(long pid, Path file) {
        try {
            String inode = " " + Files.getAttribute(file, "unix:ino") + " ";
            String path = " " + file.toRealPath();
            // Inodes are told otherwise there on some file systems, paths in another mount namespace: one of them is
            // enough.
            for (String mapping : Files.readAllLines(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1)) {
                if (mapping.contains(" rw-s ") && (mapping.contains(inode) || mapping.endsWith(path))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static MappedMemory map(Path segment, boolean writable) throws SegmentException {
        Validation unmappable = checkFile(segment);
        if (unmappable != null) {
            throw new SegmentRefusedException(unmappable);
        }
        try {
            return MappedMemory.map(segment, writable);
        } catch (IOException e) {
            throw new SegmentException("Cannot map segment " + segment + ": " + e, e);
        }
    }

    private static Validation read(MappedMemory memory, Path file) {
        try {
            return SegmentHeader.read(new ForeignMemory(memory), file);
        } catch (SegmentDamagedException e) {
            return new Validation.Unreadable(file, String.valueOf(e.getMessage()));
        }
    }

    /** What can be told before mapping: null if the file can be a segment. */
    private static @Nullable Validation checkFile(Path file) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile()) {
                return new Validation.Unreadable(file, "it is not a regular file");
            }
            if (found.size() < SegmentSpec.MIN_LENGTH_BYTES) {
                return new Validation.WrongLength(file, found.size(), SegmentSpec.MIN_LENGTH_BYTES, false);
            }
            if (found.size() > SegmentSpec.MAX_LENGTH_BYTES) {
                return new Validation.WrongLength(file, found.size(), SegmentSpec.MAX_LENGTH_BYTES, false);
            }
            return null;
        } catch (NoSuchFileException e) {
            return new Validation.Missing(file);
        } catch (IOException e) {
            return new Validation.Unreadable(file, e.toString());
        }
    }
}
