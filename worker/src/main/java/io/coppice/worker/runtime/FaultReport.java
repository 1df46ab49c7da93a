package io.coppice.worker.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/** The first lines of the report that a JVM leaves when it dies of a fault. Text to be shown, and not to be believed. */
final class FaultReport {
    /** The fault and where it was are in the first dozen lines. */
    private static final int HEAD_BYTES = 4096;

    private static final int MAX_CHARS = 300;

    /** Between the report's last line and the root's hearing of the death, on a machine that is busy. */
    private static final long WRITTEN_WITHIN_MS = 60_000;

    private FaultReport() {}

    /**
     * What it tells, if there is one of about that time, and of that user. The directory is open to others who may die of a fault: to
     * processes of other users, and to earlier ones, which can leave reports for numbers to come. So the time is the one that no process can
     * set.
     *
     * @param user whose process it was, by number
     */
    static Optional<String> read(Path report, int user, long endedEpochMs) {
        try {
            Map<String, Object> file =
                    Files.readAttributes(report, "unix:isRegularFile,uid,ctime", LinkOption.NOFOLLOW_LINKS);
            if (!Boolean.TRUE.equals(file.get("isRegularFile"))
                    || !Integer.valueOf(user).equals(file.get("uid"))
                    || !(file.get("ctime") instanceof FileTime changed)
                    || Math.abs(endedEpochMs - changed.toMillis()) > WRITTEN_WITHIN_MS) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(report, LinkOption.NOFOLLOW_LINKS)) {
                return firstLines(new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return Optional.empty(); // None was written, or it may not be read.
        }
    }

    /** {@code SIGSEGV (0xb) in C [libx.so+0x1234] decode+0x56}; empty if there is no fault in it. */
    static Optional<String> firstLines(String head) {
        String fault = "";
        String before = "";
        for (String line : head.lines().toList()) {
            String words = line.startsWith("#") ? line.substring(1).strip().replaceAll("\\s+", " ") : "";
            if (before.equals("Problematic frame:") && !fault.isEmpty()) {
                return Optional.of(cut(fault + " in " + words));
            }
            if (fault.isEmpty() && isFault(words)) {
                fault = words.replaceFirst("( at pc=|, pid=).*", "");
            }
            before = words;
        }
        return fault.isEmpty() ? Optional.empty() : Optional.of(cut(fault));
    }

    private static boolean isFault(String words) {
        return words.startsWith("SIG")
                || words.startsWith("Internal Error")
                || words.startsWith("Out of Memory Error")
                || words.startsWith("There is insufficient memory");
    }

    private static String cut(String text) {
        String shown = text.replaceAll("\\p{Cntrl}", "\ufffd");
        return shown.substring(0, Math.min(shown.length(), MAX_CHARS));
    }
}
