package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.ops.view.PlanFile;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.ResumePoint;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are given the name of a daemon with replicas, or that of one replica. */
class ReplicaCommandsTest {
    private static final Probes PROBED =
            new Probes(null, new Probe(new ProbeCheck.Tcp("127.0.0.1", 80), 0, 1_000, 1_000, 1, 3), null);

    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    /** Rows: web.1, web.2, web.3, all ready, in their first incarnation; and db. */
    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        for (int i = 0; i < 4; i++) {
            String name = i < 3 ? "web." + (i + 1) : "db";
            int pid = 70 + i;
            shop.child(i, row -> {
                row.reset(name, ChildKind.COMMAND);
                row.wanted(WantedCode.UP);
                row.state(ChildStateCode.READY);
                row.pid(pid);
                row.startTicks(10L * pid);
                row.incarnation(1);
            });
        }
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    private FakeRoot rootThatSays(Function<String, String> answer) throws IOException {
        return new FakeRoot(shop.directory.controlSocket(), answer);
    }

    /** Restarts at once what it is asked to; a replica of that number fails. */
    private String restart(String request, int failing) {
        int number = Integer.parseInt(request.substring("coppice/1 restart web.".length()));
        shop.child(number - 1, row -> {
            row.incarnation(2);
            row.pid(number == failing ? 0 : 80 + number);
            row.state(number == failing ? ChildStateCode.FAILED : ChildStateCode.READY);
        });
        return "ok 1\n";
    }

    @Test
    void shouldRestartReplicasOneAtATime() throws Exception {
        try (FakeRoot root = rootThatSays(request -> restart(request, 0))) {
            Result result = harness.run("restart", "web");
            assertEquals(
                    "web: restarting 3 replicas, one at a time\n"
                            + "web.1: ready (pid 81, incarnation 2), 1 of 3\n"
                            + "web.2: ready (pid 82, incarnation 2), 2 of 3\n"
                            + "web.3: ready (pid 83, incarnation 2), 3 of 3\n",
                    result.out());
            assertEquals("", result.err());
            assertEquals(0, result.exitCode());
            assertEquals(3, root.requests().size());
        }
    }

    @Test
    void shouldBeginWithThoseThatAreNotReady() throws Exception {
        shop.child(2, row -> row.state(ChildStateCode.BACKOFF));
        try (FakeRoot root = rootThatSays(request -> restart(request, 0))) {
            assertEquals(0, harness.run("restart", "web", "web.1").exitCode());
            assertEquals(
                    List.of("coppice/1 restart web.3", "coppice/1 restart web.1", "coppice/1 restart web.2"),
                    root.requests());
        }
    }

