package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Poison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key {@code agent}. */
class ManifestAgentTest {
    @TempDir
    Path temporary;

    private Workshop workshop;

    @BeforeEach
    void setUp() throws IOException {
        workshop = new Workshop(temporary);
        Path java = Files.createDirectories(workshop.folder.resolve("jdk/bin")).resolve("java");
        Files.createFile(java);
        assertTrue(java.toFile().setExecutable(true));
        release(17);
    }

    private void release(int feature) throws IOException {
        Files.writeString(workshop.folder.resolve("jdk/release"), "JAVA_VERSION=\"" + feature + ".0.1\"\n");
    }

    private static String java(String... lines) {
        return command("[jdk/bin/java, -Xmx1g, -jar, app.jar]", lines);
    }

    private static String command(String command, String... lines) {
        return "daemons:\n  it:\n    command: " + command + "\n"
                + String.join(
                        "",
                        List.of(lines).stream()
                                .map(line -> "    " + line + "\n")
                                .toList());
    }

    @Test
    void shouldPutTheAgentRightAfterJavaAndGiveTheChildASegment() {
        ChildPlan child = workshop.child(java("agent: true"));

        assertEquals(ChildPlan.Kind.DAEMON, child.kind());
        assertEquals(64 << 10, child.stateBytes());
        assertEquals(30_000, child.heartbeatTimeoutMs());
        assertEquals(Poison.NONE, child.poison());
        assertEquals(0, child.standbys());
        List<String> argv = child.argv();
        assertEquals(workshop.folder.resolve("jdk/bin/java").toString(), argv.get(0));
        String instance = workshop.base.resolve("shop").toString();
        assertEquals(
                "-javaagent:" + temporary.resolve("worker-agent/agent.jar") + "=instance=shop,name=it,segment="
                        + instance
                        + "/it.seg,lock=" + instance + "/it.lock,heartbeat-ms=30000,lib="
                        + workshop.workerLib.resolve("worker.jar"),
                argv.get(1));
        assertEquals("-XX:ErrorFile=" + instance + "/it.own/hs_err_%p.log", argv.get(2));
        assertEquals("-XX:+PerfDisableSharedMem", argv.get(3));
        assertEquals(List.of("-Xmx1g", "-jar", "app.jar"), argv.subList(4, argv.size()));
    }

    /** Of two options that contradict each other a JVM takes the later one. */
    @Test
    void shouldLetTheProgramHaveItsCountersInAFile() {
        List<String> argv = workshop.child(
                        command("[jdk/bin/java, -XX:-PerfDisableSharedMem, -jar, app.jar]", "agent: true"))
                .argv();

        assertTrue(
                argv.indexOf("-XX:+PerfDisableSharedMem") < argv.indexOf("-XX:-PerfDisableSharedMem"), argv.toString());
    }

    @Test
    void shouldTellTheAgentWhatShowsLife() {
        String agent = workshop.child(java(
                        "agent: {pools: [\"http-*\", \"a,b%\"], tcp: {port: 9092, host: db}, http: {port: 80}}",
                        "heartbeat: {timeout: 2s}"))
                .argv()
                .get(1);

        assertTrue(
                agent.contains(",heartbeat-ms=2000,pool=http-*,pool=a%2Cb%25,tcp=db:9092,http=127.0.0.1:80/,lib="),
                agent);
        assertTrue(workshop.child(java("agent: {http: {port: 80, path: /health}}"))
                .argv()
                .get(1)
                .contains("http=127.0.0.1:80/health"));
    }

    @Test
    void shouldAllowMemoryAccessWhereTheProgramsOwnJdkWouldWarn() throws IOException {
        String option = "--sun-misc-unsafe-memory-access=allow";
        assertFalse(workshop.child(java("agent: true")).argv().contains(option));
        release(25);
        assertEquals(option, workshop.child(java("agent: true")).argv().get(4));
        Files.delete(workshop.folder.resolve("jdk/release"));
        assertFalse(workshop.child(java("agent: true")).argv().contains(option));
    }

    @Test
    void shouldStayAPlainCommandWithoutIt() {
        ChildPlan plain = workshop.child(java());

        assertEquals(ChildPlan.Kind.COMMAND, plain.kind());
        assertEquals(plain, workshop.child(java("agent: false")));
    }

    @Test
    void shouldStartAnewWhatGetsAnAgentOrAnotherOne() {
        long plain = workshop.child(java()).launch();
        long agent = workshop.child(java("agent: true")).launch();

        assertNotEquals(plain, agent);
        assertNotEquals(agent, workshop.child(java("agent: {pools: [a]}")).launch());
        assertNotEquals(agent, workshop.child(java("agent: {tcp: {port: 1}}")).launch());
        assertNotEquals(
                agent,
                workshop.child(java("agent: true", "heartbeat: {timeout: 2s}")).launch());
    }

    @Test
    void shouldGiveEachReplicaASegmentOfItsOwn() {
        ManifestResult.Compiled compiled = workshop.compiled(java("agent: true", "replicas: 2", "umask: 077"));

        for (int i = 1; i <= 2; i++) {
            String argv = String.join(" ", compiled.plan().children().get(i - 1).argv());
            assertTrue(
                    argv.contains(",name=it." + i + ",segment=" + workshop.base.resolve("shop/it." + i + ".seg")),
                    argv);
            assertTrue(argv.contains("umask 077"), argv);
            assertEquals("it." + i, compiled.budget().rows().get(i).name());
        }
        assertEquals(List.of(), compiled.warnings());
    }

