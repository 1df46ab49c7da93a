package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    Path directory;

    @Test
    void shouldFindTheLastLinesOfAnyFile() throws IOException {
        long seed = 20_261_121;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            StringBuilder text = new StringBuilder();
            int pieces = random.nextInt(60);
            for (int i = 0; i < pieces; i++) {
                text.append("x".repeat(random.nextInt(10) == 0 ? random.nextInt(40_000) : random.nextInt(20)));
                text.append(random.nextInt(20) == 0 ? "" : "\n");
            }
            int lines = random.nextInt(70);
            Path file = write(text.toString());
            try (LogFile log = LogFile.open(file)) {
                log.seekToLastLines(lines);
                assertEquals(lastLines(text.toString(), lines), rest(log), "seed " + seed + ", round " + round);
            }
        }
    }

    @Test
    void shouldGoOnAtTheBeginningOfATruncatedFile() throws IOException {
        Path file = write("one\ntwo\n");
        try (LogFile log = LogFile.open(file)) {
            rest(log);
            Files.writeString(file, "new\n");

            assertEquals(LogFile.Change.TRUNCATED, log.followChange());
            assertEquals("new\n", rest(log));
            assertEquals(LogFile.Change.NONE, log.followChange());
        }
    }

    @Test
    void shouldReadARotatedFileToItsEndBeforeTheNewOne() throws IOException {
        Path file = write("one\n");
        try (LogFile log = LogFile.open(file)) {
            rest(log);
            Path old = directory.resolve("old.log");
            Files.move(file, old);
            Files.writeString(old, "late\n", StandardOpenOption.APPEND);
            assertEquals(LogFile.Change.NONE, log.followChange());
            assertEquals("late\n", rest(log));
            Files.writeString(file, "new\n");

            assertEquals(LogFile.Change.REPLACED, log.followChange());
            assertEquals("new\n", rest(log));
        }
    }

    @Test
    void shouldRefuseWhatIsNoPlainFile() throws IOException {
        Files.createSymbolicLink(directory.resolve("link.log"), write("secret\n"));

        assertThrows(IOException.class, () -> LogFile.open(directory.resolve("link.log")));
        assertThrows(IOException.class, () -> LogFile.open(directory));
        assertThrows(NoSuchFileException.class, () -> LogFile.open(directory.resolve("none.log")));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("a.log"), text);
    }

    private static String rest(LogFile log) throws IOException {
        StringBuilder text = new StringBuilder();
        for (ByteBuffer bytes = log.next(); bytes.hasRemaining(); bytes = log.next()) {
            text.append(StandardCharsets.UTF_8.decode(bytes));
        }
        return text.toString();
    }

    private static String lastLines(String text, int lines) {
        int from = text.length();
        for (int found = 0; found < lines && from > 0; found++) {
            from = text.lastIndexOf('\n', from - 2) + 1;
        }
        return text.substring(from);
    }
}
