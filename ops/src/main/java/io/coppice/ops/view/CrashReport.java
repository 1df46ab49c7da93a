package io.coppice.ops.view;

import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The report that a JVM writes when it dies of a fault, {@code logs/hs_err_NAME_PID.log}, of which all slots of a daemon share one NAME: such a JVM ends by SIGABRT, or with 1,
 * whatever the fault was. Reads the head only, and believes none of it: it is text to be shown.
 */
final class CrashReport {
    /** The fault and where it was are in the first dozen lines. */
    private static final int HEAD_BYTES = 4096;

    private static final int MAX_CAUSE_CHARS = 300;

    /** Between the report's last line and the root's hearing of the death, on a machine that is busy. */
    private static final long WRITTEN_WITHIN_MS = 60_000;

    /** By which the clock of the file system may be ahead of that of whoever told of the death. */
    private static final long CLOCKS_DIFFER_MS = 1000;

    private CrashReport() {}

    /** What the report of that process tells, if there is one that was written when the process ended. */
    static Optional<String> causeOf(InstanceDirectory instance, String child, long pid, long endedEpochMs) {
        return isFileName(child)
                ? causeIn(file(instance, child, pid), endedEpochMs - WRITTEN_WITHIN_MS, endedEpochMs)
                : Optional.empty();
    }

    /** The same of a process of which nobody knows more than when it was started, and that it had ended by then. */
    static Optional<String> causeOf(
            InstanceDirectory instance, String child, long pid, long startedEpochMs, long goneEpochMs) {
        return isFileName(child) ? causeIn(file(instance, child, pid), startedEpochMs, goneEpochMs) : Optional.empty();
    }

    /** The same of a process whose number nobody knows any more. */
    static Optional<String> causeOf(InstanceDirectory instance, String child, long endedEpochMs) {
        if (!isFileName(child)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> reports = Files.newDirectoryStream(instance.logDirectory())) {
            for (Path report : reports) {
                if (isOf(child, String.valueOf(report.getFileName()))) {
                    Optional<String> cause = causeIn(report, endedEpochMs - WRITTEN_WITHIN_MS, endedEpochMs);
                    if (cause.isPresent()) {
                        return cause;
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // There is no such directory, or it is none of ours.
        }
    }

    private static Path file(InstanceDirectory instance, String child, long pid) {
        return instance.logDirectory().resolve(prefix(child) + pid + ".log");
    }

    private static String prefix(String child) {
        return "hs_err_" + SlotName.logName(child) + "_";
    }

    private static boolean isFileName(String child) {
        return !child.isEmpty() && child.indexOf('/') < 0 && child.indexOf('\0') < 0;
    }

    private static boolean isOf(String child, String file) {
        String prefix = prefix(child);
        return file.startsWith(prefix)
                && file.endsWith(".log")
                && file.length() > prefix.length() + 4
                && file.substring(prefix.length(), file.length() - 4).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Optional<String> causeIn(Path report, long fromEpochMs, long toEpochMs) {
        try {
            BasicFileAttributes file =
                    Files.readAttributes(report, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            long writtenEpochMs = file.lastModifiedTime().toMillis();
            if (!file.isRegularFile()
                    || writtenEpochMs < fromEpochMs
                    || writtenEpochMs > toEpochMs + CLOCKS_DIFFER_MS) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(report, LinkOption.NOFOLLOW_LINKS)) {
                return cause(new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return Optional.empty(); // None was written, or it may not be read.
        }
    }

    /** {@code SIGSEGV (0xb) in C [libx.so+0x1234] decode+0x56}; empty if it is no such report. */
    static Optional<String> cause(String head) {
        String fault = "";
        String where = "";
        String before = "";
        for (String line : head.lines().toList()) {
            String words = line.startsWith("#") ? line.substring(1).strip().replaceAll("\\s+", " ") : "";
            if (fault.isEmpty() && isFault(words)) {
                fault = words.replaceFirst("( at pc=|, pid=).*", "");
            } else if (before.equals("Problematic frame:")) {
                where = " in " + words;
            } else if (!words.isEmpty() && where.isEmpty() && explains(words)) {
                where = ": " + words;
            }
            before = words;
        }
        if (fault.isEmpty()) {
            return Optional.empty();
        }
        String cause = fault + where;
        return Optional.of(Printable.of(cause.substring(0, Math.min(cause.length(), MAX_CAUSE_CHARS))));
    }

    private static boolean isFault(String words) {
        return words.startsWith("SIG")
                || words.startsWith("Internal Error")
                || words.startsWith("Out of Memory Error")
                || words.startsWith("There is insufficient memory");
    }

    private static boolean explains(String words) {
        return words.startsWith("Native memory allocation")
                || words.startsWith("guarantee(")
                || words.startsWith("fatal error:")
                || words.startsWith("Error:");
    }
}
