package io.coppice.supervisor.root;

import io.coppice.supervisor.os.JournalStream;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Where children's output goes, by their plans and by what this root's own standard error is.
 *
 * <p>In the journal a daemon's lines have the daemon's name as their identifier if the root is a system's service: the unit tells its
 * instance from others. Otherwise several may share a unit or have none, or the journal does not learn the unit of a
 * child that ends at once, and the identifier is {@code INSTANCE/NAME}. The file {@link #FILE_NAME} in the instance directory tells {@code
 * coppice logs}: it is there if the root's own output is in the journal, and has the unit, if the identifiers go by one.
 *
 * @param instance its name
 * @param isJournal whether the root's own standard error is the journal
 * @param unit such as {@code coppice.service}; "" if the root is no service of the system
 */
record ChildOutput(String instance, boolean isJournal, String unit) {
    static final String FILE_NAME = "journal-unit";

    private static final Path STDERR = Path.of("/proc/self/fd/2");
    private static final Path CGROUP = Path.of("/proc/self/cgroup");

    /**
     * By the environment and the descriptors of this process.
     *
     * @throws IOException if /proc cannot be read
     */
    static ChildOutput ofThisProcess(String instance, int ownUid) throws IOException {
        boolean isJournal = isJournal(System.getenv("JOURNAL_STREAM"), STDERR);
        String unit = isJournal && ownUid == 0 ? unit(Files.readString(CGROUP, StandardCharsets.ISO_8859_1)) : "";
        return new ChildOutput(instance, isJournal, unit);
    }

    /**
     * Whether a descriptor is the journal's, by the test of systemd.exec(5): JOURNAL_STREAM is inherited also by processes whose
     * output was redirected, so it counts only with the numbers of the very file.
     *
     * @param journalStream {@code DEVICE:INODE} in decimal; null if not set
     */
    static boolean isJournal(@Nullable String journalStream, Path stderr) throws IOException {
        return journalStream != null
                && Files.exists(stderr)
                && journalStream.equals(
                        Files.getAttribute(stderr, "unix:dev") + ":" + Files.getAttribute(stderr, "unix:ino"));
    }

    /** The system's service that a process belongs to, by its /proc/PID/cgroup; "" for none, as of a session or a user's service. */
    static String unit(String cgroups) {
        for (String line : cgroups.lines().toList()) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && (fields[1].isEmpty() || fields[1].equals("name=systemd"))) {
                for (String part : fields[2].split("/", -1)) {
                    if (part.endsWith(".service") && !part.startsWith("user@")) {
                        return part;
                    }
                    if (!part.isEmpty() && !part.endsWith(".slice")) {
                        break;
                    }
                }
            }
        }
        return "";
    }

    /** A stream for a child to be launched; null if it writes to its log file. */
    @Nullable
    JournalStream journalOf(ChildPlan child) {
        if (child.log() == LogTarget.FILE || (child.log() == LogTarget.AUTO && !isJournal)) {
            return null;
        }
        String identifier =
                unit.isEmpty() ? instance + "/" + SlotName.logName(child.name()) : SlotName.logName(child.name());
        return new JournalStream(JournalStream.SOCKET, identifier, unit);
    }

    /** Makes {@link #FILE_NAME} say what holds now; whole or not at all. */
    void record(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (!isJournal) {
            Files.deleteIfExists(file);
            return;
        }
        Path unfinished = directory.resolve(FILE_NAME + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unfinished, unit.isEmpty() ? "" : unit + "\n");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
