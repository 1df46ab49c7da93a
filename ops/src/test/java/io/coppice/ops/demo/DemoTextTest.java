package io.coppice.ops.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTextTest {
    @TempDir
    Path directory;

    @Test
    void shouldWriteAtLeastAsMuchAsAskedForAndTheSameEachTime() throws Exception {
        DemoText text = new DemoText(Path.of(System.getProperty("java.home")));
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");

        long written = text.write(first, 5_000_000);
        text.write(second, 5_000_000);

        assertTrue(written >= 5_000_000);
        assertEquals(written, Files.size(first));
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void shouldFindWordsInAJdkThatHasNoTextFiles() throws Exception {
        byte[] round = new DemoText(directory).oneRound();

        assertTrue(new String(round, StandardCharsets.UTF_8).contains("module java.base {"));
        assertArrayEquals(round, new DemoText(directory).oneRound());
    }

    @Test
    void shouldByDefaultBeMoreThanFiftyMegabytesAndMoreThanTheDaemonsMemory() {
        assertTrue(DemoText.LENGTH_BYTES > 50_000_000);
        long heapAndState = (16L + 24) << 20;
        assertTrue(DemoText.LENGTH_BYTES > heapAndState);
    }
}
