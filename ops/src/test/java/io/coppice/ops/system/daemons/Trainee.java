package io.coppice.ops.system.daemons;

import io.coppice.state.State;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Ill-behaved while an archive of it is made: leaves a process behind, and what is hard to remove. As a daemon it does nothing. The folder that
 * its environment names as {@code TOLD} is told, in a file named by what is told, who makes the archive and which process was left.
 */
public final class Trainee implements Daemon {
    private static final Next SOON = Next.after(Duration.ofMillis(20));

    @Override
    public void start(DaemonContext context) {}

    @Override
    public Next step() {
        return SOON;
    }

    @Override
    public void warmUp(State scratch) {
        Path told = Path.of(System.getenv("TOLD"));
        Path made = Path.of(
                ProcessHandle.current().info().commandLine().orElse("").replaceAll("(?s).*=(\\S*/made)/.*", "$1"));
        try {
            Path closed = Files.createDirectories(made.resolve("closed"));
            Files.createSymbolicLink(closed.resolve("way"), told);
            Process left =
                    new ProcessBuilder("setsid", "sh", "-c", "chmod 0 " + closed + "; exec sleep 100000").start();
            Files.writeString(told.resolve("left"), Long.toString(left.pid()));
            Files.writeString(
                    told.resolve("user"),
                    Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
