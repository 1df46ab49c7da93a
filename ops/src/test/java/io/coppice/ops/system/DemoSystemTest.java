package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: the demo's answer is right whatever the input is and however often its worker is killed. */
class DemoSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private static String lastLine(String text) {
        return text.lines().reduce("", (a, b) -> b);
    }

    private void assertRight(Path input, int kills) throws Exception {
        Coppice.Result result = coppice.run(
                "demo",
                "--input",
                input.toString(),
                "--kills",
                Integer.toString(kills),
                "--seed",
                "7",
                "--output",
                "counts");
        assertEquals(0, result.exitCode(), result.out() + result.err());
        assertEquals(kills + " kills, 0 words lost, 0 counted twice", lastLine(result.out()));
    }

    @Test
    void shouldCountRightWhateverTheBytes() throws Exception {
        byte[] longWord = "Abcdefghij".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        byte[] longLine = ("word " + "of a line ").repeat(350_000).getBytes(StandardCharsets.US_ASCII);
        byte[] tail = "\r\n\0nul\0Nul\u0000 caf\u00e9 x-y 1one\n".getBytes(StandardCharsets.UTF_8);
        Path input = coppice.directory.resolve("input");
        try (var out = Files.newOutputStream(input)) {
            out.write(longWord);
            out.write(0);
            out.write(longLine);
            out.write(tail);
        }
        assertRight(input, 5);
        List<String> counts = Files.readAllLines(coppice.directory.resolve("counts"));
        assertTrue(counts.contains("nul\t2"), counts.toString());
        assertTrue(counts.contains("word\t350000"));
        assertTrue(counts.contains("abcdefghij".repeat(1000) + "\t1"));
        assertTrue(
                counts.contains("caf\t1") && counts.contains("x\t1") && counts.contains("one\t1"), counts.toString());
    }

    @Test
    void shouldCountAnEmptyInputAndATinyOne() throws Exception {
        assertRight(coppice.file("empty", ""), 0);
        Coppice.Result empty = coppice.run("demo", "--input", "empty", "--kills", "3");
        assertEquals(0, empty.exitCode(), empty.out() + empty.err());
        assertRight(coppice.file("tiny", "a"), 3);
    }

    /** Standard output or the counts, on a device that is always full. */
    @Test
    void shouldFailWhereWhatItHasToSayDoesNotArrive() throws Exception {
        coppice.file("tiny", "a b a");
        Path full = Path.of("/dev/full");
        Path err = coppice.directory.resolve("err");
        Process silent = coppice.start(full, err, "demo", "--input", "tiny", "--kills", "0");
        assertEquals(1, silent.waitFor(), Files.readString(err));
        assertEquals("coppice: demo: cannot write to standard output.\n", Files.readString(err));

        Coppice.Result lost = coppice.run("demo", "--input", "tiny", "--kills", "0", "--output", full.toString());
        assertEquals(1, lost.exitCode(), lost.out() + lost.err());
        assertTrue(
                lost.err()
                        .startsWith("coppice: demo: cannot write --output /dev/full: No space left on device.\n"
                                + "  Kept for a closer look: "),
                lost.err());
        removeWhatIsKept(lost);
    }

    @Test
    void shouldNotTakeAnInstanceThatHoldsTheStateOfOtherDaemons() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}}
                """);
        Coppice.Root root = coppice.startRoot();
        coppice.await("ticker", daemon -> daemon.state().equals("ready") && daemon.number("commits") > 5);
        assertEquals(0, root.stop(), root.stderr());
        byte[] state = Files.readAllBytes(coppice.home().resolve("shop/ticker.seg"));

        Coppice.Result refused = coppice.run("demo", "--instance", "shop", "--kills", "0");

        assertEquals(1, refused.exitCode(), refused.out() + refused.err());
        assertEquals(
                "coppice: demo: instance shop is not a demo's, it has ticker. The demo would replace it: choose"
                        + " another --instance.\n",
                refused.err());
        assertArrayEquals(state, Files.readAllBytes(coppice.home().resolve("shop/ticker.seg")));
    }

    private static void removeWhatIsKept(Coppice.Result result) throws Exception {
        Matcher kept = Pattern.compile("closer look: (/\\S+)").matcher(result.err());
        assertTrue(kept.find(), result.out() + result.err());
        try (Stream<Path> files = Files.walk(Path.of(kept.group(1)))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void shouldSayInOneLineWhyItCannot() throws Exception {
        Coppice.Result missing = coppice.run("demo", "--input", "nowhere.txt");
        assertEquals(1, missing.exitCode());
        assertEquals(1, missing.err().lines().count(), missing.err());
        assertTrue(missing.err().contains("nowhere.txt"), missing.err());

        Coppice.Result endless = coppice.run("demo", "--input", "/proc/cpuinfo", "--kills", "0");
        assertEquals(1, endless.exitCode());
        assertEquals(
                "coppice: demo: cannot read --input /proc/cpuinfo: it says that it is empty, and is not; copy it to a"
                        + " file.\n",
                endless.err());

        Path precious = coppice.file("precious", "one two");
        Coppice.Result same = coppice.run("demo", "--input", "precious", "--output", "precious", "--kills", "0");
        assertEquals(2, same.exitCode(), same.err());
        assertEquals("one two", Files.readString(precious));

        for (String tooSmall : List.of("64KiB", "133KiB", "1B", "3GiB")) {
            Coppice.Result refused = coppice.run("demo", "--input", "precious", "--kills", "0", "--state", tooSmall);
            assertEquals(2, refused.exitCode(), refused.out() + refused.err());
            assertEquals(
                    "coppice: demo: --state: " + tooSmall + " is out of range, expected 134KiB to 2047MiB.\n",
                    refused.err());
            assertEquals("", refused.out(), "nothing was started");
        }

        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 200_000; i++) {
            words.append("w")
                    .append(Integer.toString(i, 26).replaceAll("[0-9]", "z"))
                    .append(Integer.toBinaryString(i).replace('0', 'a').replace('1', 'b'))
                    .append(' ');
        }
        coppice.file("many", words.toString());
        Coppice.Result full = coppice.run("demo", "--input", "many", "--kills", "0", "--state", "1MiB");
        assertEquals(1, full.exitCode(), full.out() + full.err());
        assertTrue((full.out() + full.err()).contains("--state"), full.out() + full.err());

        // A failed demo keeps its artefacts and says where; this one was meant to fail.
        removeWhatIsKept(full);
    }
}
