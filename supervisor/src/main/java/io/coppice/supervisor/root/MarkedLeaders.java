package io.coppice.supervisor.root;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What roots launch, by a mark in the environment: leaders of process groups of their own in the session of whoever launched them. */
final class MarkedLeaders {
    /** Of an environment and arguments together the kernel takes at most 6 MiB by default. */
    private static final int MOST_BYTES = 8 << 20;

    private MarkedLeaders() {}

    /**
     * One that lives.
     *
     * @param entry of its environment, with the mark
     */
    record Leader(int pid, String entry) {}

    /** All of them. Reads all of /proc. */
    static List<Leader> find(ProcessTable processes, Predicate<String> isMark) throws OsException {
        List<Leader> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path entry : entries) {
                int pid = Integer.parseInt(String.valueOf(entry.getFileName()));
                String mark = processes.isGroupLeaderInAnothersSession(pid) ? markOf(entry, isMark) : null;
                if (mark != null) {
                    found.add(new Leader(pid, mark));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalStateException("Cannot list /proc; is it mounted?", e);
        }
        return found;
    }

    private static @Nullable String markOf(Path process, Predicate<String> isMark) {
        try (InputStream in = Files.newInputStream(process.resolve("environ"))) {
            for (String entry : new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).split("\0", -1)) {
                if (isMark.test(entry)) {
                    return entry;
                }
            }
            return null;
        } catch (IOException e) {
            return null; // It is gone, or another user's, and then none of ours.
        }
    }
}
