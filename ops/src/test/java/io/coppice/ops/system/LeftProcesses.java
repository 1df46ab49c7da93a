package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.coppice.ops.system.daemons.Leftover;
import io.coppice.supervisor.os.ProcessTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks for what transactions of the daemon {@code leaver} have left behind. */
final class LeftProcesses {
    private static final String LOG = "leaver@transactions";

    private final Coppice coppice;
    private final ProcessTable processes = new ProcessTable();

    LeftProcesses(Coppice coppice) {
        this.coppice = coppice;
    }

    /** @param group the slot's process of which it was */
    void assertNone(Leftover leftover, int group) throws Exception {
        assertEquals(List.of(), marked(leftover.mark()));
        assertFalse(processes.groupHasLiveMember(group), () -> leftover + " is in the group " + group);
        long said = links();
        assertEquals(List.of(), marked(leftover.mark()));
        assertEquals(said, links(), "it goes on saying so");
    }

    void assertThatThereAre(Leftover leftover) throws Exception {
        if (leftover == Leftover.CHAIN) {
            long said = links();
            coppice.awaitLog(LOG, log -> links(log) > said);
        } else {
            assertEquals(1, marked(leftover.mark()).size(), leftover::toString);
        }
    }

    /** After they were told to stop. */
    void awaitNone() throws Exception {
        for (Leftover leftover : Leftover.values()) {
            Coppice.await(
                    leftover + " has stopped", () -> marked(leftover.mark()).isEmpty());
        }
    }

    private long links() throws IOException {
        return links(coppice.log(LOG));
    }

    private static long links(String log) {
        return log.lines().filter(Leftover.CHAIN.mark()::equals).count();
    }

    private static List<String> marked(String mark) {
        List<String> found = new ArrayList<>();
        for (Path process : numbered(Path.of("/proc"))) {
            if (commandLine(process).contains(mark + "\0")) {
                found.add(process.getFileName().toString());
            }
        }
        return found;
    }

    /** A first thread that has ended shows none; then that of another one. */
    private static String commandLine(Path process) {
        String own = read(process.resolve("cmdline"));
        return !own.isEmpty()
                ? own
                : numbered(process.resolve("task")).stream()
                        .map(task -> read(task.resolve("cmdline")))
                        .filter(line -> !line.isEmpty())
                        .findFirst()
                        .orElse("");
    }

    private static List<Path> numbered(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(each -> each.getFileName().toString().matches("[0-9]+"))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // The process has ended meanwhile.
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // Likewise.
        }
    }
}
