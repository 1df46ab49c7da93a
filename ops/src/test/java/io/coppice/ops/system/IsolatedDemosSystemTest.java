package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.sandbox.WorkerRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what runs without isolation runs with it, whoever is killed meanwhile, and what it costs can be seen. Method: the demos, the torture and
 * the bench of isolation, as people run them, in each mode.
 */
class IsolatedDemosSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private void assertRuns(List<String> before, String mode) throws Exception {
        Path text = coppice.directory.resolve("text");
        Files.writeString(text, "one fish two fish red fish blue fish\n".repeat(200_000));
        assertEndsWith(
                "2 kills, 0 words lost, 0 counted twice",
                coppice.runIn(
                        before,
                        "demo",
                        "--isolation",
                        mode,
                        "--input",
                        text.toString(),
                        "--kills",
                        "2",
                        "--standby",
                        "1",
                        "--seed",
                        "7"));
        assertEndsWith(
                "each with its cause",
                coppice.runIn(
                        before,
                        "demo",
                        "thumbnails",
                        "--isolation",
                        mode,
                        "--pictures",
                        "3",
                        "--kills",
                        "2",
                        "--seed",
                        "7"));
        assertEndsWith(
                "lost=0 torn=0 phantom=0",
                coppice.runIn(
                        before,
                        "torture",
                        "--isolation",
                        mode,
                        "--kills",
                        "4",
                        "--standby-kills",
                        "1",
                        "--transaction-kills",
                        "1",
                        "--root-kills",
                        "1",
                        "--seed",
                        "7"));
        List<String> left = coppice.fileNames().stream()
                .filter(name -> !name.equals("root.lock"))
                .toList();
        assertEquals(List.of(), left, "files of the instance");
    }

    private static void assertEndsWith(String end, Coppice.Result result) {
        assertEquals(0, result.exitCode(), result.out() + result.err());
        List<String> lines = result.out().lines().toList();
        assertTrue(lines.get(lines.size() - 1).contains(end), result.out());
    }

    @Test
    void shouldRunWithWorkersThatAreUsersOfTheirOwn() throws Exception {
        OtherUsers.assume();
        assertRuns(OtherUsers.setAside(coppice.directory), "user");
    }

    @Test
    void shouldRunWithWorkersInSandboxes() throws Exception {
        assumeTrue(WorkerRules.gaps().isEmpty(), "this kernel leaves open: " + WorkerRules.gaps());
        assertRuns(List.of(), "sandbox");
    }

    @Test
    void shouldTellWhatItCosts() throws Exception {
        Coppice.Result result = coppice.run("bench", "isolation", "--kills", "1", "--json");
        assertEquals(0, result.exitCode(), result.out() + result.err());
        TreeSet<String> modes = new TreeSet<>();
        List<String> rowsOfMapping = new ArrayList<>();
        for (Object each : (List<?>) Objects.requireNonNull(Json.parse(result.out()))) {
            Map<?, ?> row = (Map<?, ?>) each;
            modes.add((String) row.get("isolation"));
            if ("mapping".equals(row.get("isolation"))) {
                rowsOfMapping.add((String) row.get("row"));
            }
            // A difference of two moments, of which the bench may hear late of the first one.
            assertTrue(
                    String.valueOf(row.get("row")).endsWith("after the death notice")
                            || ((Number) Objects.requireNonNull(row.get("max_us"))).doubleValue() > 0,
                    row.toString());
        }
        assertEquals(7, rowsOfMapping.size(), rowsOfMapping.toString());
        // Each is there, or it is said why not.
        Stream.of("mapping", "user", "sandbox")
                .forEach(mode -> assertEquals(
                        !modes.contains(mode),
                        result.err().contains("no rows of `isolation: " + mode + "`"),
                        result.err()));
    }
}
