package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pipe is that to the standard input of a process that does not read it: a root that is busy, stopped, or dead. */
class RootNotifierTest {
    private static List<Path> pipes() throws IOException {
        List<Path> pipes = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().startsWith("pipe:")) {
                    pipes.add(descriptor);
                }
            }
        }
        return pipes;
    }

    @Test
    void shouldWriteOneByteUntilItIsReadAndGoOnAfterTheReadersDeath() throws Exception {
        List<Path> before = pipes();
        Process reader = new ProcessBuilder("sleep", "1000")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            List<Path> more = pipes();
            more.removeAll(before);
            RootNotifier notifier = new RootNotifier(more.get(0));
            try (RandomAccessFile look = new RandomAccessFile(more.get(0).toFile(), "rw")) {
                // Far more than a pipe holds: one that blocks would do so here.
                for (int i = 0; i < 200_000; i++) {
                    notifier.wordsChanged();
                }
                assertEquals('w', look.read());
                reader.destroyForcibly().waitFor();
                notifier.wordsChanged();
                notifier.wordsChanged();
                assertEquals('w', look.read(), "for the successor of the root");
                notifier.wordsChanged();
                assertEquals('w', look.read());
            }
        } finally {
            reader.destroyForcibly().waitFor();
        }
    }
}
