package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Sets numbers of this machine aside for the users of our workers, as useradd(8) does for people: the first block in which nobody has any, from where these
 * tools begin. They are never given back by us, since files may be theirs. Blocks; takes root.
 */
public final class RangeClaim {
    /** So many has a block. */
    static final int COUNT = 65_536;

    /** SUB_UID_MIN of login.defs(5) where nobody has changed it. */
    private static final int FIRST = 100_000;

    /** Of shadow's tools: whoever changes the accounts of the machine has it locked (lckpwdf(3)). */
    private static final String LOCK = "/etc/.pwd.lock";

    private static final Set<PosixFilePermission> FOR_ALL_TO_READ = PosixFilePermissions.fromString("rw-r--r--");

    /** What is somebody's. */
    private record Taken(long first, long last) {}

    private final Surroundings surroundings;

    /** On this machine. */
    public RangeClaim(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Whether a manifest could be run once numbers are set aside. */
    public static boolean isAllThatIsMissing(ManifestResult.Refused refused) {
        return refused.errors().size() == 1 && refused.errors().get(0).message().startsWith(SubordinateIds.NONE);
    }

    /** What is going to be done, as the end of a sentence. */
    public String intent() {
        return "set " + COUNT + " numbers aside for the users of workers, as `" + SubordinateIds.OWNER + "`, in "
                + SubordinateIds.UIDS + " and " + SubordinateIds.GIDS;
    }

    /**
     * Does it.
     *
     * @return which numbers, a line for people
     * @throws IOException if no block is free, one of the files says of us already what the other does not, or they cannot be changed
     */
    public String make() throws IOException {
        Path uids = surroundings.system(SubordinateIds.UIDS);
        Path gids = surroundings.system(SubordinateIds.GIDS);
        try (FileChannel accounts = FileChannel.open(
                        surroundings.system(LOCK),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                FileLock lock = accounts.lock()) {
            List<String> ofUids = lines(uids);
            List<String> ofGids = lines(gids);
            for (String line : together(ofUids, ofGids)) {
                if (line.startsWith(SubordinateIds.OWNER + ":")) {
                    throw new IOException("`" + line + "` in " + uids + " or " + gids
                            + " gives no numbers that are users and groups. Correct both by hand");
                }
            }
            int first = firstFree(taken(ofUids, ofGids));
            String line = SubordinateIds.OWNER + ":" + first + ":" + COUNT;
            append(line, ofUids, uids);
            append(line, ofGids, gids);
            return "Set the numbers " + new IdRange(first, first + COUNT - 1) + " aside for the users of workers, as `"
                    + SubordinateIds.OWNER + "`, in " + uids + " and " + gids
                    + (lock.isValid() ? "." : ". (The lock of the machine's accounts was lost meanwhile.)");
        }
    }

    private static int firstFree(List<Taken> taken) throws IOException {
        long first = FIRST;
        boolean free = false;
        while (!free) {
            free = true;
            for (Taken other : taken) {
                if (other.first < first + COUNT && first <= other.last) {
                    free = false;
                }
            }
            first += free ? 0 : COUNT;
            if (first + COUNT - 1 > IdRange.MOST) {
                throw new IOException("no " + COUNT + " numbers in a row are free, from " + FIRST + " on");
            }
        }
        return (int) first;
    }

    private List<Taken> taken(List<String> ofUids, List<String> ofGids) throws IOException {
        List<Taken> taken = new ArrayList<>();
        for (String line : together(ofUids, ofGids)) {
            add(line, 1, 2, taken);
        }
        for (String accounts : List.of("/etc/passwd", "/etc/group")) {
            for (String line : lines(surroundings.system(accounts))) {
                add(line, 2, -1, taken);
            }
        }
        return taken;
    }

    /** @param count where the line says how many; less than 0 for one */
    private static void add(String line, int first, int count, List<Taken> taken) {
        String[] fields = line.strip().split(":", -1);
        if (fields.length > Math.max(first, count)
                && fields[first].matches("[0-9]{1,10}")
                && (count < 0 || fields[count].matches("[0-9]{1,10}"))) {
            long from = Long.parseLong(fields[first]);
            taken.add(new Taken(from, count < 0 ? from : from + Long.parseLong(fields[count]) - 1));
        }
    }

    private static List<String> together(List<String> some, List<String> others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.ISO_8859_1) : List.of();
    }

    /** Whole or not at all. */
    private static void append(String line, List<String> present, Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".coppice");
        List<String> lines = new ArrayList<>(present);
        lines.add(line);
        try {
            Files.write(unfinished, lines, StandardCharsets.ISO_8859_1);
            Files.setPosixFilePermissions(
                    unfinished, Files.exists(file) ? Files.getPosixFilePermissions(file) : FOR_ALL_TO_READ);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
