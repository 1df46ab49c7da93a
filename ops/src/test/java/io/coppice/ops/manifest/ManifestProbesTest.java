package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.RestartPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of probes, and what comes of them. */
class ManifestProbesTest {
    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    private static ChildPlan child(Plan plan, String name) {
        return plan.children().stream()
                .filter(child -> child.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Plan plan(String probes) {
        return shop.compiled(
                        "daemons:\n  it:\n    command: [sleep, \"1\"]\n    " + probes.replace(";", "\n    ") + "\n")
                .plan();
    }

    private static Probe byDefault(ProbeCheck check) {
        return new Probe(check, 0, 10_000, 1_000, 1, 3);
    }

    @Test
    void shouldHaveTheDefaultsPeopleKnow() {
        assertEquals(
                new Probes(null, byDefault(new ProbeCheck.Tcp("127.0.0.1", 5432)), null),
                child(plan("readiness_probe: {tcp: {port: 5432}}"), "it").probes());
        assertEquals(
                new Probes(null, null, byDefault(new ProbeCheck.Http(false, "127.0.0.1", 80, "/", List.of()))),
                child(plan("liveness_probe: {http: {port: 80}}"), "it").probes());
    }

    @Test
    void shouldReadAllOfIt() {
        assertEquals(
                new Probes(
                        new Probe(
                                new ProbeCheck.Http(
                                        true,
                                        "::1",
                                        8443,
                                        "/up?deep=1",
                                        List.of(new ProbeCheck.Header("Accept", "text/plain"))),
                                500,
                                1_000,
                                200,
                                1,
                                30),
                        new Probe(new ProbeCheck.Exec(List.of("/bin/sh", "-c", "test -e up")), 0, 10_000, 1_000, 2, 3),
                        byDefault(new ProbeCheck.Tcp("localhost", 80))),
                child(
                                plan(
                                        "startup_probe: {http: {port: 8443, host: \"::1\", scheme: https, path: \"/up?deep=1\","
                                                + " headers: {Accept: text/plain}}, initial_delay: 500ms, period: 1s, timeout: 200ms,"
                                                + " failure_threshold: 30};readiness_probe: {exec: test -e up, success_threshold: 2};"
                                                + "liveness_probe: {tcp: {port: 80, host: localhost}}"),
                                "it")
                        .probes());
    }

    @Test
    void shouldRunAProgramByItsPathAndByTheRulesOfItsDaemon() {
        Probe plain =
                child(plan("liveness_probe: {exec: [sleep, 1]}"), "it").probes().liveness();
        ProbeCheck.Exec exec =
                (ProbeCheck.Exec) java.util.Objects.requireNonNull(plain).check();
        assertTrue(exec.argv().get(0).startsWith("/") && exec.argv().get(0).endsWith("/sleep"), exec.toString());
        Probe masked = child(plan("umask: \"077\";liveness_probe: {exec: [sleep, 1]}"), "it")
                .probes()
                .liveness();
        exec = (ProbeCheck.Exec) java.util.Objects.requireNonNull(masked).check();
        assertTrue(exec.argv().get(2).contains("umask 077 && exec"), exec.toString());
        assertTrue(exec.words().matches("exec /.*/sleep 1"), exec.words());
    }

    @Test
    void shouldWaitForALineInTheLogFile() {
        ChildPlan it = child(plan("readiness_probe: {log_line: \"^up in [0-9]+ ms$\"}"), "it");
        assertEquals(new Probes(null, byDefault(new ProbeCheck.LogLine("^up in [0-9]+ ms$")), null), it.probes());
        assertEquals(LogTarget.FILE, it.log());
    }

    @Test
    void shouldAddOneProberForAllAndOnlyWhereThereIsAProbe() {
        Plan plan = shop.compiled("""
                daemons:
                  web: {command: [sleep, "1"], readiness_probe: {tcp: {port: 80}}}
                  db: {command: [sleep, "1"], liveness_probe: {tcp: {port: 81}}}
                """).plan();
        assertEquals(
                List.of("web", "db", "prober"),
                plan.children().stream().map(ChildPlan::name).toList());
        ChildPlan prober = child(plan, "prober");
        assertEquals(ChildPlan.Kind.AUXILIARY, prober.kind());
        assertEquals(RestartPolicy.ALWAYS, prober.restart());
        assertEquals(ChildPlan.UNLIMITED_RESTARTS, prober.maxRestarts());
        assertEquals(1, plan("restart: always").children().size());
    }

    @Test
    void shouldTellOfItInACheck() {
        ManifestResult.Compiled compiled = shop.compiled("""
                daemons:
                  web:
                    command: [sleep, "1"]
                    readiness_probe: {tcp: {port: 80}, period: 2s, initial_delay: 1s}
                """);
        String report = CheckReport.of(Path.of("shop.yaml"), compiled);
        assertTrue(report.contains(", 1 daemon, in the order"), report);
        assertTrue(report.contains("prober  runs the probes of the others"), report);
        assertTrue(
                report.contains("readiness by tcp 127.0.0.1:80 every 2s after 1s, 3 failures in a row decide"), report);
        assertTrue(
                compiled.budget().rows().stream()
                        .anyMatch(row -> row.name().equals("prober") && row.heap() == 24 << 20),
                report);
    }

    /** One line below the plain command `it`, in which it stands in column 5, and what is said about it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "readiness_probe: {} | 4:5: daemons.it.readiness_probe: nothing to look at, expected one of `exec`, `http`, `tcp`, `log_line`",
                "liveness_probe: {period: 5s} | 4:30: daemons.it.liveness_probe: nothing to look at, expected one of `exec`, `http`, `tcp`",
                "readiness_probe: 5s | 4:22: daemons.it.readiness_probe: `5s`, expected a mapping of exec, http, tcp, log_line, initial_delay, period, timeout, success_threshold, failure_threshold; did you mean `{exec: 5s}`?",
                "readiness_probe: {tcp: {port: 80}, exec: 'true'} | 4:35: daemons.it.readiness_probe: `exec` and `tcp`, expected one of `exec`, `http`, `tcp`, `log_line`",
                "readiness_probe: {http_get: {port: 80}} | 4:23: daemons.it.readiness_probe.http_get: unknown key, expected a key of `readiness_probe`; did you mean `http`?",
                "readiness_probe: {tcpSocket: {port: 80}} | 4:23: daemons.it.readiness_probe.tcpSocket: unknown key, expected a key of `readiness_probe`; did you mean `tcp`?",
                "readiness_probe: {tcp: {port: 80}, period_seconds: 10} | 4:40: daemons.it.readiness_probe.period_seconds: unknown key, expected a key of `readiness_probe`; did you mean `period`?",
                "readiness_probe: {tcp: {port: 80}, periodSeconds: 10} | 4:40: daemons.it.readiness_probe.periodSeconds: unknown key, expected a key of `readiness_probe`; did you mean `period`?",
                "readiness_probe: {tcp: {port: 80}, initialDelaySeconds: 10} | 4:40: daemons.it.readiness_probe.initialDelaySeconds: unknown key, expected a key of `readiness_probe`; did you mean `initial_delay`?",
                "readiness_probe: {tcp: {port: 80}, timeout_seconds: 1} | 4:40: daemons.it.readiness_probe.timeout_seconds: unknown key, expected a key of `readiness_probe`; did you mean `timeout`?",
                "readiness_probe: {tcp: {port: 80}, failureThreshold: 1} | 4:40: daemons.it.readiness_probe.failureThreshold: unknown key, expected a key of `readiness_probe`; did you mean `failure_threshold`?",
                "healthcheck: {tcp: {port: 80}} | 4:5: daemons.it.healthcheck: unknown key, expected a key of a daemon; did you mean `readiness_probe`?",
                "readinessProbe: {tcp: {port: 80}} | 4:5: daemons.it.readinessProbe: unknown key, expected a key of a daemon; did you mean `readiness_probe`?",
                "liveness_probe: {log_line: up} | 4:22: daemons.it.liveness_probe.log_line: unknown key, expected a key of `liveness_probe`: exec, http, tcp, initial_delay, period, timeout, success_threshold, failure_threshold",
                "readiness_probe: {tcp: {}} | 4:23: daemons.it.readiness_probe.tcp: no `port`, expected {port: 8080}",
                "readiness_probe: {http: {path: /up}} | 4:36: daemons.it.readiness_probe.http: no `port`, expected {port: 8080}",
                "readiness_probe: {tcp: 80} | 4:28: daemons.it.readiness_probe.tcp: `80`, expected a mapping of port, host; did you mean `{port: 80}`?",
                "readiness_probe: {tcp: {port: 0}} | 4:35: daemons.it.readiness_probe.tcp.port: `0`, expected a number from 1 to 65535",
                "readiness_probe: {tcp: {port: http}} | 4:35: daemons.it.readiness_probe.tcp.port: `http`, expected a number from 1 to 65535",
                "readiness_probe: {tcp: {port: 80, host: a b}} | 4:45: daemons.it.readiness_probe.tcp.host: `a b`, expected the name or the address of a machine, such as `127.0.0.1`",
                "readiness_probe: {http: {port: 80, path: up}} | 4:46: daemons.it.readiness_probe.http.path: `up`, expected a path such as `/health`",
                "readiness_probe: {http: {port: 80, scheme: HTTPS}} | 4:48: daemons.it.readiness_probe.http.scheme: `HTTPS`, expected one of `http`, `https`; did you mean `https`?",
                "readiness_probe: {http: {port: 80, headers: {A B: c}}} | 4:50: daemons.it.readiness_probe.http.headers.A B: `A B: c` cannot be a header, expected a name without spaces or colons, and a value of printable ASCII",
                "readiness_probe: {http: {port: 80, headers: [A]}} | 4:49: daemons.it.readiness_probe.http.headers: a list, expected a mapping such as {Accept: text/plain}; write `NAME: VALUE`",
                "readiness_probe: {exec: {command: [ls]}} | 4:29: daemons.it.readiness_probe.exec: a mapping, expected a list that is executed, such as [pg_isready, -q], or a text for /bin/sh -c; write `exec: [PROGRAM, ARGUMENT]`, not `exec: {command: …}`",
                "readiness_probe: {exec: [CMD, pg_isready, -q]} | 4:29: daemons.it.readiness_probe.exec: a list that begins with `CMD`, expected a list that is executed, such as [pg_isready, -q], or a text for /bin/sh -c; write it without `CMD`",
                "readiness_probe: {exec: [CMD-SHELL, exit 0]} | 4:29: daemons.it.readiness_probe.exec: a list that begins with `CMD-SHELL`, expected a list that is executed, such as [pg_isready, -q], or a text for /bin/sh -c; write only the text that follows",
                "readiness_probe: {exec: [slep]} | 4:30: daemons.it.readiness_probe.exec[0]: no program `slep` on PATH (PATH), expected an installed program, or a path to one; did you mean `sleep`?",
                "readiness_probe: {log_line: 'a(b'} | 4:33: daemons.it.readiness_probe.log_line: `a(b` is no regular expression (unclosed group at character 4), expected one as Java has them, such as `Server started`; a backslash before a character takes its meaning away",
                "readiness_probe: {tcp: {port: 80}, period: 10ms} | 4:48: daemons.it.readiness_probe.period: `10ms` is out of range, expected 100ms to 8760h",
                "liveness_probe: {tcp: {port: 80}, success_threshold: 2} | 4:58: daemons.it.liveness_probe.success_threshold: `2`, expected 1",
                "readiness_probe: {tcp: {port: 80}, failure_threshold: 0} | 4:59: daemons.it.readiness_probe.failure_threshold: `0`, expected a number from 1 to 10000",
            })
    void shouldSayWhatIsWrong(String line, String expected) {
        List<String> errors = shop.errors(Workshop.commandWith(line)).stream()
                .map(error -> error.replaceAll("on PATH \\(`[^`]*`\\)", "on PATH (PATH)"))
                .toList();
        assertTrue(errors.contains("shop.yaml:" + expected.strip()), () -> String.join("\n", errors));
    }

    @Test
    void shouldNotTakeALineOfTheJournal() {
        List<String> errors = shop.errors(
                "daemons:\n  it:\n    command: [sleep, \"1\"]\n    log: journal\n    readiness_probe: {log_line: up}\n");
        assertEquals(
                List.of("shop.yaml:5:33: daemons.it.readiness_probe.log_line: `log: journal` beside it, and the line is"
                        + " looked for in the log file, expected `log: file`"),
                errors);
    }

    /** All of them are asked at one port; a program is told which one it is to look after. */
    @Test
    void shouldLookAfterEachReplicaAndWarnOfWhatCannotTellThem() {
        ManifestResult.Compiled compiled = shop.compiled("""
                daemons:
                  web:
                    command: [sleep, "1"]
                    replicas: 2
                    readiness_probe: {exec: 'test -e up.$COPPICE_REPLICA'}
                    liveness_probe: {tcp: {port: 80}}
                """);
        assertEquals(
                List.of("web.1", "web.2", "prober"),
                compiled.plan().children().stream().map(ChildPlan::name).toList());
        for (int i = 1; i <= 2; i++) {
            ChildPlan replica = child(compiled.plan(), "web." + i);
            assertEquals(
                    byDefault(new ProbeCheck.Exec(List.of("/bin/sh", "-c", "test -e up.$COPPICE_REPLICA"))),
                    replica.probes().readiness());
            assertEquals(String.valueOf(i), replica.environment().get("COPPICE_REPLICA"));
        }
        assertEquals(
                List.of(
                        "shop.yaml:6:34: daemons.web.liveness_probe.tcp.port: warning: each replica is asked at this port,"
                                + " where any of them may answer; `$((79 + COPPICE_REPLICA))` is one of its own"),
                compiled.warnings().stream()
                        .map(warning -> warning.substring(warning.indexOf("shop.yaml")))
                        .toList());
    }

    @Test
    void shouldCountTheProberAmongTheChildren() {
        StringBuilder manifest = new StringBuilder("daemons:\n");
        for (int i = 0; i < PlanBounds.MAX_CHILDREN; i++) {
            manifest.append("  d").append(i).append(": {command: [sleep, \"1\"]}\n");
        }
        String probed = manifest.toString().replace("d7: {", "d7: {liveness_probe: {tcp: {port: 80}}, ");
        assertEquals(
                "shop.yaml:1:1: daemons: 512 daemons, and the process that runs their probes, expected at most 512 together",
                shop.error(probed));
        assertEquals(
                PlanBounds.MAX_CHILDREN,
                shop.compiled(manifest.toString()).plan().children().size());
    }

    /** Where its output goes is part of how it is started. */
    @Test
    void shouldStartItAnewWhereALineIsToBeSeenInAFile() {
        long plain = child(plan("restart: always"), "it").launch();
        assertEquals(
                plain, child(plan("readiness_probe: {tcp: {port: 80}}"), "it").launch());
        ChildPlan line = child(plan("readiness_probe: {log_line: up}"), "it");
        assertEquals(child(plan("log: file"), "it").launch(), line.launch());
        assertNotEquals(plain, line.launch());
    }

    @Test
    void shouldKeepTheNameOfTheProber() {
        assertEquals(
                "shop.yaml:1:11: daemons.prober: `prober` is the name of the process that runs probes, expected another name",
                shop.error("daemons: {prober: {command: [sleep, \"1\"]}}\n"));
    }

    @Test
    void shouldStandBelowADaemon() {
        assertEquals(
                "shop.yaml:1:35: defaults.liveness_probe.tcp.port: `liveness_probe.tcp.port` in `defaults`, expected it below a daemon",
                shop.error(
                        "defaults: {liveness_probe: {tcp: {port: 80}}}\ndaemons: {it: {command: [sleep, \"1\"]}}\n"));
    }

    @Test
    void shouldLookAtADaemonsLifeToo() {
        List<String> errors = shop.errors(Workshop.daemonWith("liveness_probe: {tcp: {port: 80}}"));
        assertEquals(List.of(), errors);
    }
}
