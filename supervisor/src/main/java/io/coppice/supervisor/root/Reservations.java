package io.coppice.supervisor.root;

import io.coppice.state.NextFile;
import io.coppice.state.OwnerFiles;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSize;
import io.coppice.state.SegmentSpec;
import io.coppice.state.Validation;
import io.coppice.supervisor.os.BlockReservation;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.plan.TransactionLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of one start-up: all of them, or none. A segment is reserved and formatted under another name and gets its
 * own by a rename, so that a root that dies in between leaves no half-made segment; what such a root left under the other
 * name is removed by the next.
 *
 * <p>Under the root lock only.
 */
final class Reservations {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_NO_ROOM = 2;
    private static final String UNFINISHED = ".unfinished";

    private final List<Path> made = new ArrayList<>();

    /** In place of a length. */
    static final long ANY = -1;

    /**
     * A file for another size.
     *
     * @param nobodys no owner that lives writes one of that length
     */
    private record Next(Path segment, SegmentSpec spec, boolean nobodys) {
        boolean remove() throws SegmentException {
            if (nobodys) {
                NextFile.removeRefused(segment);
                return true;
            }
            return NextFile.removeUnowned(segment, spec.instance(), spec.name());
        }
    }

    private final List<Next> next = new ArrayList<>();

    /**
     * Makes the segment, or checks the one that is there. An existing one is never overwritten; a daemon's may have another size, which
     * its owner mends when it starts.
     *
     * @return true if it was made just now
     * @throws StartupRefused saying what was found, what was expected, and what to do; {@link #undo} removes what was made
     */
    boolean ensure(Path file, SegmentSpec spec) throws StartupRefused {
        return ensure(file, spec, false);
    }

    /**
     * As {@link #ensure}, but what is no segment of that kind is replaced by one that is empty. For what may be lost, where nobody works in it.
     *
     * @return true if it was made just now
     */
    boolean ensureUsable(Path file, SegmentSpec spec) throws StartupRefused {
        return ensure(file, spec, true);
    }

    private boolean ensure(Path file, SegmentSpec spec, boolean replace) throws StartupRefused {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            Files.deleteIfExists(unfinished);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Validation found = SegmentFile.validate(file, spec);
                boolean usable = found instanceof Validation.Valid || hasOnlyAnotherSize(found, spec);
                if (usable) {
                    BlockReservation.touchPages(file);
                    return false;
                }
                if (!replace) {
                    throw new StartupRefused(EXIT_FAILED, found.message());
                }
            }
            BlockReservation.reserve(unfinished, spec.lengthBytes());
            made.add(unfinished);
            SegmentFile.create(unfinished, spec);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            made.set(made.size() - 1, file);
            return true;
        } catch (OsException e) {
            throw new StartupRefused(
                    EXIT_NO_ROOM,
                    "cannot reserve " + spec.lengthBytes() + " bytes for the segment of " + spec.name() + ": "
                            + e.getMessage());
        } catch (SegmentException | IOException e) {
            throw new StartupRefused(EXIT_FAILED, "the segment of " + spec.name() + ": " + e.getMessage());
        }
    }

    private static boolean hasOnlyAnotherSize(Validation found, SegmentSpec spec) {
        return spec.kind() == SegmentSpec.KIND_DAEMON && found instanceof Validation.WrongLength wrong && wrong.whole();
    }

    /**
     * Makes what the owner of a daemon's segment needs beside it, where it is missing.
     *
     * @param file of the segment
     * @param child that is its owner; slots share a directory for reports of faults, too
     * @param owned an owner may live: a lock file that it has lost is not made anew under it
     * @throws StartupRefused if something else is there, or it cannot be made
     */
    void ensureOwnerFiles(Path file, String child, boolean owned) throws StartupRefused {
        try {
            makeDirectory(OwnerFiles.directory(file));
            makeDirectory(file.resolveSibling(OwnerFiles.directory(Path.of(""), SlotName.logName(child))));
            if (!owned && OwnerFiles.makeLock(file)) {
                made.add(OwnerFiles.lock(file));
            }
        } catch (SegmentException e) {
            throw new StartupRefused(EXIT_FAILED, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Gives a segment's name to the file of another size that is the segment by now, if there is one.
     *
     * @throws StartupRefused if that cannot be
     */
    void settle(Path file, SegmentSpec spec) throws StartupRefused {
        try {
            NextFile.settle(file, spec.instance(), spec.name());
        } catch (SegmentException e) {
            throw new StartupRefused(EXIT_FAILED, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Reserves the file in which a segment's next owner gives it another size, where it has another one; and removes one that is not
     * wanted. An owner writes such a file only if it has the length that it was told itself; so one of that length is removed only while
     * nobody has the owner's lock.
     *
     * @param spec of the segment as it is to be
     * @param ownersLength that an owner that lives was told at most, {@link #ANY} if that is not known
     * @throws StartupRefused saying how many bytes there is no room for, or that an owner may be writing that file; nothing has changed
     */
    void ensureNext(Path file, ChildPlan child, SegmentSpec spec, long ownersLength) throws StartupRefused {
        Path wanted = NextFile.of(file);
        boolean isOfThatSize = SegmentFile.isOf(file, size(child));
        try {
            boolean there = Files.exists(wanted, LinkOption.NOFOLLOW_LINKS);
            if (there && !isOfThatSize && hasLength(wanted, spec.lengthBytes())) {
                return;
            }
            if (there) {
                boolean nobodys = ownersLength != ANY && !hasLength(wanted, ownersLength);
                remove(new Next(file, spec, nobodys), child.name());
            }
            if (!isOfThatSize) {
                BlockReservation.reserve(wanted, spec.lengthBytes());
                next.add(new Next(file, spec, ownersLength != ANY && ownersLength != spec.lengthBytes()));
            }
        } catch (OsException e) {
            throw new StartupRefused(
                    EXIT_NO_ROOM,
                    "cannot reserve " + spec.lengthBytes() + " bytes for the segment of " + spec.name()
                            + " in its new size, which are needed beside the present one: " + e.getMessage());
        } catch (SegmentException | IOException e) {
            throw new StartupRefused(EXIT_FAILED, "the segment of " + spec.name() + ": " + e.getMessage());
        }
    }

    private static void remove(Next unwanted, String child) throws StartupRefused, SegmentException {
        if (!unwanted.remove()) {
            throw new StartupRefused(
                    EXIT_FAILED,
                    child + " may be giving its segment another size just now, in " + NextFile.of(unwanted.segment())
                            + ". Try again when it is ready.");
        }
    }

    private static boolean hasLength(Path file, long bytes) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == bytes;
    }

    private static SegmentSize size(ChildPlan child) {
        return TransactionLimits.of(child)
                .map(limits -> new SegmentSize(
                        child.stateBytes(),
                        child.checkpoints(),
                        limits.entries(),
                        Math.toIntExact(limits.inputBytes())))
                .orElseGet(() -> new SegmentSize(child.stateBytes(), child.checkpoints()));
    }

    private void makeDirectory(Path directory) throws SegmentException {
        if (OwnerFiles.makeDirectory(directory)) {
            made.add(directory);
        }
    }

    /** Removes what this start-up has made; what was there before stays. */
    void undo(Console console) {
        for (Path file : made) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                console.warn("cannot remove " + file + ", which this start made: " + e.getMessage());
            }
        }
        made.clear();
        for (Next reserved : next) {
            try {
                // One that somebody may be writing by now goes when its owner is ready without it.
                reserved.remove();
            } catch (SegmentException e) {
                console.warn(String.valueOf(e.getMessage()));
            }
        }
        next.clear();
    }
}
