package io.coppice.supervisor.archive;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What stays in a directory of archives. A JVM that runs with one that is removed does not notice. Only for who holds the directory's
 * lock.
 */
final class Retention {
    /** Of one profile: the one in use, and the one before, which a deployment that is taken back wants again. */
    private static final int ARCHIVES_OF_A_PROFILE = 2;

    /** Of one profile: touched jars have other names for the same archive. */
    private static final int NAMES_OF_A_PROFILE = 8;

    private static final long BAD_FOR_MS = 30L * 24 * 3_600_000;
    private static final Pattern ARCHIVE = Pattern.compile("([0-9a-f]+)\\.[0-9a-f]+\\.(jsa|aot)");
    private static final Pattern NAME = Pattern.compile("([0-9a-f]+)\\.[0-9a-f]+");
    private static final Pattern BAD = Pattern.compile("[0-9a-f]+\\.[0-9a-f]+\\.bad");

    private final Path directory;
    private final long mostBytes;

    private record Entry(Path path, String name, FileStamp stamp) {}

    /** @param mostBytes of all archives together */
    Retention(Path directory, long mostBytes) {
        this.directory = directory;
        this.mostBytes = mostBytes;
    }

    /** What an archiver that was killed has left behind. */
    void removeUnfinished() throws IOException, InterruptedException, ArchiverException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "work-*")) {
            for (Path work : left) {
                WorkDirectory.remove(work);
            }
        }
    }

    /** Removes what is too old or too much, oldest first; but not {@code kept}, which was just made or found. */
    void removeOld(ArchiveNames names, Path kept, long nowMs) throws IOException {
        List<Entry> archives = entries(ARCHIVE);
        List<Entry> ofProfile = archives.stream()
                .filter(entry -> entry.name().startsWith(names.profile() + "."))
                .toList();
        Set<Path> doomed = new HashSet<>(allBut(ofProfile, ARCHIVES_OF_A_PROFILE));
        doomed.remove(kept);
        long bytes = 0;
        for (Entry archive : archives) {
            boolean isKept = archive.path().equals(kept);
            bytes += archive.stamp().bytes();
            if (!isKept && bytes > mostBytes) {
                doomed.add(archive.path());
            }
        }
        for (Path archive : doomed) {
            Files.deleteIfExists(archive);
        }
        removeOldNames(names);
        for (Entry bad : entries(BAD)) {
            if (nowMs - bad.stamp().modifiedNs() / 1_000_000 > BAD_FOR_MS) {
                Files.deleteIfExists(bad.path());
            }
        }
    }

    private void removeOldNames(ArchiveNames names) throws IOException {
        List<Entry> ofProfile = new ArrayList<>();
        for (Entry entry : entries(NAME)) {
            if (!Files.isSymbolicLink(entry.path())) {
                continue;
            }
            String text = Files.readSymbolicLink(entry.path()).toString();
            int tilde = text.indexOf('~');
            if (tilde < 0 || !Files.exists(directory.resolve(text.substring(0, tilde)), LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(entry.path());
            } else if (entry.name().startsWith(names.profile() + ".")) {
                ofProfile.add(entry);
            }
        }
        for (Path name : allBut(ofProfile, NAMES_OF_A_PROFILE)) {
            Files.deleteIfExists(name);
        }
    }

    private static List<Path> allBut(List<Entry> youngestFirst, int most) {
        return youngestFirst.stream().skip(most).map(Entry::path).toList();
    }

    /** Youngest first. */
    private List<Entry> entries(Pattern pattern) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            for (Path path : all) {
                String name = String.valueOf(path.getFileName());
                if (pattern.matcher(name).matches()) {
                    try {
                        entries.add(new Entry(path, name, FileStamp.of(path, LinkOption.NOFOLLOW_LINKS)));
                    } catch (NoSuchFileException e) {
                        // A root has just refused it.
                    }
                }
            }
        }
        entries.sort(Comparator.comparingLong((Entry entry) -> entry.stamp().changedNs())
                .reversed()
                .thenComparing(Entry::name));
        return entries;
    }
}
