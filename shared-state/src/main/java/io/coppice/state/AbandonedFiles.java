package io.coppice.state;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of abandoned contents next to a segment: {@code ingest.abandoned-T3-C1200.seg} next to {@code ingest.seg}, mode
 * 0600. A copy is written under a name nobody can guess and renamed when it is complete, so that a file of that form always
 * is.
 *
 * <p>A segment that was moved away and made anew begins at timeline 1 again, and finds what the one before it set aside. Which
 * of them a file is of, its createdEpochMs says: numbers of timelines mean something only within one.
 */
final class AbandonedFiles implements Aside {
    /**
     * Kept of one segment. When the next is complete, one makes room for it: the oldest of those on whose timeline no step has
     * committed, else the oldest. So a daemon that is restarted again and again, and steps back each time, does not push out
     * what it had before by what its starts leave.
     */
    static final int KEPT = 3;

    private static final String SEGMENT_SUFFIX = ".seg";
    private static final String INFIX = ".abandoned-";
    private static final String UNFINISHED_SUFFIX = ".unfinished";

    private final Path segment;
    private final Path directory;
    private final String prefix;

    /** Made when it is needed, which is not on the way of a worker to its first commit. */
    private @Nullable Pattern form;

    AbandonedFiles(Path segment) {
        this.segment = segment;
        Path parent = segment.toAbsolutePath().getParent();
        this.directory = parent == null ? Path.of("/") : parent;
        String name = String.valueOf(segment.getFileName());
        String base = name.endsWith(SEGMENT_SUFFIX) ? name.substring(0, name.length() - SEGMENT_SUFFIX.length()) : name;
        this.prefix = base + INFIX;
    }

    private Pattern form() {
        Pattern present = form;
        if (present == null) {
            present = Pattern.compile(Pattern.quote(prefix) + "T([1-9][0-9]{0,17})-C(0|[1-9][0-9]{0,17})"
                    + Pattern.quote(SEGMENT_SUFFIX));
            form = present;
        }
        return present;
    }

    /** One file, and when the segment was created whose contents it holds; 0 if it does not tell. */
    private record Kept(Abandoned contents, long createdEpochMs) {
        static final Comparator<Kept> NEWEST_FIRST = Comparator.comparingLong(Kept::createdEpochMs)
                .thenComparingLong(kept -> kept.contents().timeline())
                .thenComparingLong(kept -> kept.contents().commitSequence())
                .reversed();
    }

    /** Newest first, those of earlier segments last. Their contents are not looked at. */
    List<Abandoned> list() throws IOException {
        return kept().stream().map(Kept::contents).toList();
    }

    private List<Kept> kept() throws IOException {
        List<Kept> found = new ArrayList<>();
        if (Files.notExists(directory)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher matcher = form().matcher(String.valueOf(file.getFileName()));
                if (matcher.matches()) {
                    Abandoned contents =
                            new Abandoned(file, Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
                    found.add(new Kept(contents, createdEpochMs(file)));
                }
            }
        }
        found.sort(Kept.NEWEST_FIRST);
        return found;
    }

    void removeAll() throws IOException {
        removeUnfinished();
        for (Abandoned abandoned : list()) {
            Files.deleteIfExists(abandoned.file());
        }
    }

    @Override
    public Abandoned keep(long timeline, long commitSequence, long inUse) throws SegmentException {
        Path target = file(timeline, commitSequence);
        if (timeline == inUse && Files.exists(target) && createdEpochMs(target) != createdEpochMs(segment)) {
            throw new SegmentException("Cannot set aside the contents of segment " + segment + " as "
                    + Abandoned.id(timeline, commitSequence) + ": " + Abandoned.id(timeline, commitSequence)
                    + " is there already, of an earlier segment of that name, and is what shall be brought back. Start the"
                    + " daemon once more and stop it: the number of its last commit is another one then.");
        }
        Path unfinished = unfinished();
        try {
            removeUnfinished();
            try {
                copy(unfinished);
                Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(unfinished);
            }
            Abandoned kept = new Abandoned(target, timeline, commitSequence);
            makeRoom(kept, inUse);
            return kept;
        } catch (IOException e) {
            throw new SegmentException(
                    "Cannot set aside the contents of segment " + segment + " in " + target + ": " + e.getMessage()
                            + ". They stay where they are, and are the segment's contents as before. Free "
                            + sizeInWords() + " in " + directory + " and try again.",
                    e);
        }
    }

