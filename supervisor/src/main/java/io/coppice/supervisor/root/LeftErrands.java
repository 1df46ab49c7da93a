package io.coppice.supervisor.root;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SignalNumbers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Errands that a root which died had sent: nobody hears of their ends, and one that asks a process to end would ask its successor. */
final class LeftErrands {
    /** Of an environment and arguments together the kernel takes at most 6 MiB by default. */
    private static final int MOST_BYTES = 8 << 20;

    private LeftErrands() {}

    /** Kills them, each with its group. Before anything is adopted; reads all of /proc. */
    static void end(Path directory, ProcessTable processes) throws OsException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path entry : entries) {
                int pid = Integer.parseInt(String.valueOf(entry.getFileName()));
                if (processes.isGroupLeaderInAnothersSession(pid) && isErrand(entry, directory)) {
                    processes.signalGroup(pid, SignalNumbers.of("KILL"));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalStateException("Cannot list /proc; is it mounted?", e);
        }
    }

    private static boolean isErrand(Path process, Path directory) {
        try (InputStream in = Files.newInputStream(process.resolve("environ"))) {
            String[] environment = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).split("\0", -1);
            return Arrays.asList(environment).contains(Errands.mark(directory));
        } catch (IOException e) {
            return false; // It is gone, or another user's, and then none of ours.
        }
    }
}
