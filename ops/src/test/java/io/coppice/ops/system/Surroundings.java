package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a user has beside an instance, and an attacker could make use of: a terminal, the installation, shared memory of System V, and, where the test may mount it, a second
 * /proc. Made before the instance is started; told to the attacker as facts.
 */
final class Surroundings {
    private final Process terminal;
    private final String name;
    private final Path proc;
    private final boolean mounted;
    private final String memory;

    Surroundings(Path directory) throws Exception {
        Path told = directory.resolve("terminal");
        // Has a terminal of its own, which it lends to the shell.
        terminal = new ProcessBuilder("script", "-qec", "tty >" + told + "; exec sleep 100000", "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Coppice.await("a terminal", () -> content(told).endsWith("\n"));
        name = Files.readString(told).strip();
        proc = Files.createDirectory(directory.resolve("proc"));
        boolean root = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        memory = shareMemory();
        mounted = root && run("mount", "-t", "proc", "proc", proc.toString()).isEmpty();
    }

    /** One page that its user reads and writes, and nobody else; its number. */
    private static String shareMemory() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("ipcmk", "--shmem", "4096", "--mode", "0600")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.replaceAll("\\D", "");
    }

    private static String content(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return what it said where it failed */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : said + " failed";
    }

    /** Of those that are here. */
    String facts() {
        return "terminal=" + name + "\nlauncher=" + System.getProperty("coppice.launcher") + "\n"
                + "memory=" + memory + "\n"
                + (mounted ? "proc=" + proc + "\n" : "");
    }

    void remove() throws Exception {
        // The shell is hung up on when its terminal goes.
        terminal.destroy();
        assertEquals("", run("ipcrm", "--shmem-id", memory));
        terminal.waitFor();
        if (mounted) {
            assertEquals("", run("umount", "--lazy", proc.toString()));
        }
    }
}
