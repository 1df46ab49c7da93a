package io.coppice.ops.prober;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogLineLookTest {
    private Path file;

    @BeforeEach
    void place(@TempDir Path directory) {
        file = directory.resolve("web.log");
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static boolean sees(LogLineLook look) {
        return look.look().success();
    }

    @Test
    void shouldSeeOnlyWhatWasWrittenSinceTheLaunch() throws IOException {
        write("server up\n");
        LogLineLook look = new LogLineLook(file, Files.size(file), "up$");
        assertFalse(sees(look));
        write("booting\nserver u");
        assertFalse(sees(look));
        write("p\nmore\n");
        assertTrue(sees(look));
        Files.delete(file);
        assertTrue(sees(look), "seen is seen");
        assertTrue(sees(new LogLineLook(Files.writeString(file, "up\n"), 0, "up$")));
    }

    @Test
    void shouldSeeALastLineWithoutAnEnd() throws IOException {
        write("server up");
        assertTrue(sees(new LogLineLook(file, 0, "^server up$")));
    }

    @Test
    void shouldSayThatThereIsNoFileAndGoOnWhenThereIs() throws IOException {
        LogLineLook look = new LogLineLook(file, 0, "up");
        LookResult result = look.look();
        assertFalse(result.success());
        assertTrue(result.text().contains("web.log"), result.text());
        write("up\n");
        assertTrue(sees(look));
    }

    @Test
    void shouldReadAFileThatHasBecomeShorterFromItsBeginning() throws IOException {
        write("a long line of an earlier life\n");
        LogLineLook look = new LogLineLook(file, Files.size(file), "up");
        Files.writeString(file, "up\n");
        assertTrue(sees(look));
    }

    @Test
    void shouldLookAtTheBeginningOfALongLineAndAtTheNextOne() throws IOException {
        write("x".repeat(3 * LogLineLook.MAX_LINE_BYTES) + "up\nup\n");
        assertFalse(sees(new LogLineLook(file, 0, "xup")));
        assertTrue(sees(new LogLineLook(file, 0, "^up$")));
    }
}
