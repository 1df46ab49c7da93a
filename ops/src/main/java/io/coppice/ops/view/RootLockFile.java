package io.coppice.ops.view;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the holder of a root lock wrote into it: one line {@code PID STARTTICKS EPOCHMS}.
 *
 * @param pid the root's process
 * @param startTicks its start, field 22 of {@code /proc/PID/stat}
 * @param sinceEpochMs when it took the lock
 */
record RootLockFile(long pid, long startTicks, long sinceEpochMs) {
    private static final int MAX_BYTES = 128;

    /** Reads the file without touching its lock; empty if it is missing, empty or not in this form. */
    static Optional<RootLockFile> read(Path file) {
        String line;
        try (InputStream in = Files.newInputStream(file)) {
            line = new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return Optional
                    .empty(); // No lock file means that no root ran; an unreadable one is told by the directory's
            // check.
        }
        int end = line.indexOf('\n');
        String[] words = (end < 0 ? line : line.substring(0, end)).split(" ", -1);
        if (end < 0 || words.length != 3) {
            return Optional.empty();
        }
        long pid = ProcFileSystem.number(words[0]);
        long startTicks = ProcFileSystem.number(words[1]);
        long sinceEpochMs = ProcFileSystem.number(words[2]);
        return pid <= 0 || startTicks < 0 || sinceEpochMs < 0
                ? Optional.empty()
                : Optional.of(new RootLockFile(pid, startTicks, sinceEpochMs));
    }
}
