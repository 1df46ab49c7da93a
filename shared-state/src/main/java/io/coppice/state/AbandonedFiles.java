package io.coppice.state;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of abandoned contents in the own directory of a segment's owner: {@code ingest.own/T3-C1200.seg} of {@code ingest.seg}, mode
 * 0600. A copy is written under a name nobody can guess and renamed when it is complete, so that a file of that form always
 * is, if the owner is no other program. Whoever reads there follows no link, opens nothing but regular files, and looks at so many only.
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

    /** Looked at in the directory, which holds a handful, and the reports of faults; an owner may have filled it. */
    private static final int MOST_ENTRIES = 10_000;

    private static final String SEGMENT_SUFFIX = ".seg";
    private static final String UNFINISHED_SUFFIX = ".unfinished";
    private static final String ID = "T([1-9][0-9]{0,17})-C(0|[1-9][0-9]{0,17})";

    private final Path segment;
    private final Path directory;

    /** Made when it is needed, which is not on the way of a worker to its first commit. */
    private @Nullable Pattern form;

    AbandonedFiles(Path segment) {
        this(segment, OwnerFiles.directory(segment));
    }

    AbandonedFiles(Path segment, Path directory) {
        this.segment = segment;
        this.directory = directory;
    }

    private Pattern form() {
        Pattern present = form;
        if (present == null) {
            present = Pattern.compile(ID + Pattern.quote(SEGMENT_SUFFIX));
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
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(requireDirectory())) {
            int looked = 0;
            for (Path file : files) {
                if (++looked > MOST_ENTRIES) {
                    throw new IOException(directory + " holds more than " + MOST_ENTRIES
                            + " files, expected a handful. Remove what is not the instance's.");
                }
                Matcher matcher = form().matcher(String.valueOf(file.getFileName()));
                if (matcher.matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    Abandoned contents =
                            new Abandoned(file, Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
                    found.add(new Kept(contents, createdEpochMs(file)));
                }
            }
        }
        found.sort(Kept.NEWEST_FIRST);
        return found;
    }

    private Path requireDirectory() throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotDirectoryException(directory.toString());
        }
        return directory;
    }

    /** However many there are; what an owner has put under their names that is no file stays. */
    void removeAll() throws IOException {
        removeUnfinished();
        remove(name -> form().matcher(name).matches());
    }

    private void remove(Predicate<String> names) throws IOException {
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(requireDirectory())) {
            for (Path file : files) {
                if (names.test(String.valueOf(file.getFileName()))
                        && !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /**
     * Moves what owners of an earlier release have set aside, beside the segments, into their own directories. While there is no owner
     * of this release that sets something aside.
     *
     * @param segments the directory of the segments
     * @throws SegmentException if one cannot be moved; the others are
     */
    static void moveEarlier(Path segments) throws SegmentException {
        Pattern earlier = Pattern.compile("([a-z0-9.@-]+)\\.abandoned-(" + ID + Pattern.quote(SEGMENT_SUFFIX) + ")");
        SegmentException failed = null;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(segments, "*.abandoned-T*" + SEGMENT_SUFFIX)) {
            for (Path file : files) {
                Matcher matcher = earlier.matcher(String.valueOf(file.getFileName()));
                if (matcher.matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    Path own = OwnerFiles.directory(segments, matcher.group(1));
                    OwnerFiles.makeDirectory(own);
                    Path target = own.resolve(matcher.group(2));
                    if (Files.notExists(target, LinkOption.NOFOLLOW_LINKS)) {
                        if (OwnerFiles.userOf(own) != OwnerFiles.userOf(file)) {
                            Files.setAttribute(file, "unix:uid", OwnerFiles.userOf(own), LinkOption.NOFOLLOW_LINKS);
                        }
                        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
                    } else {
                        failed = new SegmentException(
                                "Cannot move " + file + " to " + target
                                        + ", where contents set aside are by now: there is one already. Move one of them away.");
                    }
                }
            }
        } catch (IOException e) {
            throw new SegmentException("Cannot move contents set aside in " + segments + ": " + e, e);
        }
        if (failed != null) {
            throw failed;
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
            // A root of an earlier release has not made it.
            OwnerFiles.makeDirectory(directory);
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
        return directory.resolve(Abandoned.id(timeline, commitSequence) + SEGMENT_SUFFIX);
    }

    /** A file that is written, not mapped: a full file system is an error of the call and not a signal. */
    private void copy(Path target) throws IOException {
        try (FileChannel from = openCurrent();
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

    /** The file that is the segment may have another name still, or get the segment's in between. */
    private FileChannel openCurrent() throws IOException {
        Path file = NextFile.current(segment, null, null);
        try {
            return open(file);
        } catch (NoSuchFileException e) {
            return open(segment);
        }
    }

    /** A name for a file that is not complete: nobody can guess it, and {@link #removeUnfinished} knows it. */
    Path unfinished() {
        return directory.resolve("." + UUID.randomUUID() + UNFINISHED_SUFFIX);
    }

    /** What an owner that died while it copied left behind: only one owner at a time copies. */
    void removeUnfinished() throws IOException {
        remove(name -> name.startsWith(".") && name.endsWith(UNFINISHED_SUFFIX));
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
        try (FileChannel file = open(abandoned.file())) {
            return word(file, HeaderLayout.STEPPED_TIMELINE_OFFSET) == abandoned.timeline()
                    || word(file, HeaderLayout.LAST_STEP_COMMIT_OFFSET) != 0;
        } catch (NoSuchFileException | EOFException e) {
            return false;
        }
    }

    /** When the segment was created whose contents a file holds, 0 if that cannot be read. */
    private static long createdEpochMs(Path file) {
        try (FileChannel channel = open(file)) {
            return word(channel, HeaderLayout.CREATED_EPOCH_MS_OFFSET);
        } catch (IOException e) {
            return 0;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(file.toString(), null, "it is no regular file");
        }
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
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
