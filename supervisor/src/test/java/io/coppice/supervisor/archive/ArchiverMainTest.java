package io.coppice.supervisor.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiverMainTest {
    private static final long WATCHDOG_SECONDS = 60;

    @TempDir
    Path directory;

    /** Of an instance that has no plan, so that it has something to say. */
    private List<String> saidAfter(String said) throws Exception {
        Path log = Files.writeString(directory.resolve("_archiver.log"), said);
        Process archiver = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ArchiverMain.class.getName(),
                        directory.toString(),
                        "ticker",
                        directory.resolve("archives").toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        assertTrue(archiver.waitFor(WATCHDOG_SECONDS, TimeUnit.SECONDS), "the archiver does not end");
        assertEquals(ArchiverExit.FAILED.code(), archiver.exitValue());
        return Files.readAllLines(log);
    }

    @Test
    void shouldBeginALogAnewThatHasGrownLong() throws Exception {
        String line = "ticker: no start archive\n";
        List<String> lines = saidAfter(line.repeat((int) ArchiverMain.MOST_LOG_BYTES / line.length() + 1));

        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).startsWith("ticker: no start archive: "), lines.get(0));
    }

    @Test
    void shouldAppendToOneThatHasNot() throws Exception {
        assertEquals(2, saidAfter("what another one said\n").size());
    }
}
