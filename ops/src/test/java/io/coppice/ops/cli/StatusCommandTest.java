package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.ops.view.PlanFile;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildRow;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.GroupRecord;
import io.coppice.state.root.RootPhase;
import io.coppice.state.root.StandbyPhase;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.AutoShutdown;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Membership;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.Strategy;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {
    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        shop.segment("rates", 7);
        shop.segment("ingest", 1234);
        shop.segment("report", 0);
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @Test
    void shouldShowRootAndDaemonsInAlignedColumns() {
        Result result = harness.run("status");

        assertEquals("", result.err());
        assertEquals("""
                shop: root runs as pid 50, up 2h 5m, isolation: mapping only
                NAME    STATE                                    WANTED  PID  INCARNATION  RESTARTS  COMMITS  HEARTBEAT  UPTIME  LAST EXIT
                rates   ready                                             60            1         0        7      121ms   2m 5s  -
                ingest  ready                                             61            2         1     1234      121ms   2m 5s  signal KILL 3s ago
                web     ready                                             62            1         0        -          -   2m 5s  -
                report  stopped, waiting for ingest (completed)  up        -            -         0        -          -       -  -
                """, result.out());
    }

    @Test
    void shouldWriteTheJsonThatToolsRelyOn() {
        Result result = harness.run("status", "--json");

        assertEquals("", result.err());
        assertEquals("""
                {"instance":"shop","root":{"pid":50,"since":"2026-11-21T07:10:00Z"},"root_end":null,"isolation":"mapping","isolation_gaps":[],"not_isolated":[],"daemons":[\
                {"name":"rates","state":"ready","wanted":"up","pid":60,"incarnation":1,"restarts":0,"commits":7,"heartbeat_age_ms":121,"last_exit":null,"standbys":0,"standbys_wanted":0,"kind":"daemon","uptime_ms":125000,"backoff_ms":null,"waiting_for":[],"problem":null,"healthy":null,"jvm":null,"last_words":null,"gone":false,"transactions":[],"quarantined":null,"limits":null,"user":null},\
                {"name":"ingest","state":"ready","wanted":"up","pid":61,"incarnation":2,"restarts":1,"commits":1234,"heartbeat_age_ms":121,"last_exit":{"kind":"signal","code":null,"signal":"KILL","at":"2026-11-21T09:14:57Z","text":null,"fault":null},"standbys":0,"standbys_wanted":0,"kind":"daemon","uptime_ms":125000,"backoff_ms":null,"waiting_for":[],"problem":null,"healthy":null,"jvm":null,"last_words":null,"gone":false,"transactions":[],"quarantined":null,"limits":null,"user":null},\
                {"name":"web","state":"ready","wanted":"up","pid":62,"incarnation":1,"restarts":0,"commits":null,"heartbeat_age_ms":null,"last_exit":null,"standbys":0,"standbys_wanted":0,"kind":"command","uptime_ms":125000,"backoff_ms":null,"waiting_for":[],"problem":null,"healthy":null,"jvm":null,"last_words":null,"gone":false,"transactions":[],"quarantined":null,"limits":null,"user":null},\
                {"name":"report","state":"stopped","wanted":"up","pid":null,"incarnation":0,"restarts":0,"commits":null,"heartbeat_age_ms":null,"last_exit":null,"standbys":0,"standbys_wanted":0,"kind":"daemon","uptime_ms":null,"backoff_ms":null,"waiting_for":["ingest (completed)"],"problem":null,"healthy":null,"jvm":null,"last_words":null,"gone":false,"transactions":[],"quarantined":null,"limits":null,"user":null}\
                ],"groups":[{"name":null,"strategy":"one-for-one","state":"up","restarts":null,"max_restarts":null,"period_ms":60000,"backoff_ms":null,"members":["rates","ingest","web","report"],"failed":[]}],"problems":[]}
                """, result.out());
    }

    /** A command with {@code user: root} has none of its own. */
    @Test
    void shouldNameTheUserOfEachWhereEachHasOneOfItsOwn() throws IOException {
        Plan plan = PlanFile.read(shop.directory).plan().orElseThrow();
        List<ChildPlan> children = new ArrayList<>();
        for (ChildPlan child : plan.children()) {
            int number = 300_000 + 2 * children.size();
            children.add(
                    child.name().equals("web")
                            ? child
                            : child.toBuilder()
                                    .identity(new Identity(number, 1, number, number, number + 1, List.of()))
                                    .plan());
        }
        Files.writeString(
                shop.directory.plan(),
                PlanText.write(new Plan(
                        plan.instance(),
                        plan.manifest(),
                        plan.directory(),
                        plan.segmentDirectory(),
                        Isolation.USER,
                        299_999,
                        plan.access(),
                        plan.notice(),
                        plan.groups(),
                        List.of(),
                        children)));

        List<String> lines = harness.run("status").lines();
        assertEquals("shop: root runs as pid 50, up 2h 5m, isolation: user (not of web)", lines.get(0));
        assertTrue(lines.get(1).contains("  WANTED    USER  PID  "), lines.get(1));
        assertTrue(lines.get(2).contains("  300000   60  "), lines.get(2));
        assertTrue(lines.get(4).contains("       0   62  "), lines.get(4));
        String json = harness.run("status", "--json").out();
        assertTrue(json.contains("\"isolation\":\"user\",\"isolation_gaps\":[],\"not_isolated\":[\"web\"]"), json);
        assertTrue(json.contains("\"limits\":null,\"user\":300002}"), json);
        assertTrue(json.contains("\"limits\":null,\"user\":0}"), json);
    }

    /** A table of their own, where there are any. */
    @Test
    void shouldShowGroups() throws IOException {
        declareGroup();
        long nowNs = CommandHarness.NOW_NS;
        shop.root().group(0).set(new GroupRecord("", 0, 0, false, List.of(nowNs - 70_000_000_000L, nowNs - 5)));
        shop.root().commit();

        List<String> lines = harness.run("status").lines();
        assertEquals(
                List.of(
                        "",
                        "GROUP       STATE  STRATEGY     RESTARTS      MEMBERS",
                        "(instance)  up     one-for-all  1 of 5 in 1m  rates ingest web report"),
                lines.subList(lines.size() - 3, lines.size()));
        String json = harness.run("status", "--json").out();
        assertTrue(
                json.contains("{\"name\":null,\"strategy\":\"one-for-all\",\"state\":\"up\",\"restarts\":1,"
                        + "\"max_restarts\":5,\"period_ms\":60000,\"backoff_ms\":null,\"members\":[\"rates\","),
                json);

        for (int row = 0; row < 2; row++) {
            shop.child(row, child -> {
                child.state(ChildStateCode.FAILED);
                child.pid(0);
            });
        }
        String degraded = harness.run("status").out();
        assertTrue(degraded.contains("(instance)  degraded (2 of 4 failed)  one-for-all  1 of 5 in 1m"), degraded);
        json = harness.run("status", "--json").out();
        assertTrue(json.contains("\"strategy\":\"one-for-all\",\"state\":\"degraded\",\"restarts\":1,"), json);
        assertTrue(json.contains(",\"failed\":[\"rates\",\"ingest\"]}"), json);
        shop.child(0, child -> child.wanted(WantedCode.DOWN));
        degraded = harness.run("status").out();
        assertTrue(degraded.contains("degraded (1 of 4 failed)"), "an operator wants the other one down: " + degraded);
        shop.child(0, child -> child.wanted(WantedCode.UP));

        for (int row = 0; row < 4; row++) {
            shop.child(row, child -> {
                child.state(ChildStateCode.FAILED);
                child.pid(0);
            });
        }
        String failed = harness.run("status", "web").out();
        assertTrue(failed.contains("(instance)  failed  one-for-all  -         rates"), failed);
        shop.root().group(0).set(new GroupRecord("", 1, nowNs + 3_000_000_000L, false, List.of()));
        shop.root().commit();
        String backoff = harness.run("status").out();
        assertTrue(backoff.contains("(instance)  backoff, 3s left  one-for-all  0 of 5 in 1m"), backoff);
    }

    /** The instance is one, one-for-all. */
    private void declareGroup() throws IOException {
        Plan plan = PlanFile.read(shop.directory).plan().orElseThrow();
        GroupPlan strict = new GroupPlan(
                GroupPlan.OUTERMOST,
                Strategy.ONE_FOR_ALL,
                5,
                60_000,
                Backoff.NONE,
                AutoShutdown.NEVER,
                Membership.PLAIN);
        Files.writeString(
                shop.directory.plan(),
                PlanText.write(new Plan(
                        plan.instance(),
                        plan.manifest(),
                        plan.directory(),
                        plan.segmentDirectory(),
                        plan.notice(),
                        List.of(strict),
                        List.of(),
                        plan.children())));
    }

    /** These are a group of their own. */
    private void declareEdge(String... members) throws IOException {
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
                                .map(child -> List.of(members).contains(child.name())
                                        ? child.toBuilder()
                                                .membership(new Membership("edge", false, true))
                                                .plan()
                                        : child)
                                .toList())));
    }

    @Test
    void shouldNotShowGroupsUpOfARootThatGaveUp() throws IOException {
        declareEdge("web");
        assertTrue(harness.run("status").out().contains("edge   up"));
        shop.root().gaveUp(CommandHarness.NOW_EPOCH_MS, "ingest");
        for (int row = 0; row < 4; row++) {
            shop.child(row, child -> {
                child.state(ChildStateCode.STOPPED);
                child.pid(0);
            });
        }
        String waiting = harness.run("status").out();
        assertTrue(waiting.contains("edge   down"), waiting);
    }

    /** A job, what it prepares, and what is served from that: most groups are such. */
    @Test
    void shouldShowAGroupAsFailedThoughAJobOfItHasCompleted() throws IOException {
        declareEdge("ingest", "web");
        end(1, ChildStateCode.COMPLETED);
        assertTrue(harness.run("status").out().contains("edge   up"));
        end(2, ChildStateCode.FAILED);

        String failed = harness.run("status").out();
        assertTrue(failed.contains("edge   failed  one-for-all  -"), failed);
        end(1, ChildStateCode.FAILED);
        end(2, ChildStateCode.COMPLETED);
        assertTrue(harness.run("status").out().contains("edge   failed"));
        end(1, ChildStateCode.COMPLETED);
        assertTrue(harness.run("status").out().contains("edge   up"), "both have done what they are for");
    }

    @Test
    void shouldShowAGroupAsDownOnceNothingOfItLivesAndNobodyWouldStartIt() throws IOException {
        declareEdge("web");
        shop.killRoot();
        String alive = harness.run("status", "--instance", "shop").out();
        assertTrue(alive.contains("edge   up"), alive);
        harness.proc.end(62);

        String gone = harness.run("status", "--instance", "shop").out();
        assertTrue(gone.contains("edge   down"), gone);
    }

    @Test
    void shouldShowAGroupAsDownThatAnOperatorHasStoppedAsAWhole() throws IOException {
        declareEdge("ingest", "web");
        shop.child(1, child -> child.wanted(WantedCode.DOWN));
        shop.child(2, child -> child.wanted(WantedCode.DOWN));
        end(1, ChildStateCode.STOPPED);
        assertTrue(harness.run("status").out().contains("edge   up"), "one of them is still on its way down");
        end(2, ChildStateCode.STOPPED);

        String stopped = harness.run("status").out();
        assertTrue(stopped.contains("edge   down"), stopped);
    }

    private void end(int row, ChildStateCode state) {
        shop.child(row, child -> {
            child.state(state);
            child.pid(0);
        });
    }

    /** A column of its own, where there are any. */
    @Test
    void shouldShowHowManyStandbysWait() {
        shop.standby(1, 0, StandbyPhase.PARKED, 70);
        shop.standby(1, 1, StandbyPhase.BOOTING, 71);

        Result result = harness.run("status");
        assertTrue(result.lines().get(1).contains("RESTARTS  STANDBYS  COMMITS"), result.out());
        assertTrue(result.lines().get(2).contains("0         -        7"), result.out());
        assertTrue(result.lines().get(3).contains("1       1/0     1234"), result.out());
        assertTrue(harness.run("status", "--json").out().contains("\"standbys\":1,\"standbys_wanted\":0"));
        harness.proc.process(70, 50, 70, 'S', 700, "java", "ingest");
        shop.killRoot();
        assertTrue(harness.run("status", "--instance", "shop").lines().get(3).contains("1       1/0     1234"));
        harness.proc.end(70);
        assertFalse(harness.run("status", "--instance", "shop").out().contains("STANDBYS"));
    }

    @Test
    void shouldShowOnlyTheNamedOnesAndRefuseUnknownNames() {
        assertEquals(3, harness.run("status", "web").lines().size());

        Result unknown = harness.run("status", "ingst");
        assertEquals(3, unknown.exitCode());
        assertEquals("", unknown.out());
        assertEquals(
                "coppice: No such daemon in shop: ingst. Did you mean ingest?\n"
                        + "  It has: rates, ingest, web, report.\n",
                unknown.err());
    }

    @Test
    void shouldCutACauseAtAWordOnATerminalAndNowhereElse() {
        String cause = "no heartbeat for 30 s: deadlock of pool-1-thread-1 and pool-1-thread-2, see the log";
        shop.child(1, row -> row.lastExit(ExitKind.HANG, -1, 9, CommandHarness.NOW_EPOCH_MS - 3_000, cause));
        assertTrue(harness.run("status").out().contains("hang 3s ago: " + cause + "\n"));

        harness.outKind = Caller.OutputKind.TERMINAL;
        harness.environment.put("NO_COLOR", "1");
        harness.environment.put("COLUMNS", "160");
        String cut = harness.run("status").out();
        assertTrue(cut.contains("hang 3s ago: no heartbeat for 30 s: deadlock…\n"), cut);
        assertTrue(harness.run("status", "--wide").out().contains(cause + "\n"));
    }

    /** Rows stay rows: what does not fit is cut or left out, the least useful first, and nowhere but there. */
    @Test
    void shouldKeepRowsToTheWidthOfATerminal() throws IOException {
        declareGroup();
        shop.child(
                1,
                row -> row.lastExit(
                        ExitKind.HANG, -1, 9, CommandHarness.NOW_EPOCH_MS - 3_000, "no heartbeat for 30 s: deadlock"));
        shop.child(2, child -> {
            child.state(ChildStateCode.FAILED);
            child.pid(0);
        });
        String whole = harness.run("status").out();
        harness.outKind = Caller.OutputKind.TERMINAL;
        harness.environment.put("NO_COLOR", "1");

        harness.environment.put("COLUMNS", "80");
        assertEquals("""
                shop: root runs as pid 50, up 2h 5m, isolation: mapping only
                NAME    STATE                  PID  RESTARTS  LAST EXIT
                rates   ready                   60         0  -
                ingest  ready                   61         1  hang 3s ago: no heartbeat for 30…
                web     failed                   -         0  -
                report  stopped, waiting for…    -         0  -

                GROUP       STATE                     STRATEGY     RESTARTS      MEMBERS
                (instance)  degraded (1 of 4 failed)  one-for-all  0 of 5 in 1m  rates ingest…
                """, harness.run("status").out());
        for (int columns = 64; columns < 180; columns++) {
            harness.environment.put("COLUMNS", Integer.toString(columns));
            for (String line : harness.run("status").lines()) {
                assertTrue(line.length() <= columns, columns + ": " + line);
            }
        }
        assertEquals(whole, harness.run("status", "--wide").out());
    }

    /** Why it died and what it waits for is what people look for; how long ago its heart beat is not. */
    @Test
    void shouldLeaveOutFiguresBeforeACauseOrAStateIsCutToAStump() {
        String cause = "no heartbeat for 30 s: deadlock of pool-1-thread-1 and pool-1-thread-2, see the log";
        shop.child(1, row -> row.lastExit(ExitKind.HANG, -1, 9, CommandHarness.NOW_EPOCH_MS - 3_000, cause));
        harness.outKind = Caller.OutputKind.TERMINAL;
        harness.environment.put("NO_COLOR", "1");
        for (int columns = 100; columns < 200; columns++) {
            harness.environment.put("COLUMNS", Integer.toString(columns));
            String out = harness.run("status").out();
            assertTrue(out.contains("stopped, waiting for ingest"), columns + ":\n" + out);
            assertTrue(out.contains("hang 3s ago: no heartbeat for 30 s:"), columns + ":\n" + out);
            assertTrue(out.contains("RESTARTS"), columns + ":\n" + out);
            for (String line : out.lines().toList()) {
                assertTrue(line.length() <= columns, columns + ": " + line);
            }
        }
        harness.environment.put("COLUMNS", "100");
        assertEquals("""
                shop: root runs as pid 50, up 2h 5m, isolation: mapping only
                NAME    STATE                         PID  RESTARTS  LAST EXIT
                rates   ready                          60         0  -
                ingest  ready                          61         1  hang 3s ago: no heartbeat for 30 s: deadlock…
                web     ready                          62         0  -
                report  stopped, waiting for ingest…    -         0  -
                """, harness.run("status").out());
    }

    @Test
    void shouldSayThatAProcessWhichWaitsForItsRecordIsBeingLaunched() {
        shop.child(2, child -> child.state(ChildStateCode.HELD));
        String out = harness.run("status").out();
        assertTrue(out.contains("\nweb     being launched "), out);
        assertTrue(harness.run("status", "--json").out().contains("\"name\":\"web\",\"state\":\"held\""));
    }

    @Test
    void shouldTellADeadRootAndWhatStillLives() {
        shop.killRoot();
        harness.proc.end(60);

        Result text = harness.run("status", "--instance", "shop");
        assertEquals(0, text.exitCode());
        assertEquals(
                "shop: root is not running (pid 50 is gone); what lives goes on unwatched; the next `coppice run` takes it over",
                text.lines().get(0));
        assertTrue(text.lines().get(2).startsWith("rates   gone (was ready)"), text.out());
        assertTrue(text.lines().get(3).startsWith("ingest  ready  "), text.out());

        String json = harness.run("status", "--instance", "shop", "--json").out();
        assertTrue(
                json.startsWith(
                        "{\"instance\":\"shop\",\"root\":null,"
                                + "\"root_end\":{\"pid\":50,\"orderly\":false,\"at\":null,\"exit_code\":null,\"gave_up\":null},"),
                json);
        assertTrue(json.contains("{\"name\":\"rates\",\"state\":\"ready\",\"wanted\":\"up\",\"pid\":null,"), json);
        assertTrue(
                json.contains("\"pid\":61,\"incarnation\":2,\"restarts\":1,\"commits\":1234,\"heartbeat_age_ms\":null"),
                json);
    }

    /** What is asked for is one of many, and a process in reserve is a process. */
    @Test
    void shouldSayOfTheWholeInstanceWhetherAnythingOfItLives() {
        shop.standby(1, 0, StandbyPhase.PARKED, 70);
        harness.proc.process(70, 1, 70, 'S', 700, "java", "ingest");
        shop.killRoot();
        harness.proc.end(60);
        String ofOne =
                harness.run("status", "--instance", "shop", "rates").lines().get(0);
        assertTrue(ofOne.endsWith("; what lives goes on unwatched; the next `coppice run` takes it over"), ofOne);

        harness.proc.end(61);
        harness.proc.end(62);
        String standby = harness.run("status", "--instance", "shop").lines().get(0);
        assertTrue(standby.endsWith("; what lives goes on unwatched; the next `coppice run` takes it over"), standby);

        harness.proc.end(70);
        String nothing = harness.run("status", "--instance", "shop").lines().get(0);
        assertTrue(nothing.endsWith("; nothing of it runs"), nothing);
    }

    /** As pid 62, in its place. */
    private static void readyCart(ChildRow child, ChildKind kind, long incarnation) {
        child.reset("cart", kind);
        child.state(ChildStateCode.READY);
        child.wanted(WantedCode.UP);
        child.pid(62);
        child.startTicks(620);
        child.incarnation(incarnation);
    }

    /** Nobody has recorded how it ended; it said so itself. */
    @Test
    void shouldShowTheLastWordsOfWhatEndedWhileThereWasNoRoot() throws Exception {
        OwnedSegment web = shop.owned("cart", 0);
        shop.child(2, child -> readyCart(child, ChildKind.DAEMON, 1));
        web.lastWords("java.lang.IllegalStateException: no quote\n  at Cart.step(Cart.java:7)");
        web.phase(Phase.FAILING);
        assertFalse(harness.run("status").out().contains("last words"), "the root will tell");
        shop.killRoot();
        assertFalse(harness.run("status", "--instance", "shop").out().contains("last words"), "it lives");
        harness.proc.end(62);

        String text = harness.run("status", "--instance", "shop").out();
        assertTrue(text.contains("last words: java.lang.IllegalStateException: no quote\n"), text);
        String json = harness.run("status", "--instance", "shop", "--json").out();
        assertTrue(
                json.contains(
                        "\"last_words\":\"java.lang.IllegalStateException: no quote\\n  at Cart.step(Cart.java:7)\",\"gone\":true,"),
                json);
    }

    /** The JVM has told on paper what nobody was there to see. */
    @Test
    void shouldTellTheFaultOfWhatEndedWhileThereWasNoRoot() throws IOException {
        String fault = "SIGSEGV (0xb) in C [libcodec.so+0x1234] decode+0x56";
        report(shop.directory.logDirectory(), "hs_err_ingest_59.log", 200_000);
        report(shop.directory.path().resolve("ingest.own"), "hs_err_61.log", 90_000);
        shop.killRoot();
        assertFalse(harness.run("status", "--instance", "shop").out().contains("SIGSEGV"), "it lives");
        harness.proc.end(61);

        String gone = row(harness.run("status", "--instance", "shop").out(), "ingest");
        assertTrue(gone.endsWith("  last words: " + fault), gone);
        String json = harness.run("status", "--instance", "shop", "--json").out();
        assertTrue(json.contains("\"last_words\":\"" + fault + "\",\"gone\":true,"), json);

        shop.child(1, child -> {
            child.state(ChildStateCode.BACKOFF);
            child.pid(0);
            child.lastExit(
                    ExitKind.UNKNOWN, -1, 0, CommandHarness.NOW_EPOCH_MS - 80_000, "it ended while unsupervised");
        });
        String recorded = row(harness.run("status", "--instance", "shop").out(), "ingest");
        assertTrue(recorded.endsWith("  unknown 1m 20s ago: " + fault), recorded);
        json = harness.run("status", "--instance", "shop", "--json").out();
        assertTrue(json.contains("\"fault\":\"" + fault + "\""), json);
    }

    /** As a JVM leaves it, so long ago. */
    private static void report(Path where, String name, long ageMs) throws IOException {
        Files.createDirectories(where);
        Path report = Files.writeString(where.resolve(name), """
                #
                #  SIGSEGV (0xb) at pc=0x00007f54f4cd2f94, pid=61, tid=62
                #
                # Problematic frame:
                # C  [libcodec.so+0x1234]  decode+0x56
                """);
        Files.setLastModifiedTime(report, FileTime.fromMillis(CommandHarness.NOW_EPOCH_MS - ageMs));
    }

    /** The exit on record is that of an earlier incarnation. */
    @Test
    void shouldNotTakeAnEarlierExitForTheEndThatNobodySaw() throws Exception {
        shop.child(2, child -> {
            readyCart(child, ChildKind.COMMAND, 2);
            child.lastExit(ExitKind.SIGNAL, -1, 9, CommandHarness.NOW_EPOCH_MS - 3_000, "signal KILL");
        });
        assertTrue(row(harness.run("status").out(), "cart").contains("signal KILL"), "it lives");
        shop.killRoot();
        assertTrue(
                row(harness.run("status", "--instance", "shop").out(), "cart").contains("signal KILL"), "it lives");
        harness.proc.end(62);

        String row = row(harness.run("status", "--instance", "shop").out(), "cart");
        assertTrue(row.endsWith("  unknown: it ended after its root, or with it"), row);
    }

    private static String row(String table, String child) {
        return table.lines()
                .filter(line -> line.startsWith(child + " "))
                .findFirst()
                .orElseThrow();
    }

    /** It said that it would not run again. */
    @Test
    void shouldShowWhatADaemonSaidOfAnEndInOrderWhileThereWasNoRoot() throws Exception {
        OwnedSegment cart = shop.owned("cart", 0);
        shop.child(2, child -> readyCart(child, ChildKind.DAEMON, 1));
        cart.phase(Phase.COMPLETED);
        shop.killRoot();
        harness.proc.end(62);

        String row = row(harness.run("status", "--instance", "shop").out(), "cart");
        assertTrue(row.endsWith("  last words: it was done"), row);
    }

    @Test
    void shouldTellAnOrderlyEndFromADeath() {
        for (int row = 0; row < 3; row++) {
            shop.child(row, child -> {
                child.state(ChildStateCode.STOPPED);
                child.wanted(WantedCode.DOWN);
                child.pid(0);
            });
        }
        shop.root().phase(RootPhase.DONE);
        shop.root()
                .event(CommandHarness.NOW_EPOCH_MS - 180_000, -1, EventType.ROOT_STOPPED, ShopFixture.ROOT_PID, 0, "");
        shop.root().commit();
        shop.killRoot();

        assertEquals(
                "shop: root ended in order 3m ago (pid 50); nothing of it runs",
                harness.run("status", "--instance", "shop").lines().get(0));
        String json = harness.run("status", "--instance", "shop", "--json").out();
        assertTrue(
                json.startsWith("{\"instance\":\"shop\",\"root\":null,"
                        + "\"root_end\":{\"pid\":50,\"orderly\":true,\"at\":\"2026-11-21T09:12:00Z\","
                        + "\"exit_code\":0,\"gave_up\":null},"),
                json);
    }

    @Test
    void shouldTellThatTheRootGaveUp() {
        shop.root().gaveUp(CommandHarness.NOW_EPOCH_MS - 200_000, "ingest");
        shop.root().phase(RootPhase.STOPPING);
        shop.root().commit();
        String running = harness.run("status", "--instance", "shop").lines().get(0);
        assertTrue(running.endsWith("; it gave up over ingest 3m 20s ago, and ends everything"), running);

        for (int row = 0; row < 3; row++) {
            shop.child(row, child -> {
                child.state(ChildStateCode.STOPPED);
                child.wanted(WantedCode.DOWN);
                child.pid(0);
            });
        }
        shop.root().phase(RootPhase.DONE);
        shop.root()
                .event(CommandHarness.NOW_EPOCH_MS - 180_000, -1, EventType.ROOT_STOPPED, ShopFixture.ROOT_PID, 0, "");
        shop.root().commit();
        shop.killRoot();
        assertEquals(
                "shop: root gave up over ingest 3m 20s ago, and ended everything with exit code 5 (pid 50); nothing of it runs",
                harness.run("status", "--instance", "shop").lines().get(0));
        String json = harness.run("status", "--instance", "shop", "--json").out();
        assertTrue(
                json.contains(
                        "\"root_end\":{\"pid\":50,\"orderly\":true,\"at\":\"2026-11-21T09:12:00Z\",\"exit_code\":5,"
                                + "\"gave_up\":{\"by\":\"ingest\",\"at\":\"2026-11-21T09:11:40Z\"}},"),
                json);
    }

    @Test
    void shouldNotTakeTheOrderlyEndOfAnEarlierRootForThatOfTheLast() throws IOException {
        shop.root().phase(RootPhase.DONE);
        shop.root().commit();
        shop.killRoot();
        Files.writeString(shop.directory.rootLock(), "77 770 " + CommandHarness.NOW_EPOCH_MS + "\n");

        assertTrue(harness.run("status", "--instance", "shop")
                .lines()
                .get(0)
                .startsWith("shop: root is not running (pid 77 is gone)"));
    }

    @Test
    void shouldTakeALivingRootFromTheSegmentWhenItsLockFileIsTorn() throws IOException {
        Files.writeString(shop.directory.rootLock(), "50 ");

        assertEquals(
                "shop: root runs as pid 50, up 2h 5m, isolation: mapping only",
                harness.run("status", "--instance", "shop").lines().get(0));
    }

    @Test
    void shouldNotTakeProcessesOfThisBootForThoseOfAnother() throws IOException {
        Files.writeString(harness.proc.directory().resolve("sys/kernel/random/boot_id"), "another\n");
        Files.delete(shop.directory.rootLock());

        String json = harness.run("status", "--instance", "shop", "--json").out();

        assertTrue(json.contains("\"root\":null"), json);
        assertFalse(json.contains("\"pid\":6"), json);
    }

    @Test
    void shouldSayWhatEachDeathWas() {
        shop.child(
                1,
                row -> row.lastExit(
                        ExitKind.EXCEPTION,
                        70,
                        0,
                        CommandHarness.NOW_EPOCH_MS - 65_000,
                        "java.lang.IllegalStateException: no quote"));
        shop.child(0, row -> {
            row.state(ChildStateCode.BACKOFF);
            row.pid(0);
            row.backoffUntilNs(CommandHarness.NOW_NS + 2_500_000_000L);
            row.lastExit(ExitKind.HANG, -1, 9, CommandHarness.NOW_EPOCH_MS, "");
        });
        shop.child(2, row -> {
            row.state(ChildStateCode.STOPPING);
            row.wanted(WantedCode.DOWN);
        });

        String out = harness.run("status").out();

        assertTrue(out.contains("exception 1m 5s ago: IllegalStateException: no quote"), out);
        assertTrue(out.contains("rates   backoff, 2s left"), out);
        assertTrue(out.contains("hang 0s ago"), out);
        assertTrue(
                out.lines()
                        .anyMatch(line -> line.startsWith("web") && line.contains("stopping") && line.contains("down")),
                out);
        String json = harness.run("status", "--json").out();
        assertTrue(json.contains("\"last_exit\":{\"kind\":\"exception\",\"code\":70,\"signal\":null,"), json);
        assertTrue(json.contains("\"backoff_ms\":2500"), json);
    }

    @Test
    void shouldShowOthersWhenOneSegmentIsMissingDamagedOrTruncated() throws Exception {
        shop.releaseSegments();
        Files.delete(shop.directory.path().resolve("rates.seg"));
        try (RandomAccessFile file =
                new RandomAccessFile(shop.directory.path().resolve("ingest.seg").toFile(), "rw")) {
            file.setLength(100);
        }

        Result result = harness.run("status");

        assertEquals(0, result.exitCode());
        assertTrue(
                result.out().lines().anyMatch(line -> line.startsWith("rates") && line.contains(" ? ")), result.out());
        assertTrue(result.err().contains("coppice: rates: "), result.err());
        assertTrue(result.err().contains("coppice: ingest: "), result.err());
        String json = harness.run("status", "--json").out();
        assertTrue(json.contains("\"commits\":null"), json);
        assertEquals(1, json.lines().count());
    }

    @Test
    void shouldNotTakeTheSegmentOfAnotherDaemonForThisOnes() throws Exception {
        shop.releaseSegments();
        Path segments = shop.directory.path();
        Files.copy(
                segments.resolve("ingest.seg"),
                segments.resolve("rates.seg"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertTrue(harness.run("status").err().contains("is that of shop/ingest"));
    }

    @Test
    void shouldFindSegmentsWhereThePlanPutsThem() throws Exception {
        shop.releaseSegments();
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere/shop"));
        Files.move(shop.directory.path().resolve("ingest.seg"), elsewhere.resolve("ingest.seg"));
        shop.writePlan(elsewhere);

        assertTrue(harness.run("status", "--json").out().contains("\"commits\":1234"));
    }

    @Test
    void shouldTellAMissingOrDamagedRootSegmentInOneLine() throws IOException {
        shop.root().close();
        Files.delete(shop.directory.rootSegment());

        Result missing = harness.run("status");
        assertEquals(1, missing.exitCode());
        assertTrue(missing.err().contains("root.seg does not exist"), missing.err());

        Files.write(shop.directory.rootSegment(), new byte[100_000]);
        Result damaged = harness.run("status");
        assertEquals(1, damaged.exitCode());
        assertEquals(
                1,
                damaged.err()
                        .lines()
                        .filter(line -> line.startsWith("coppice:"))
                        .count(),
                damaged.err());
        assertTrue(harness.run("status", "--json").out().contains("\"daemons\":[],\"groups\":[],\"problems\":[\""));
    }

    @Test
    void shouldColourOnATerminalOnly() {
        assertFalse(harness.run("status").out().contains("\u001b"));
        assertTrue(harness.run("status", "--color=always").out().contains("\u001b[32mready\u001b[0m"));
        harness.outKind = Caller.OutputKind.TERMINAL;
        assertTrue(harness.run("status").out().contains("\u001b[32mready\u001b[0m"));
        assertFalse(harness.run("status", "--color", "never").out().contains("\u001b"));
        harness.environment.put("TERM", "dumb");
        assertFalse(harness.run("status").out().contains("\u001b"));
        harness.environment.remove("TERM");
        harness.environment.put("NO_COLOR", "1");
        assertFalse(harness.run("status").out().contains("\u001b"));
    }

    @Test
    void shouldRedrawInPlaceOnATerminalAndPrintPlainTablesElsewhere() {
        harness.outKind = Caller.OutputKind.TERMINAL;
        String redrawn = untilThirdRoot("status", "--watch", "--interval", "1ms", "--color", "never");
        assertTrue(redrawn.startsWith("\u001b[2J\u001b[Hshop: root runs"), redrawn);
        assertTrue(redrawn.contains("\u001b[J\u001b[Hshop: root runs"), redrawn);

        harness.outKind = Caller.OutputKind.PIPE;
        String plain = untilThirdRoot("status", "--watch", "--interval", "1ms");
        assertFalse(plain.contains("\u001b"), plain);
        assertTrue(plain.contains("\n\nshop: root runs"), plain);

        String json = untilThirdRoot("status", "--watch", "--json", "--interval", "1ms");
        assertTrue(json.contains("}\n{\"instance\""), json);
    }

    @Test
    void shouldFailWhenItsOutputCannotBeWrittenAndKeepQuietWhenTheReaderHasLeft() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();

        assertEquals(0, harness.run(full, err, "status"));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
        harness.outKind = Caller.OutputKind.FILE;
        assertEquals(1, harness.run(full, err, "status", "--json"));
        assertEquals(
                "coppice: Cannot write to standard output: No space left on device\n",
                err.toString(StandardCharsets.UTF_8));
    }

    /** What is written until the third table begins; then the reader leaves. */
    private String untilThirdRoot(String... args) {
        ReaderThatLeaves out = new ReaderThatLeaves(text -> text.split("shop", -1).length > 3);
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
        assertEquals(0, harness.run(out, err, args));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
        return out.text();
    }
}
