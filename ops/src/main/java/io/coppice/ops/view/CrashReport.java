package io.coppice.ops.view;

import io.coppice.state.OwnerFiles;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The report that a JVM writes when it dies of a fault, {@code hs_err_PID.log} in the own directory of its name, of
 * which all slots of a daemon share one; of a JVM that owns no segment, and of one that an earlier release has launched, {@code
 * logs/hs_err_NAME_PID.log}. Such a JVM ends by SIGABRT, or with 1, whatever the fault was. Reads the head only, and believes none of it: it is text to be shown.
 */
final class CrashReport {
    /** The fault and where it was are in the first dozen lines. */
    private static final int HEAD_BYTES = 4096;

    private static final String PREFIX = "hs_err_";
    private static final String SUFFIX = ".log";

    private static final int MAX_CAUSE_CHARS = 300;

    /** Between the report's last line and the root's hearing of the death, on a machine that is busy. */
    private static final long WRITTEN_WITHIN_MS = 60_000;

    /** By which the clock of the file system may be ahead of that of whoever told of the death. */
    private static final long CLOCKS_DIFFER_MS = 1000;

    /** Looked at in a directory that the JVM's process may have filled. */
    private static final int MOST_ENTRIES = 10_000;

    private CrashReport() {}

    /** What the report of that process tells, if there is one that was written when the process ended. */
    static Optional<String> causeOf(
            InstanceDirectory instance, PlanFile plan, String child, long pid, long endedEpochMs) {
        return causeOf(instance, plan, child, pid, endedEpochMs - WRITTEN_WITHIN_MS, endedEpochMs);
    }

    /** The same of a process of which nobody knows more than when it was started, and that it had ended by then. */
    static Optional<String> causeOf(
            InstanceDirectory instance, PlanFile plan, String child, long pid, long startedEpochMs, long goneEpochMs) {
        return isFileName(child)
                ? causeIn(own(instance, plan, child).resolve(PREFIX + pid + SUFFIX), startedEpochMs, goneEpochMs)
                        .or(() -> causeIn(
                                instance.logDirectory().resolve(prefix(child) + pid + SUFFIX),
                                startedEpochMs,
                                goneEpochMs))
                : Optional.empty();
    }

    /** The same of a process whose number nobody knows any more. */
    static Optional<String> causeOf(InstanceDirectory instance, PlanFile plan, String child, long endedEpochMs) {
        return isFileName(child)
                ? anyIn(own(instance, plan, child), PREFIX, endedEpochMs)
                        .or(() -> anyIn(instance.logDirectory(), prefix(child), endedEpochMs))
                : Optional.empty();
    }

    private static Optional<String> anyIn(Path directory, String prefix, long endedEpochMs) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> reports = Files.newDirectoryStream(directory)) {
            int looked = 0;
            for (Path report : reports) {
                if (++looked > MOST_ENTRIES) {
                    return Optional.empty();
                }
                if (isReport(prefix, String.valueOf(report.getFileName()))) {
                    Optional<String> cause = causeIn(report, endedEpochMs - WRITTEN_WITHIN_MS, endedEpochMs);
                    if (cause.isPresent()) {
                        return cause;
                    }
                }
            }
            return Optional.empty();
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty(); // It went away meanwhile, or is none of ours.
        }
    }

    private static Path own(InstanceDirectory instance, PlanFile plan, String child) {
        return OwnerFiles.directory(plan.segmentDirectory().orElse(instance.path()), SlotName.logName(child));
    }

    private static String prefix(String child) {
        return PREFIX + SlotName.logName(child) + "_";
    }

    private static boolean isFileName(String child) {
        return !child.isEmpty() && child.indexOf('/') < 0 && child.indexOf('\0') < 0;
    }

    private static boolean isReport(String prefix, String file) {
        return file.startsWith(prefix)
                && file.endsWith(SUFFIX)
                && file.length() > prefix.length() + SUFFIX.length()
                && file.substring(prefix.length(), file.length() - SUFFIX.length())
                        .chars()
                        .allMatch(c -> c >= '0' && c <= '9');
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
