package io.coppice.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.hosted.HostedFailedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecountTest {
    @TempDir
    Path directory;

    private Recounter.Verdict recount(byte[] input, String counts) throws Exception {
        Path classes = Path.of(Recount.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return Recounter.recount(
                Path.of(System.getProperty("java.home")),
                List.of(classes),
                Files.write(directory.resolve("input"), input),
                Files.writeString(directory.resolve("counts"), counts));
    }

    @Test
    void shouldAgreeWithRightCounts() throws Exception {
        byte[] input = "One two,ONE\0caf\u00e9 [tWo]\r\nthree".getBytes(StandardCharsets.UTF_8);
        Recounter.Verdict verdict = recount(input, "caf\t1\none\t2\nthree\t1\ntwo\t2\n");

        assertTrue(verdict.right(), verdict.toString());
        assertEquals(6, verdict.words());
        assertEquals(4, verdict.distinct());
    }

    @Test
    void shouldEndWithWhoeverAsked() throws Exception {
        Path endless = directory.resolve("endless");
        assertEquals(0, new ProcessBuilder("mkfifo", endless.toString()).start().waitFor());
        Process recount = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Recount.class.getName(),
                        endless.toString(),
                        endless.toString())
                .inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        recount.getOutputStream().close();
        assertEquals(3, recount.waitFor());
    }

    @Test
    void shouldAgreeThatAnEmptyInputHasNoWords() throws Exception {
        assertTrue(recount(new byte[0], "").right());
    }

    @Test
    void shouldTellWordsLostFromWordsCountedTwice() throws Exception {
        byte[] input = "a a a b b c".getBytes(StandardCharsets.US_ASCII);
        Recounter.Verdict verdict = recount(input, "a\t1\nb\t3\nd\t1\n");

        assertFalse(verdict.right());
        assertEquals(3, verdict.lost(), "two of a, one of c");
        assertEquals(2, verdict.twice(), "one of b, one of d");
        assertTrue(verdict.differences().contains("a: found 1, right is 3"), verdict.differences());
    }

    @Test
    void shouldRefuseCountsItDoesNotUnderstand() {
        byte[] input = "a".getBytes(StandardCharsets.US_ASCII);
        for (String counts : new String[] {"a\t1\na\t1\n", "a 1\n", "\t1\n", "a\tone\n"}) {
            assertThrows(HostedFailedException.class, () -> recount(input, counts), counts);
        }
    }
}
