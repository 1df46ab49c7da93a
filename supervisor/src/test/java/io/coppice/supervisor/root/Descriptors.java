package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Takes descriptors from a running process, by its limit, and gives them back. */
final class Descriptors {
    /** More numbers than the root moves descriptors above, so that those that it moves run out, too. */
    private static final int TAKEN_BELOW = 140;

    private static final long MANY = 1024;

    private Descriptors() {}

    /** What to start a process under, so that it finds the low descriptors taken. */
    static List<String> takenFrom() {
        String open = IntStream.range(10, TAKEN_BELOW)
                .mapToObj(fd -> "exec " + fd + "</dev/null")
                .collect(Collectors.joining("; "));
        return List.of("bash", "-c", open + "; exec \"$@\"", "bash");
    }

    /** From now on the process can open that many more. */
    static void leave(long pid, int free) throws IOException, InterruptedException {
        Set<Integer> used;
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            used = open.map(fd -> Integer.valueOf(fd.getFileName().toString())).collect(Collectors.toSet());
        }
        int limit = 0;
        for (int left = free; left > 0 || used.contains(limit); limit++) {
            left -= used.contains(limit) ? 0 : 1;
        }
        limit(pid, limit);
    }

    static void giveBack(long pid) throws IOException, InterruptedException {
        limit(pid, MANY);
    }

    /** The soft limit only: a process without rights may raise it again as far as the hard one. */
    private static void limit(long pid, long limit) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--nofile=" + limit + ":")
                .inheritIO()
                .start();
        assertEquals(0, prlimit.waitFor());
    }
}