    @Test
    void shouldWarnOfAPortThatAllReplicasAsk() {
        List<String> warnings = workshop.compiled(java("agent: {tcp: {port: 80}}", "replicas: 2"))
                .warnings();

        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("daemons.it.agent: warning: each replica asks this port"), warnings.get(0));
    }

    @Test
    void shouldRefuseWhatIsNoJava() {
        assertEquals(
                "shop.yaml:3:14: daemons.it.command: `agent` on a text for /bin/sh, in which nobody finds the JVM,"
                        + " expected a list that starts with java, such as [java, -jar, app.jar]",
                workshop.error(command("java -jar app.jar", "agent: true")));
        assertEquals(
                "shop.yaml:3:15: daemons.it.command[0]: `agent` needs a command that starts with java, not with `sleep`,"
                        + " expected a list such as [java, -jar, app.jar];"
                        + " `umask`, `nice`, `ulimits` and `environment` are keys of their own",
                workshop.error(command("[sleep, 5]", "agent: true")));
    }

    @Test
    void shouldRefuseAJdkThatCannotLoadIt() throws IOException {
        release(11);
        assertEquals(
                "shop.yaml:3:15: daemons.it.command[0]: its JDK is older than 17, expected one of version 17 or newer, for `agent`",
                workshop.error(java("agent: true")));
    }

    @Test
    void shouldRefuseItBesideAMain() {
        assertEquals(
                "shop.yaml:5:12: daemons.it.agent: `agent` beside `main`, expected it only beside `command`;"
                        + " a `main` has all that it gives",
                workshop.error(Workshop.daemonWith("agent: true")));
        assertEquals(List.of(), workshop.errors(Workshop.daemonWith("agent: false")));
    }

    @Test
    void shouldAllowAHeartbeatOnlyWithIt() {
        assertEquals(
                List.of(), workshop.errors(java("agent: true", "heartbeat: {timeout: 2s}", "start: {timeout: 2m}")));
        String refused =
                "daemons.it.heartbeat.timeout: `heartbeat.timeout` on a plain command, expected it only beside `main` or"
                        + " `agent`; a plain command has no heartbeat; remove the key";
        assertEquals(List.of("shop.yaml:4:26: " + refused), workshop.errors(java("heartbeat: {timeout: 2s}")));
        assertEquals(
                List.of("shop.yaml:5:26: " + refused),
                workshop.errors(java("agent: false", "heartbeat: {timeout: 2s}")));
        assertEquals(
                List.of("shop.yaml:5:12: daemons.it.state: `state` on a plain command, expected it only beside `main`;"
                        + " a plain command has no segment; remove the key"),
                workshop.errors(java("agent: true", "state: 1MiB")));
    }

    @Test
    void shouldBeReadyByTheAgentsWordAndLookedAfterByALivenessProbe() {
        String probe = ": {tcp: {port: 80}}";
        assertEquals(List.of(), workshop.errors(java("agent: true", "liveness_probe" + probe)));
        for (String refused : List.of("readiness_probe", "startup_probe")) {
            String error = workshop.error(java("agent: true", refused + probe));
            assertTrue(
                    error.contains("daemons.it." + refused + ": `" + refused
                            + "` beside `agent`, expected `agent: {http: {port: 8080}}`"),
                    error);
        }
    }

    @Test
    void shouldTellWhatIsWrongInIt() {
        workshop.assertErrors(
                java("agent: {pool: [a], tcp: 80, http: {prt: 80, path: health}, colour: red}"),
                "4:13: daemons.it.agent.pool: unknown key, expected a key of `agent`; did you mean `pools`?",
                "4:29: daemons.it.agent.tcp: `80`, expected a mapping such as {port: 9092}",
                "4:39: daemons.it.agent.http: no `port`, expected {port: NUMBER}",
                "4:40: daemons.it.agent.http.prt: unknown key, expected a key of `http`; did you mean `port`?",
                "4:55: daemons.it.agent.http.path: `health`, expected a path such as /health",
                "4:64: daemons.it.agent.colour: unknown key, expected a key of `agent`: pools, tcp, http");
        assertEquals(
                "shop.yaml:4:12: daemons.it.agent: `yes`, expected `true` or `false`; did you mean `true`?",
                workshop.error(java("agent: yes")));
        assertEquals(
                "shop.yaml:4:12: daemons.it.agent: a list, expected `true`, or a mapping such as {pools: [\"http-*\"]}"
                        + " or {http: {port: 8080}}",
                workshop.error(java("agent: [a]")));
    }

    @Test
    void shouldRefuseAnotherUserWhoCouldNotWriteTheSegment() {
        assertTrue(workshop.errors(java("agent: true", "user: nobody"))
                .get(0)
                .contains("`it` has an `agent`, and its segment"));
    }

    @Test
    void shouldCountItsSegmentAndSayInTheReportWhatItIs() {
        ManifestResult.Compiled compiled = workshop.compiled(
                java("agent: {pools: [\"http-*\", \"a,b\"], tcp: {port: 9092}, http: {port: 8080, path: /health}}"));

        assertEquals(
                AgentPlanner.segmentBytes(), compiled.budget().rows().get(1).total());
        String report = CheckReport.of(Path.of("shop.yaml"), compiled);
        assertTrue(report.contains("  it  with an agent, command "), report);
        assertTrue(
                report.contains(
                        "jdk/bin/java -Xmx1g -jar app.jar\n      an agent in its JVM, with 1 library in a class loader of"
                                + " its own, segment 64KiB, heartbeat 30s while no threads are deadlocked, pool `http-*` makes"
                                + " progress, pool `a,b` makes progress, 127.0.0.1:9092 takes connections and"
                                + " http://127.0.0.1:8080/health answers, restart on-failure"),
                report);
        assertTrue(report.contains("Of commands with an agent only the segment is counted"), report);
        assertEquals(List.of(), ArchiveReport.of(compiled.plan(), workshop.surroundings()));
    }
}
