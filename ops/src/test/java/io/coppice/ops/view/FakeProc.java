package io.coppice.ops.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that looks like /proc, with the processes that a test puts there. */
public final class FakeProc {
    public static final String BOOT_ID = "11111111-2222-3333-4444-555555555555";

    private final Path directory;

    public FakeProc(Path directory) {
        this.directory = directory;
        write(directory.resolve("sys/kernel/random/boot_id"), BOOT_ID + "\n");
    }

    public Path directory() {
        return directory;
    }

    public ProcFileSystem files() {
        return new ProcFileSystem(directory);
    }

    public FakeProc process(long pid, long parent, long group, char state, long startTicks, String... command) {
        String stat = pid + " (na) me) " + state + " " + parent + " " + group
                + " 5 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " + startTicks + " 1000 200 18446744073709551615\n";
        write(directory.resolve(pid + "/stat"), stat);
        write(directory.resolve(pid + "/cmdline"), command.length == 0 ? "" : String.join("\0", command) + "\0");
        write(directory.resolve(pid + "/comm"), "kworker\n");
        return this;
    }

    public void end(long pid) {
        try {
            Files.deleteIfExists(directory.resolve(pid + "/stat"));
            Files.deleteIfExists(directory.resolve(pid + "/cmdline"));
            Files.deleteIfExists(directory.resolve(pid + "/comm"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Path parent = file.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