    @Test
    void shouldRestartSetsAfterAllElse() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            if (!request.endsWith(" db")) {
                return restart(request, 0);
            }
            shop.child(3, row -> row.incarnation(2));
            return "ok 1\n";
        })) {
            assertEquals(0, harness.run("restart", "--all").exitCode());
            assertEquals(
                    List.of("db", "web.1", "web.2", "web.3"),
                    root.requests().stream()
                            .map(request -> request.split(" ")[2])
                            .toList());
        }
    }

    @Test
    void shouldNotTouchASetIfSomethingElseDidNotComeBack() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            shop.child(3, row -> row.state(ChildStateCode.FAILED));
            return "ok 1\n";
        })) {
            Result result = harness.run("restart", "web", "db");
            assertEquals(1, result.exitCode());
            assertTrue(result.err().endsWith("coppice: The replicas of web were not touched.\n"), result.err());
            assertEquals(List.of("coppice/1 restart db"), root.requests());
        }
    }

    @Test
    void shouldEndWithTheFirstThatDoesNotComeBack() throws Exception {
        try (FakeRoot root = rootThatSays(request -> restart(request, 2))) {
            Result result = harness.run("restart", "web");
            assertEquals(1, result.exitCode());
            assertTrue(result.err().startsWith("coppice: Could not restart web.2: it failed"), result.err());
            assertTrue(
                    result.err().endsWith("coppice: The restart of web ends here; not touched: web.3.\n"),
                    result.err());
            assertEquals(List.of("coppice/1 restart web.1", "coppice/1 restart web.2"), root.requests());
        }
    }

    @Test
    void shouldTakeNoneDownBesideOneThatHasFailedMeanwhile() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            String reply = restart(request, 0);
            shop.child(2, row -> row.state(ChildStateCode.FAILED));
            return reply;
        })) {
            Result result = harness.run("restart", "web");
            assertEquals(1, result.exitCode());
            assertEquals(
                    "coppice: Did not restart web.2, lest two are down: web.3 is failed.\n"
                            + "coppice: The restart of web ends here; not touched: web.3.\n",
                    result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldWaitForAnotherThatIsDownBeforeItTakesOneDown() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            String reply = restart(request, 0);
            shop.child(2, row -> row.state(ChildStateCode.BACKOFF));
            harness.nowNs += Duration.ofSeconds(80).toNanos();
            return reply;
        })) {
            Result result = harness.run("restart", "web", "--timeout", "80s");
            assertEquals(1, result.exitCode());
            assertTrue(result.err().contains("lest two are down: web.3 is backoff."), result.err());
            assertEquals(1, root.requests().size());
        }
    }

    /** Has the table say of web.3 what its probe found. */
    private void webThree(boolean unhealthy) {
        ResumePoint known = shop.root().resume(2).get();
        try {
            RecordComponent[] components = ResumePoint.class.getRecordComponents();
            Object[] values = new Object[components.length];
            Class<?>[] types = new Class<?>[components.length];
            for (int i = 0; i < values.length; i++) {
                types[i] = components[i].getType();
                values[i] = components[i].getName().equals("unhealthy")
                        ? unhealthy
                        : components[i].getAccessor().invoke(known);
            }
            shop.root()
                    .resume(2)
                    .set(ResumePoint.class.getDeclaredConstructor(types).newInstance(values));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        shop.root().commit();
    }

    @Test
    void shouldTakeOneThatIsUnhealthyForOneThatIsDown() throws Exception {
        writePlan(3);
        webThree(true);
        try (FakeRoot root = rootThatSays(request -> {
            String reply = restart(request, 0);
            webThree(!request.endsWith("web.3"));
            harness.nowNs += Duration.ofSeconds(40).toNanos();
            return reply;
        })) {
            Result result = harness.run("restart", "web", "--timeout", "80s");
            assertEquals(1, result.exitCode());
            assertEquals(
                    List.of("coppice/1 restart web.3", "coppice/1 restart web.1"), root.requests(), "it comes first");
            assertTrue(
                    result.err().contains("Did not restart web.2, lest two are down: web.3 is ready, unhealthy."),
                    result.err());
        }
    }

    @Test
    void shouldStopAndKillAllReplicasOrOne() throws Exception {
        try (FakeRoot root = rootThatSays(request -> "ok 1\n")) {
            Result all = harness.run("kill", "web", "db");
            assertEquals(0, all.exitCode(), all.err());
            assertEquals(
                    List.of("web.1", "web.2", "web.3", "db"),
                    root.requests().stream()
                            .map(request -> request.split(" ")[2])
                            .toList());
            assertEquals(
                    "web.2: sent KILL to incarnation 1\n",
                    harness.run("kill", "web.2").out());
        }
    }

    @Test
    void shouldShowReplicasByTheNameOfTheirDaemon() {
        assertEquals(
                4,
                harness.run("status", "web")
                                .out()
                                .lines()
                                .filter(line -> !line.isBlank())
                                .count()
                        - 1);
        assertFalse(harness.run("status", "web").out().contains("db"), "only these");
        assertTrue(harness.run("status", "web.2").out().contains("web.2"));
    }

    @Test
    void shouldKnowSetsWhereItSuggests() {
        Result result = harness.run("status", "wbe");
        assertEquals(3, result.exitCode());
        assertTrue(result.err().contains("Did you mean web?"), result.err());
        assertTrue(result.err().contains("It has: web (3 replicas), db."), result.err());
        assertEquals(3, harness.run("status", "web.4").exitCode());
    }

    @Test
    void shouldSayThatEachReplicaHasItsOwnSegment() {
        Result result = harness.run("state", "web");
        assertEquals(2, result.exitCode(), result.err());
        assertTrue(result.err().contains("Name one: web.1, web.2, web.3."), result.err());
    }

    private void writePlan(int count) throws IOException {
        Plan plan = PlanFile.read(shop.directory).plan().orElseThrow();
        ChildPlan web = plan.children().stream()
                .filter(child -> child.name().equals("web"))
                .findFirst()
                .orElseThrow();
        ReplicaSet set = new ReplicaSet("web", 3, count);
        Files.writeString(
                shop.directory.plan(),
                PlanText.write(new Plan(
                        "shop",
                        "/shop.yaml",
                        plan.directory(),
                        plan.segmentDirectory(),
                        plan.notice(),
                        plan.groups(),
                        List.of(set),
                        set.childNames().stream()
                                .map(name -> web.toBuilder()
                                        .name(name)
                                        .probes(PROBED)
                                        .plan())
                                .toList())));
    }

    @Test
    void shouldPrintTheLogsOfAllReplicasUnderHeadings() throws Exception {
        writePlan(3);
        Files.writeString(shop.directory.log("web.1"), "one\ntwo\nthree");
        Files.writeString(shop.directory.log("web.3"), "four\n");
        assertEquals(
                "==> web.1 <==\none\ntwo\nthree\n\n==> web.3 <==\nfour\n",
                harness.run("logs", "web").out());
        assertEquals(
                "==> web.1 <==\nthree\n\n==> web.3 <==\nfour\n",
                harness.run("logs", "web", "-n", "1").out());
        assertEquals("four\n", harness.run("logs", "web.3").out());
    }

    @Test
    void shouldKnowASetWithoutReplicas() throws Exception {
        shop.root().childCount(0);
        shop.root().commit();
        writePlan(0);
        Result logs = harness.run("logs", "web");
        assertEquals(1, logs.exitCode());
        assertEquals("coppice: web has no replicas now.\n", logs.err());
        for (String command : List.of("stop", "restart")) {
            assertEquals("web: no replicas\n", harness.run(command, "web").out());
        }
        assertEquals(0, harness.run("kill", "web").exitCode());
        assertEquals(2, harness.run("state", "web").exitCode());
        assertEquals(3, harness.run("stop", "web.1").exitCode());
    }
}
