package io.coppice.ops.view;

import io.coppice.supervisor.limits.LimitRecord;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.sandbox.IsolationRecord;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The files of one instance. Says where they are, not that they exist.
 *
 * @param name a valid {@link InstanceName}
 * @param path {@code BASE/NAME}
 */
public record InstanceDirectory(String name, Path path) {
    /** Checks the name. */
    public InstanceDirectory {
        if (!InstanceName.isValid(name)) {
            throw new IllegalArgumentException("instance name `" + name + "`: expected [a-z0-9-]{1,32}");
        }
    }

    /** The kernel lock of the root; holds {@code PID STARTTICKS EPOCHMS}. */
    public Path rootLock() {
        return path.resolve("root.lock");
    }

    /** The root's segment: status table and events. */
    public Path rootSegment() {
        return path.resolve("root.seg");
    }

    /** Where the root listens. */
    public Path controlSocket() {
        return path.resolve("control.sock");
    }

    /** The plan that the root last ran. */
    public Path plan() {
        return path.resolve("plan");
    }

    /** The root's unit, if its own output is in the journal; see {@link JournalMatch}. */
    public Path journalUnit() {
        return path.resolve("journal-unit");
    }

    /** What keeps workers apart, and what it leaves open here, as the root has found. */
    IsolationRecord isolation() {
        return new IsolationRecord(path);
    }

    /** How the root enforces limits of processes. */
    LimitRecord limits() {
        return new LimitRecord(path);
    }

    /** What children write. */
    public Path logDirectory() {
        return path.resolve("logs");
    }

    /** Standard output and error of one child; of a slot of transactions that of all slots of its daemon. */
    public Path log(String child) {
        return logDirectory().resolve(SlotName.logName(child) + ".log");
    }

    /** Whether children of a root that ran here left logs. */
    public boolean hasLogs() {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(logDirectory())) {
            return logs.iterator().hasNext();
        } catch (IOException e) {
            return false; // There is no such directory, or it is none of ours.
        }
    }

    /** Whether a root ever ran here and was not purged since: an empty lock file alone is what a purge leaves. */
    public boolean exists() {
        return Files.exists(rootSegment(), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(plan(), LinkOption.NOFOLLOW_LINKS)
                || RootLockFile.read(rootLock()).isPresent();
    }
}
