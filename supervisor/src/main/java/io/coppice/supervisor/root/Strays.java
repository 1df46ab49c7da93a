package io.coppice.supervisor.root;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.ChildMark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Children of an instance that are alive and of which there is no record: somebody removed it. Told by the mark in their environment,
 * and by being what we launch: the leader of a process group of its own, in the session of whoever launched it. What they have
 * started themselves is not counted, nor what has made itself a session of its own.
 */
final class Strays {
    /** Of an environment and arguments together the kernel takes at most 6 MiB by default. */
    private static final int MOST_BYTES = 8 << 20;

    private Strays() {}

    /** For people: {@code web (pid 12)} each. Reads all of /proc. */
    static List<String> find(Path directory, ProcessTable processes) throws OsException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path entry : entries) {
                int pid = Integer.parseInt(String.valueOf(entry.getFileName()));
                String child = processes.isGroupLeaderInAnothersSession(pid) ? childOf(entry, directory) : null;
                if (child != null) {
                    found.add(child + " (pid " + pid + ")");
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalStateException("Cannot list /proc; is it mounted?", e);
        }
        return found;
    }

    private static @Nullable String childOf(Path process, Path directory) {
        try (InputStream in = Files.newInputStream(process.resolve("environ"))) {
            for (String entry : new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).split("\0", -1)) {
                String child = ChildMark.childIn(entry, directory.toString());
                if (child != null) {
                    return child;
                }
            }
            return null;
        } catch (IOException e) {
            return null; // It is gone, or another user's, and then none of ours.
        }
    }
}
