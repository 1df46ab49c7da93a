package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.os.KernelGap;
import io.coppice.supervisor.os.Landlock;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code isolation: sandbox}, and the daemons that are exempt from it. */
class ManifestSandboxTest {
    private static final String SANDBOX = "isolation: sandbox\n";
    private static final String DAEMONS = """
            daemons:
              ingest: {main: com.example.Ingest, classpath: [lib/shop.jar], transactions: {slots: 2}}
              rates: {main: com.example.Rates, classpath: [lib/shop.jar], transactions: {slots: 1}%s}
              web: {command: [sleep, "60"], readiness_probe: {exec: ["true"]}}
            """;

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        assumeTrue(Landlock.abi() > 0 && !WorkerRules.gaps().contains(KernelGap.FILTER), "this kernel has no sandbox");
        shop = new Workshop(temporary);
    }

    @AfterEach
    void believeInTheKernelAgain() {
        System.clearProperty(Landlock.ABI_PROPERTY);
    }

    private static Set<String> restricted(Plan plan) {
        return plan.children().stream()
                .filter(ChildPlan::restricted)
                .map(ChildPlan::name)
                .collect(Collectors.toSet());
    }

    @Test
    void shouldPutEachProcessIntoASandboxButTheProber() {
        Plan plan = shop.compiled(SANDBOX + DAEMONS.formatted("")).plan();
        assertEquals(Isolation.SANDBOX, plan.isolation());
        assertEquals(Set.of("ingest", "ingest@1", "ingest@2", "rates", "rates@1", "web"), restricted(plan));
        Plan same = shop.compiled("isolation: {mode: sandbox}\n" + DAEMONS.formatted(""))
                .plan();
        assertEquals(plan, same);
    }

    @Test
    void shouldLeaveOutADaemonThatSaysSoAndItsTransactions() {
        String exempt = DAEMONS.formatted(", isolation: mapping");
        Plan plan = shop.compiled(SANDBOX + exempt).plan();
        assertEquals(Set.of("ingest", "ingest@1", "ingest@2", "web"), restricted(plan));
        String report = report(SANDBOX + exempt);
        assertTrue(report.contains("isolation  sandbox: "), report);
        assertTrue(report.contains("\n           Nothing is kept from rates, as `isolation` says there\n"), report);
        assertFalse(report.contains("This kernel leaves open"), report);
        Plan without = shop.compiled(SANDBOX + DAEMONS.formatted("")).plan();
        assertNotEquals(launch(without, "rates"), launch(plan, "rates"));
        assertNotEquals(launch(without, "rates@1"), launch(plan, "rates@1"));
        assertEquals(launch(without, "ingest"), launch(plan, "ingest"));
    }

    @Test
    void shouldNameTheJvmsWhoseCountersOthersMaySpoil() {
        String commands = """
                daemons:
                  bare: {command: [/bin/java, -jar, app.jar]}
                  told: {command: [/bin/java, -XX:+PerfDisableSharedMem, -jar, app.jar]}
                  none: {command: [/bin/java, -XX:-UsePerfData, -jar, app.jar]}
                  tool: {command: [/bin/java, -jar, app.jar], environment: {JAVA_TOOL_OPTIONS: "-Xmx1g -XX:-UsePerfData"}}
                  open: {command: [/bin/java, -jar, app.jar], isolation: mapping}
                  other: {command: [/bin/sleep, "60"]}
                """;
        String told =
                "\n           The counters of its JVM are in a file that others in sandboxes may cut off, which ends it: bare\n"
                        + "           (-XX:+PerfDisableSharedMem after `java` takes the file away)\n";
        assertTrue(report(SANDBOX + commands).contains(told), report(SANDBOX + commands));
        assertFalse(report(SANDBOX + DAEMONS.formatted("")).contains("counters"));
    }

    @Test
    void shouldSayWhereNothingCanBeMade() throws IOException {
        String lead =
                "\n           Nothing can be made, renamed or removed directly in these, as they lead to what is protected:\n           ";
        List<Path> closed =
                shop.compiled(SANDBOX + DAEMONS.formatted("")).closed().find();
        assertTrue(closed.contains(shop.folder.toRealPath()), closed::toString);
        String report = report(SANDBOX + DAEMONS.formatted(""));
        assertTrue(report.contains(lead + closed.get(0)), report);
        assertFalse(report(DAEMONS.formatted("")).contains("Nothing can be made"));
    }

    private String report(String yaml) {
        return CheckReport.of(Path.of("shop.yaml"), shop.compiled(yaml));
    }

    private static long launch(Plan plan, String name) {
        return plan.children().stream()
                .filter(child -> child.name().equals(name))
                .findFirst()
                .orElseThrow()
                .launch();
    }

    @Test
    void shouldWarnOfAFileThatHasAnotherName() throws IOException {
        String yaml = SANDBOX + DAEMONS.formatted("");
        assertEquals(List.of(), hardLinks(yaml));
        Path jar = shop.folder.resolve("lib/shop.jar").toRealPath();
        Files.createLink(jar.resolveSibling("other.jar"), jar);
        assertEquals(
                List.of(
                        "1:12: isolation: warning: processes in sandboxes may change " + jar
                                + ", which others start from, by another name: it has 2 (hard links); copy it instead of linking it"),
                hardLinks(yaml));
    }

    private List<String> hardLinks(String yaml) {
        return shop.compiled(yaml).warnings().stream()
                .filter(warning -> warning.contains("hard links"))
                .map(warning -> warning.substring(warning.indexOf("1:12")))
                .toList();
    }

    @Test
    void shouldRefuseOtherValuesAndIds() {
        shop.assertErrors(
                SANDBOX + DAEMONS.formatted(", isolation: user"),
                "4:100: daemons.rates.isolation: `user`, expected `mapping`, by which it is in no sandbox; the mode of all is a key at the top of the manifest");
        assertTrue(shop.errors("isolation: {mode: sandbox, ids: 300000-300999}\n" + DAEMONS.formatted(""))
                .get(0)
                .contains("`ids` with `mode: sandbox`, expected it only with `mode: user`"));
    }

    @Test
    void shouldSayWhatAKernelLeavesOpen() {
        System.setProperty(Landlock.ABI_PROPERTY, "3");
        String report = report(SANDBOX + DAEMONS.formatted(""));
        assertTrue(
                report.contains(
                        "\n           This kernel leaves open: it may send signals to every process of its user (needs Linux 6.12)\n"),
                report);
        System.setProperty(Landlock.ABI_PROPERTY, "0");
        List<String> errors = shop.errors(SANDBOX + DAEMONS.formatted(""));
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(
                errors.get(0).contains("isolation: a sandbox cannot be made here: no file, process or signal is kept"),
                errors.get(0));
        assertTrue(
                errors.get(0).contains("expected a kernel that can, `isolation: user` or `isolation: mapping`"),
                errors.get(0));
    }
}
