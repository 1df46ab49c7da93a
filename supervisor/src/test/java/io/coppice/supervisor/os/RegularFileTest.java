package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RegularFileTest {
    @TempDir
    Path directory;

    private static String refusal(Path file) {
        return String.valueOf(assertThrows(
                        FileSystemException.class, () -> RegularFile.open(file).close())
                .getMessage());
    }

    @Test
    void shouldBeTheFileThatItWasWhateverItsNameBecomes() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "before");
        try (RegularFile held = RegularFile.open(file)) {
            Files.delete(file);
            Files.writeString(file, "after");
            assertEquals("before", Files.readString(held.path()));
            assertTrue(Files.isRegularFile(held.path()));
        }
    }

    /** To open it for reading would wait for a writer. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldRefuseAFifoAtOnce() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        assertEquals(fifo + ": is no regular file", refusal(fifo));
    }

    @Test
    void shouldRefuseWhatIsNoFile() {
        assertEquals(directory + ": is no regular file", refusal(directory));
        assertEquals("/dev/null: is no regular file", refusal(Path.of("/dev/null")));
        assertThrows(NoSuchFileException.class, () -> RegularFile.open(directory.resolve("none")));
    }
}
