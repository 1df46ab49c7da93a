package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: the benches of the root measure a real one, and leave nothing behind. How much it is is not judged. */
class BenchSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldMeasureARootAtRestThatAllocatesNothing() throws Exception {
        Map<?, ?> row = rows("bench", "root", "--children", "3", "--seconds", "3", "--json")
                .get(0);

        assertEquals(3L, row.get("children"));
        assertEquals(1L, row.get("daemons"));
        assertTrue(number(row, "residentMib") > number(row, "anonymousMib"), row.toString());
        assertTrue(number(row, "turnsPerSecond") > 0, row.toString());
        assertEquals(0, number(row, "bytesPerTurn"), row.toString());
        assertTrue(String.valueOf(row.get("threads")).contains("duty cycle"), row.toString());
    }

    @Test
    void shouldMeasureAnAdoption() throws Exception {
        List<Map<?, ?>> rows = rows("bench", "adoption", "--children", "4", "--rounds", "1", "--json");

        Map<?, ?> adopted = rows.stream()
                .filter(row -> String.valueOf(row.get("what")).endsWith("to all children adopted"))
                .findFirst()
                .orElseGet(() -> fail("no such row in " + rows));
        assertEquals(1L, adopted.get("n"));
        assertTrue(number(adopted, "p50Ms") > 0, adopted.toString());
    }

    @Test
    void shouldLookAtAHundredThousandHeartbeatsWithoutAllocating() throws Exception {
        List<Map<?, ?>> rows = rows("bench", "heartbeat", "--json");

        for (String what : List.of("10 daemons, a segment each, p50", "100000 daemons, a page each, p50")) {
            assertTrue(
                    rows.stream().anyMatch(row -> what.equals(row.get("what")) && number(row, "value") > 0),
                    what + " in " + rows);
        }
        rows.stream()
                .filter(row -> "bytes per scan".equals(row.get("unit")))
                .forEach(row -> assertEquals(0, number(row, "value"), rows.toString()));
    }

    @Test
    void shouldMeasureEachRecoveryThatThisMachineCanHave() throws Exception {
        Coppice.Result result =
                coppice.run("bench", "recovery", "--kills", "1", "--heap", "32", "--state", "1MiB", "--json");

        assertEquals(0, result.exitCode(), result.out() + result.err());
        Set<String> expected = new TreeSet<>(Set.of(
                "standby",
                "standby after death notice",
                "death notice",
                "standby, death word, touched 4 KiB",
                "death notice of the same kills",
                "cold",
                "cold with archive",
                "cold, touched 4 KiB pages",
                "death notice, touched 4 KiB pages",
                "empty daemon to ready",
                "empty daemon to ready with archive",
                "empty JVM to main",
                "submit to result, standby",
                "submit to result, cold",
                "task in a JVM made for it",
                "task called",
                "a transaction of many, 1 slot",
                "a transaction of many, 2 slots",
                "a transaction of many, 4 slots"));
        rowIfInstalled("cc", "C fork", result.err(), expected);
        rowIfInstalled("runsv", "runsv, cold", result.err(), expected);
        Set<String> found = new TreeSet<>();
        for (Object each : (List<?>) Objects.requireNonNull(Json.parse(result.out()))) {
            Map<?, ?> row = (Map<?, ?>) each;
            assertTrue(found.add((String) row.get("row")), result.out());
            assertEquals(
                    Set.of("row", "jdk", "heap_mib", "kills", "p50_us", "p90_us", "p99_us", "max_us"), row.keySet());
            assertEquals(1, number(row, "kills"), row.toString());
            assertEquals("C fork".equals(row.get("row")) ? 0 : 32, number(row, "heap_mib"), row.toString());
            assertTrue(number(row, "p50_us") <= number(row, "max_us"), row.toString());
            // A difference of two moments, of which the bench may hear late of the first one; and a call takes less
            // than 1 µs.
            assertTrue(
                    0 < number(row, "p50_us")
                            || Set.of("standby after death notice", "task called")
                                    .contains(row.get("row")),
                    row.toString());
        }
        assertEquals(expected, found);
        assertTrue(result.err().contains("parked standby of standby-32: "), result.err());
        assertNothingIsLeft();
    }

    /** Else the reason why there is no such row is told. */
    private static void rowIfInstalled(String program, String row, String err, Set<String> rows) {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        if (installed) {
            rows.add(row);
        }
        assertEquals(!installed, err.contains("no row of " + program + ": it is not on PATH"), err);
    }

    /** Of a bench that has ended; another one may run on this machine. */
    private static void assertNothingIsLeft() {
        List<String> left = ProcessHandle.allProcesses()
                .filter(process -> commandLine(process).contains("/coppice-bench"))
                .filter(process -> Stream.iterate(
                                Optional.of(process), Optional::isPresent, each -> each.flatMap(ProcessHandle::parent))
                        .flatMap(Optional::stream)
                        .noneMatch(each -> commandLine(each).contains("io.coppice.ops.Main")))
                .map(BenchSystemTest::commandLine)
                .toList();
        assertEquals(List.of(), left);
    }

    private static String commandLine(ProcessHandle process) {
        return process.info().commandLine().orElse("");
    }

    private List<Map<?, ?>> rows(String... arguments) throws Exception {
        Coppice.Result result = coppice.run(arguments);
        assertEquals(0, result.exitCode(), result.out() + result.err());
        Map<?, ?> report = (Map<?, ?>) Objects.requireNonNull(Json.parse(result.out()));
        List<?> rows = (List<?>) Objects.requireNonNull(report.get("rows"));
        return rows.stream().<Map<?, ?>>map(row -> (Map<?, ?>) row).toList();
    }

    private static double number(Map<?, ?> row, String field) {
        @Nullable Object value = row.get(field);
        return value instanceof Number number ? number.doubleValue() : fail("no number `" + field + "` in " + row);
    }
}