    @Override
    public void discard(long timeline, long commitSequence) {
        try {
            Files.deleteIfExists(file(timeline, commitSequence));
        } catch (IOException e) {
            // A copy too many; the next ones make room.
        }
    }

    @Override
    public ReadOnlySegment open(long timeline, long commitSequence) throws SegmentException {
        return SegmentFile.openReadOnly(file(timeline, commitSequence));
    }

    private Path file(long timeline, long commitSequence) {
        return directory.resolve(prefix + Abandoned.id(timeline, commitSequence) + SEGMENT_SUFFIX);
    }

    /** A file that is written, not mapped: a full file system is an error of the call and not a signal. */
    private void copy(Path target) throws IOException {
        try (FileChannel from = FileChannel.open(segment, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(
                        target,
                        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            long length = from.size();
            long at = 0;
            while (at < length) {
                long copied = from.transferTo(at, length - at, to);
                if (copied <= 0) {
                    throw new EOFException("the copy ended at " + at + " of " + length + " bytes");
                }
                at += copied;
            }
        }
    }

    /** A name for a file that is not complete: nobody can guess it, and {@link #removeUnfinished} knows it. */
    Path unfinished() {
        return directory.resolve("." + prefix + UUID.randomUUID() + UNFINISHED_SUFFIX);
    }

    /** What an owner that died while it copied left behind: only one owner at a time copies. */
    void removeUnfinished() throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                directory,
                file -> String.valueOf(file.getFileName()).startsWith("." + prefix)
                        && String.valueOf(file.getFileName()).endsWith(UNFINISHED_SUFFIX))) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void makeRoom(Abandoned newest, long inUse) throws IOException {
        List<Abandoned> stepped = new ArrayList<>();
        List<Abandoned> unstepped = new ArrayList<>();
        long created = createdEpochMs(segment);
        for (Kept kept : kept()) {
            Abandoned abandoned = kept.contents();
            if (abandoned.timeline() != newest.timeline() || kept.createdEpochMs() != created) {
                (hasSteps(abandoned) ? stepped : unstepped).add(abandoned);
            } else if (abandoned.timeline() != inUse && !abandoned.id().equals(newest.id())) {
                // An earlier attempt at this step back, which did not come to its decision.
                Files.deleteIfExists(abandoned.file());
            }
        }
        stepped.addAll(unstepped);
        for (Abandoned tooMany : stepped.subList(Math.min(KEPT - 1, stepped.size()), stepped.size())) {
            if (tooMany.timeline() != inUse) {
                Files.deleteIfExists(tooMany.file());
            }
        }
    }

    /** Whether a step committed on the timeline that these contents end; of a file that is no segment the answer is no. */
    private static boolean hasSteps(Abandoned abandoned) throws IOException {
        try (FileChannel file = FileChannel.open(abandoned.file(), StandardOpenOption.READ)) {
            return word(file, HeaderLayout.STEPPED_TIMELINE_OFFSET) == abandoned.timeline()
                    || word(file, HeaderLayout.LAST_STEP_COMMIT_OFFSET) != 0;
        } catch (NoSuchFileException | EOFException e) {
            return false;
        }
    }

    /** When the segment was created whose contents a file holds, 0 if that cannot be read. */
    private static long createdEpochMs(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return word(channel, HeaderLayout.CREATED_EPOCH_MS_OFFSET);
        } catch (IOException e) {
            return 0;
        }
    }

    private static long word(FileChannel file, int offset) throws IOException {
        byte[] word = new byte[Long.BYTES];
        if (file.read(ByteBuffer.wrap(word), offset) < word.length) {
            throw new EOFException();
        }
        return NativeWords.get(word, 0);
    }

    private String sizeInWords() {
        try {
            return Files.size(segment) + " bytes";
        } catch (IOException e) {
            return "the segment's size";
        }
    }
}
