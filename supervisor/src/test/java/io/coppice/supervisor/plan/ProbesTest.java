package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be a probe is refused when it is made, whoever makes it. */
class ProbesTest {
    private static final ProbeCheck TCP = new ProbeCheck.Tcp("localhost", 80);

    private static void refused(String why, Executable making) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, making).getMessage());
        assertTrue(message.contains(why), message);
    }

    private static Probe probe(ProbeCheck check, int successThreshold) {
        return new Probe(check, 0, 1_000, 1_000, successThreshold, 3);
    }

    @Test
    void shouldBoundEachNumber() {
        refused("initial delay", () -> new Probe(TCP, -1, 1_000, 1_000, 1, 3));
        refused("period", () -> new Probe(TCP, 0, Probe.MIN_PERIOD_MS - 1, 1_000, 1, 3));
        refused("timeout", () -> new Probe(TCP, 0, 1_000, 0, 1, 3));
        refused("success threshold", () -> new Probe(TCP, 0, 1_000, 1_000, 0, 3));
        refused("failure threshold", () -> new Probe(TCP, 0, 1_000, 1_000, 1, Probe.MAX_THRESHOLD + 1));
        refused("port: 0", () -> new ProbeCheck.Tcp("localhost", 0));
        refused("port: 65536", () -> new ProbeCheck.Http(false, "localhost", 65_536, "/", List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "a\r\nb", "ü"})
    void shouldRefuseWhatIsNoHost(String host) {
        assertThrows(IllegalArgumentException.class, () -> new ProbeCheck.Tcp(host, 80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "health", "/a b", "/a\r\nX: y", "/ü"})
    void shouldRefuseWhatWouldBeAnotherRequest(String path) {
        assertThrows(
                IllegalArgumentException.class, () -> new ProbeCheck.Http(false, "localhost", 80, path, List.of()));
        assertThrows(IllegalArgumentException.class, () -> new ProbeCheck.Header("X", path + "\r\nY: z"));
        assertThrows(IllegalArgumentException.class, () -> new ProbeCheck.Header(path + ":", "x"));
    }

    @Test
    void shouldRefuseExpressionsThatAreNone() {
        refused("log_line: unclosed group", () -> new ProbeCheck.LogLine("a(b"));
        refused("log_line: empty", () -> new ProbeCheck.LogLine(""));
        refused("exec: no program", () -> new ProbeCheck.Exec(List.of()));
    }

    @Test
    void shouldRefuseProbesThatMeanNothing() {
        refused("startup: its success threshold is not 1", () -> new Probes(probe(TCP, 2), null, null));
        refused("liveness: its success threshold is not 1", () -> new Probes(null, null, probe(TCP, 2)));
        refused("liveness: a log line", () -> new Probes(null, null, probe(new ProbeCheck.LogLine("up"), 1)));
    }

    @Test
    void shouldFitTheirChild() {
        Probes readiness = new Probes(null, probe(TCP, 2), null);
        refused(
                "says itself when it is ready",
                () -> ChildPlans.daemon("it").probes(readiness).plan());
        Probes logged = new Probes(null, probe(new ProbeCheck.LogLine("up"), 1), null);
        refused("its log is auto", () -> ChildPlans.command("it").probes(logged).plan());
        assertTrue(ChildPlans.command("it")
                .log(LogTarget.FILE)
                .probes(logged)
                .plan()
                .probes()
                .readLog());
    }

    @Test
    void shouldKnowWhoSaysThatItIsReady() {
        assertTrue(new Probes(null, probe(TCP, 1), null).decideReadiness());
        assertTrue(new Probes(probe(TCP, 1), null, null).decideReadiness());
        assertEquals(false, new Probes(null, null, probe(TCP, 1)).decideReadiness());
    }

    @Test
    void shouldSayWhatIsLookedAt() {
        assertEquals("tcp localhost:80", TCP.words());
        assertEquals("https://[::1]:8443/up", new ProbeCheck.Http(true, "::1", 8443, "/up", List.of()).words());
        assertEquals("log line /up$/", new ProbeCheck.LogLine("up$").words());
        assertEquals("exec test -e up", new ProbeCheck.Exec(List.of("/bin/sh", "-c", "test -e\n up")).words());
        assertEquals("exec curl -f x", new ProbeCheck.Exec(List.of("curl", "-f\n", "x")).words());
    }

    @Test
    void shouldLetNothingDependOnAnAuxiliary() {
        ChildPlan prober = ChildPlans.auxiliary("prober").plan();
        ChildPlan web = ChildPlans.command("web")
                .dependsOn(List.of(new Dependency("prober", Dependency.Condition.READY)))
                .plan();
        refused(
                "only serves others",
                () -> new Plan(
                        "shop",
                        "/m",
                        "/d",
                        "/s",
                        NoticeCommand.NONE,
                        List.of(GroupPlan.INSTANCE),
                        List.of(),
                        List.of(prober, web)));
        refused(
                "rules of its own",
                () -> ChildPlans.auxiliary("prober")
                        .restart(RestartPolicy.NEVER)
                        .plan());
    }
}
