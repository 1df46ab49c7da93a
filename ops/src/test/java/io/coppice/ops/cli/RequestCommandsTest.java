package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.ops.view.PlanFile;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.AutoShutdown;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Membership;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kill, stop, start and restart against a control socket that answers as a root would. */
class RequestCommandsTest {
    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @ParameterizedTest
    @CsvSource({"'',KILL", "--signal=TERM,TERM", "--signal=sigusr1,USR1", "-s1,HUP"})
    void shouldSendTheSignalAndNotWait(String option, String signal) throws Exception {
        try (FakeRoot root = rootThatSays(request -> "ok 2\n")) {
            Result result = option.isEmpty() ? harness.run("kill", "ingest") : harness.run("kill", "ingest", option);

            assertEquals("ingest: sent " + signal + " to incarnation 2\n", result.out());
            assertEquals("", result.err());
            assertEquals(0, result.exitCode());
            assertEquals(List.of("coppice/1 kill ingest " + signal), root.requests());
        }
    }

    @Test
    void shouldRefuseAnUnknownSignalBeforeAsking() {
        Result result = harness.run("kill", "ingest", "--signal", "KIL");

        assertEquals(2, result.exitCode());
        assertTrue(
                result.err().startsWith("coppice: --signal: there is no signal `KIL`. Did you mean KILL?\n"),
                result.err());
    }

