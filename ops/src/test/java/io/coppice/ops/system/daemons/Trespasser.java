package io.coppice.ops.system.daemons;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * Tries a few things that a worker must not, and prints of each {@code NAME: done} or {@code NAME: refused, WHY}, then {@code over}. None does
 * harm where it is let. Arguments: the directory of its instance, the peer's name, and a directory in which the peer's pid is put.
 */
public final class Trespasser implements Daemon {
    private boolean tried;
    private List<String> arguments = List.of();

    private interface Attempt {
        void run() throws Exception;
    }

    @Override
    public void start(DaemonContext context) {
        arguments = context.args();
    }

    @Override
    public Next step() throws IOException {
        Path told = Path.of(arguments.get(2)).resolve("peer");
        if (!tried && Files.exists(told) && Files.size(told) > 0) {
            tried = true;
            attempts(Path.of(arguments.get(0)), arguments.get(1), Files.readString(told));
            System.out.println("over");
        }
        return Next.after(Duration.ofMillis(20));
    }

    private static void attempts(Path instance, String peer, String pid) {
        attempt("write a peer's segment", () -> open(instance.resolve(peer + ".seg"), StandardOpenOption.WRITE));
        attempt("read a peer's segment", () -> open(instance.resolve(peer + ".seg"), StandardOpenOption.READ));
        attempt("write the root's segment", () -> open(instance.resolve("root.seg"), StandardOpenOption.WRITE));
        attempt(
                "make a file beside the segments",
                () -> Files.delete(Files.createFile(instance.resolve("trespasser.tmp"))));
        attempt("read the plan", () -> Files.readAllBytes(instance.resolve("plan")));
        attempt("signal a peer", () -> {
            int status = new ProcessBuilder("kill", "-URG", pid)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("status " + status);
            }
        });
    }

    private static void open(Path file, StandardOpenOption option) throws IOException {
        FileChannel.open(file, option).close();
    }

    private static void attempt(String name, Attempt attempt) {
        try {
            attempt.run();
            System.out.println(name + ": done");
        } catch (Exception e) {
            System.out.println(name + ": refused, " + e);
        }
    }
}
