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

/** What roots launch, by a mark in the environment: leaders of process groups of their own. */
final class MarkedLeaders {
    /** Of an environment and arguments together the kernel takes at most 6 MiB by default. */
    private static final int MOST_BYTES = 8 << 20;

    private MarkedLeaders() {}

    /**
     * One that lives.
     *
     * @param environment as it was started with, {@code NAME=VALUE} each
     */
    record Leader(int pid, List<String> environment) {}

    /** All of which that holds. Reads all of /proc. */
    static List<Leader> find(ProcessTable processes, Predicate<Leader> isMarked) throws OsException {
        List<Leader> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path entry : entries) {
                int pid = Integer.parseInt(String.valueOf(entry.getFileName()));
                if (processes.leadsItsGroup(pid)) {
                    Leader leader = new Leader(pid, environmentOf(entry));
                    if (isMarked.test(leader)) {
                        found.add(leader);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalStateException("Cannot list /proc; is it mounted?", e);
        }
        return found;
    }

    private static List<String> environmentOf(Path process) {
        try (InputStream in = Files.newInputStream(process.resolve("environ"))) {
            return List.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).split("\0", -1));
        } catch (IOException e) {
            return List.of(); // It is gone, or another user's, and then none of ours.
        }
    }
}
