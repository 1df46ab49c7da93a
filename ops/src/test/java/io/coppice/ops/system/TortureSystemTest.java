package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: no commit of any structure is lost, torn or invented, whatever instruction its process dies at. Method: the torture,
 * SIGKILLs at writers and readers, and some at the root, each compared with what they acknowledged and with a model. More of them:
 * {@code -Dcoppice.torture.kills=2000}.
 */
class TortureSystemTest {
    private static final Pattern VERDICT =
            Pattern.compile("torture: kills=([0-9]+) commits=([0-9]+) lost=([0-9]+) torn=([0-9]+) phantom=([0-9]+)");

    private static final int KILLS = Integer.getInteger("coppice.torture.kills", 30);

    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldLoseTearAndInventNothing() throws Exception {
        Path out = coppice.directory.resolve("out");
        Path err = coppice.directory.resolve("err");
        int exitCode = coppice.start(
                        out,
                        err,
                        "torture",
                        "--kills",
                        Integer.toString(KILLS),
                        "--transaction-kills",
                        "6",
                        "--standby-kills",
                        "3",
                        "--root-kills",
                        "2",
                        "--seed",
                        "200")
                .waitFor();

        String shown = Files.readString(out) + Files.readString(err);
        assertEquals(0, exitCode, shown);
        List<String> lines = Files.readAllLines(out);
        Matcher verdict = VERDICT.matcher(lines.get(lines.size() - 1));
        assertTrue(verdict.matches(), shown);
        assertEquals(
                List.of(Integer.toString(KILLS), "0", "0", "0"),
                List.of(verdict.group(1), verdict.group(3), verdict.group(4), verdict.group(5)),
                shown);
        assertTrue(
                Pattern.compile("([3-9]|1[0-9]) standbys were killed as well")
                        .matcher(shown)
                        .find(),
                shown);
        assertTrue(
                Pattern.compile("6 transactions were killed as well; .*, 0 under way")
                        .matcher(shown)
                        .find(),
                shown);
        assertTrue(shown.contains("The root was killed 2 times as well"), shown);
        assertTrue(Long.parseLong(verdict.group(2)) > KILLS, "the daemons got on between the kills: " + shown);
        assertEquals(List.of(), coppice.fileNames(), "nothing of it is left");
    }

    @Test
    void shouldRefuseWhatItCannotDo() throws Exception {
        Coppice.Result refused = coppice.run("torture", "--kills", "-1");
        assertEquals(2, refused.exitCode(), refused.out() + refused.err());
        assertEquals("coppice: torture: --kills: -1 must be 0 to 1000000.\n", refused.err());
        assertEquals("", refused.out(), "nothing was started");
    }
}