    @Test
    void shouldReturnFromStopOnlyWhenTheDaemonIsDown() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            stopping(2);
            return "ok\n";
        })) {
            ReturnedCommand stop = new ReturnedCommand("stop", "web");
            // The request was answered, and the table shows `stopping`: it must still be waiting however often it
            // looks.
            Await.until("the request", () -> !root.requests().isEmpty());
            assertTrue(stop.isRunning());
            shop.child(2, row -> {
                row.state(ChildStateCode.STOPPED);
                row.pid(0);
            });

            assertEquals("web: stopped\n", stop.result().out());
            assertEquals(0, stop.result().exitCode());
            assertEquals(List.of("coppice/1 stop web"), root.requests());
        }
    }

    @Test
    void shouldFailAfterTheTimeoutAndSayHowFarItGot() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            stopping(2);
            pass(Duration.ofSeconds(80));
            return "ok\n";
        })) {
            Result result = harness.run("stop", "web", "--timeout", "80s");

            assertEquals(1, result.exitCode());
            assertEquals(
                    "coppice: Could not stop web within 80000 ms: it is stopping (pid 62, incarnation 1). The request stands.\n",
                    result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldReturnFromStartWhenReady() throws Exception {
        shop.child(3, row -> row.wanted(WantedCode.DOWN));
        try (FakeRoot root = rootThatSays(request -> {
            shop.child(3, row -> {
                row.wanted(WantedCode.UP);
                row.state(ChildStateCode.READY);
                row.pid(70);
                row.incarnation(1);
            });
            return "ok\n";
        })) {
            Result result = harness.run("start", "report");

            assertEquals("report: ready (pid 70, incarnation 1)\n", result.out());
            assertEquals(0, result.exitCode());
            assertEquals(List.of("coppice/1 start report"), root.requests());
        }
    }

    @Test
    void shouldSayForWhatAStartStillWaits() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            pass(Duration.ofSeconds(80));
            return "ok\n";
        })) {
            Result result = harness.run("start", "report", "--timeout=80s");

            assertEquals(1, result.exitCode());
            assertEquals(
                    "coppice: Could not start report within 80000 ms: it is stopped, waiting for ingest (completed)."
                            + " The request stands.\n",
                    result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldNotWaitForWhatWaitsForOneThatFailed() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            shop.child(1, row -> {
                row.state(ChildStateCode.FAILED);
                row.pid(0);
                row.lastExit(ExitKind.EXIT, 7, 0, CommandHarness.NOW_EPOCH_MS, "");
            });
            return "ok\n";
        })) {
            Result result = harness.run("start", "report");

            assertEquals(1, result.exitCode());
            assertEquals(
                    "coppice: Could not start report: it is stopped, waiting for ingest (completed), which has failed;"
                            + " `coppice start ingest` tries it again. The request stands.\n",
                    result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldNotWaitForADaemonThatFailed() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            shop.child(1, row -> {
                row.state(ChildStateCode.FAILED);
                row.pid(0);
                row.lastExit(ExitKind.EXIT, 7, 0, CommandHarness.NOW_EPOCH_MS, "");
            });
            return "ok\n";
        })) {
            Result result = harness.run("start", "ingest");

            assertEquals(1, result.exitCode());
            assertEquals(
                    "coppice: Could not start ingest: it failed (exit code 7 0s ago).\n"
                            + "  `coppice logs ingest` shows what it wrote.\n",
                    result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldTellWhoOfAFailedGroupStaysFailed() throws Exception {
        Plan plan = PlanFile.read(shop.directory).plan().orElseThrow();
        GroupPlan edge = new GroupPlan(
                "edge",
                Strategy.ONE_FOR_ALL,
                5,
                60_000,
                Backoff.NONE,
                AutoShutdown.NEVER,
                new Membership(GroupPlan.OUTERMOST, false, true));
        Files.writeString(
                shop.directory.plan(),
                PlanText.write(new Plan(
                        plan.instance(),
                        plan.manifest(),
                        plan.directory(),
                        plan.segmentDirectory(),
                        plan.notice(),
                        List.of(GroupPlan.INSTANCE, edge),
                        List.of(),
                        plan.children().stream()
                                .map(child -> !child.name().equals("report")
                                        ? child.toBuilder()
                                                .membership(new Membership("edge", false, true))
                                                .plan()
                                        : child)
                                .toList())));
        for (int row = 0; row < 3; row++) {
            shop.child(row, child -> {
                child.state(ChildStateCode.FAILED);
                child.pid(0);
            });
        }
        try (FakeRoot root = rootThatSays(request -> {
            shop.child(1, child -> child.state(ChildStateCode.READY));
            return "ok 2\n";
        })) {
            Result result = harness.run("start", "ingest");
            assertEquals(0, result.exitCode(), result.err());
            assertEquals(
                    "coppice: The group edge had failed, and of its members stay so: rates, web.\n"
                            + "  `coppice start rates web` starts them.\n",
                    result.err());
            assertEquals(1, root.requests().size());
            for (int row = 0; row < 3; row++) {
                shop.child(row, child -> child.state(ChildStateCode.FAILED));
            }
            assertEquals(
                    "",
                    harness.run("start", "ingest", "rates", "web", "--timeout=0ms")
                            .err()
                            .lines()
                            .filter(line -> line.contains("group"))
                            .findFirst()
                            .orElse(""));
        }
    }

    @Test
    void shouldReturnFromRestartOnlyWithALaterIncarnation() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            pass(Duration.ofSeconds(80));
            return "ok 2\n";
        })) {
            Result tooEarly = harness.run("restart", "ingest", "--timeout=80s");
            assertEquals(1, tooEarly.exitCode(), "the old incarnation is still ready");

            shop.child(1, row -> {
                row.incarnation(3);
                row.pid(71);
            });
            Result result = harness.run("restart", "ingest");
            assertEquals("ingest: ready (pid 71, incarnation 3)\n", result.out());
            assertEquals(0, result.exitCode());
            assertEquals(2, root.requests().size());
        }
    }

    @Test
    void shouldTellWhenAnotherOperatorWantsTheOpposite() throws Exception {
        try (FakeRoot root = rootThatSays(request -> "ok\n")) {
            Result result = harness.run("stop", "web");

            assertEquals(1, result.exitCode());
            assertEquals("coppice: Could not stop web: somebody asked to start it again meanwhile.\n", result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldAskForAllBeforeWaitingForAny() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            int index =
                    List.of("rates", "ingest", "web", "report").indexOf(request.substring("coppice/1 stop ".length()));
            stopping(index);
            if (index == 3) {
                for (int i = 0; i < 4; i++) {
                    shop.child(i, row -> {
                        row.state(ChildStateCode.STOPPED);
                        row.pid(0);
                    });
                }
            }
            return "ok\n";
        })) {
            Result result = harness.run("stop", "--all");

            assertEquals("rates: stopped\ningest: stopped\nweb: stopped\nreport: stopped\n", result.out());
            assertEquals(0, result.exitCode());
            assertEquals(4, root.requests().size());
        }
    }

    @Test
    void shouldPassOnARefusalAndStillDoTheRest() throws Exception {
        try (FakeRoot root = rootThatSays(request ->
                request.endsWith("ingest KILL") ? "error 1 ingest has no process: it is in backoff\n" : "ok 1\n")) {
            Result result = harness.run("kill", "ingest", "web", "ingest");

            assertEquals("web: sent KILL to incarnation 1\n", result.out());
            assertEquals("coppice: Cannot kill ingest: ingest has no process: it is in backoff\n", result.err());
            assertEquals(1, result.exitCode());
            assertEquals(2, root.requests().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill", "stop", "start", "restart"})
    void shouldKeepTheRootsExitCode(String verb) throws Exception {
        try (FakeRoot root = rootThatSays(request -> "error 4 user 7 may not ask\n")) {
            Result result = harness.run(verb, "web");

            assertEquals(4, result.exitCode());
            assertEquals("coppice: Cannot " + verb + " web: user 7 may not ask\n", result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill", "stop", "start", "restart"})
    void shouldAskNothingIfOneNameIsUnknown(String verb) throws Exception {
        try (FakeRoot root = rootThatSays(request -> "ok 1\n")) {
            Result result = harness.run(verb, "web", "ingset");

            assertEquals(3, result.exitCode());
            assertTrue(result.err().contains("No such daemon in shop: ingset. Did you mean ingest?"), result.err());
            assertTrue(result.err().contains("It has: rates, ingest, web, report."), result.err());
            assertEquals(List.of(), root.requests());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill", "stop", "start", "restart"})
    void shouldWantNamesOrAll(String verb) {
        assertEquals(2, harness.run(verb).exitCode());
        assertEquals(2, harness.run(verb, "web", "--all").exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill", "stop", "start", "restart"})
    void shouldFailIfNobodyListens(String verb) {
        Result result = harness.run(verb, "web", "--timeout=20ms");

        assertEquals(1, result.exitCode());
        assertTrue(result.err().contains("Cannot ask the root of shop (it runs as pid 50)"), result.err());
    }

    @Test
    void shouldSayThatADeadRootCannotStopAnything() {
        shop.killRoot();

        Result result = harness.run("stop", "web", "--instance", "shop");

        assertEquals(1, result.exitCode());
        assertEquals(
                "coppice: The root of shop is not running (pid 50 is gone), so nothing can be asked of it.\n"
                        + "  `coppice run` starts it again; it takes over what still lives.\n",
                result.err());
    }

    @Test
    void shouldNotWaitForARootThatDied() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            stopping(2);
            shop.killRoot();
            return "ok\n";
        })) {
            Result result = harness.run("stop", "web");

            assertEquals(1, result.exitCode());
            assertTrue(
                    result.err().contains("Cannot tell whether web will stop: the root is not running"), result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldTakeTheLastWordOfARootThatEndedAfterTheStop() throws Exception {
        try (FakeRoot root = rootThatSays(request -> {
            stopping(2);
            shop.child(2, row -> {
                row.state(ChildStateCode.STOPPED);
                row.pid(0);
            });
            shop.killRoot();
            return "ok\n";
        })) {
            assertEquals(0, harness.run("stop", "web").exitCode());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldAskTheRootItselfWhenTheTableCannotBeRead() throws Exception {
        shop.root().close();
        Files.write(shop.directory.rootSegment(), new byte[10]);
        try (FakeRoot root = rootThatSays(request -> "error 3 no such daemon: nobody\n")) {
            Result result = harness.run("kill", "nobody");

            assertEquals(3, result.exitCode());
            assertTrue(result.err().endsWith("coppice: Cannot kill nobody: no such daemon: nobody\n"), result.err());
            assertEquals(1, root.requests().size());
            assertEquals(1, harness.run("stop", "--all").exitCode(), "nobody knows what all is");
        }
    }

    private FakeRoot rootThatSays(Function<String, String> answer) throws IOException {
        return new FakeRoot(shop.directory.controlSocket(), answer);
    }

    /** What the caller's clock shows passes; the test does not wait for it. */
    private void pass(Duration time) {
        harness.nowNs += time.toNanos();
    }

    private void stopping(int index) {
        shop.child(index, row -> {
            row.wanted(WantedCode.DOWN);
            row.state(ChildStateCode.STOPPING);
        });
    }

    /** A command on a thread of its own. */
    private final class ReturnedCommand {
        private final java.util.concurrent.CompletableFuture<Result> result;

        ReturnedCommand(String... args) {
            result = java.util.concurrent.CompletableFuture.supplyAsync(() -> harness.run(args));
        }

        boolean isRunning() {
            return !result.isDone();
        }

        Result result() throws Exception {
            return result.get(60, java.util.concurrent.TimeUnit.SECONDS);
        }
    }
}
