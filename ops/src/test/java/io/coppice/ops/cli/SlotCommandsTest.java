package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.state.RequestId;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.StandbyPhase;
import io.coppice.state.root.WantedCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are given the name of a daemon with transactions, or that of one of its slots. */
class SlotCommandsTest {
    private static final long REQUEST = RequestId.of(1, 17);

    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;

    /** Rows: rates, then ingest with two slots, of which the first works at its second attempt. */
    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        shop.segment("rates", 7);
        shop.segment("ingest", 9);
        shop.segment("ingest@1", 3);
        shop.child(2, row -> {
            row.reset("ingest@1", ChildKind.TRANSACTION);
            row.wanted(WantedCode.DOWN);
            row.state(ChildStateCode.READY);
            row.pid(62);
            row.startTicks(620);
            row.incarnation(6);
            row.restarts(1);
            row.spawnedAtNs(CommandHarness.NOW_NS - 4_000_000_000L);
            row.lastExit(ExitKind.SIGNAL, -1, 11, CommandHarness.NOW_EPOCH_MS - 4_000, "");
            row.request(REQUEST);
        });
        shop.attempts(2, 2);
        shop.child(3, row -> {
            row.reset("ingest@2", ChildKind.TRANSACTION);
            row.wanted(WantedCode.DOWN);
            row.state(ChildStateCode.STOPPED);
            row.incarnation(4);
        });
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    @Test
    void shouldShowARowOfASlotWhileItWorks() {
        Result result = harness.run("status");
        assertEquals("", result.err());
        assertEquals("""
                shop: root runs as pid 50, up 2h 5m, isolation: mapping only
                NAME      STATE        WANTED  PID  INCARNATION  RESTARTS  COMMITS  HEARTBEAT  UPTIME  LAST EXIT
                rates     ready                 60            1         0        7      121ms   2m 5s  -
                ingest    ready                 61            2         1        9      121ms   2m 5s  signal KILL 3s ago
                ingest@1  ready, 1-17           62            6         1        3          -      4s  signal SEGV 4s ago
                """, result.out());
        shop.child(2, row -> row.request(-REQUEST));
        assertTrue(harness.run("status").out().contains("\ningest@1  ready, 1-17, discarded  "), "discarded");
        shop.child(2, row -> row.request(0));
        assertFalse(harness.run("status").out().contains("ingest@1"), "it has nothing to do");
    }

    @Test
    void shouldHaveAllSlotsInTheJsonOfTheirDaemon() {
        shop.standby(2, 0, StandbyPhase.PARKED, 63);
        String json = harness.run("status", "--json").out();
        assertTrue(
                json.contains(
                        "\"gone\":false,\"transactions\":["
                                + "{\"slot\":1,\"state\":\"ready\",\"pid\":62,\"request\":\"1-17\",\"discarded\":false,\"attempt\":2,"
                                + "\"uptime_ms\":4000,\"backoff_ms\":null,\"last_exit\":{\"kind\":\"signal\",\"code\":null,"
                                + "\"signal\":\"SEGV\",\"at\":\"2026-11-21T09:14:56Z\",\"text\":null,\"fault\":null},"
                                + "\"standbys\":1,\"standbys_wanted\":0,\"problem\":null,\"limits\":null},"
                                + "{\"slot\":2,\"state\":\"stopped\",\"pid\":null,\"request\":null,\"discarded\":false,"
                                + "\"attempt\":null,\"uptime_ms\":null,\"backoff_ms\":null,\"last_exit\":null,"
                                + "\"standbys\":0,\"standbys_wanted\":0,\"problem\":null,\"limits\":null}],\"quarantined\":null,\"limits\":null,\"user\":null}"),
                json);
        assertFalse(json.contains("\"name\":\"ingest@1\""), json);
        assertTrue(harness.run("status", "ingest@2", "--json").out().contains("\"slot\":2"));
        assertEquals(3, harness.run("status", "ingest@3").exitCode());
    }

    @Test
    void shouldShowTheProcessesOfSlots() {
        shop.standby(2, 0, StandbyPhase.PARKED, 63);
        String out = harness.run("ps", "--wide").out();
        assertTrue(out.contains("\\_ ingest@1: nginx -g daemon off;"), out);
        assertTrue(out.contains("\\_ ingest@transactions (standby): nginx: worker"), out);
    }

    @Test
    void shouldKillASlotAndNothingElseOfIt() throws Exception {
        try (FakeRoot root = new FakeRoot(shop.directory.controlSocket(), request -> "ok 6\n")) {
            assertEquals(
                    "ingest@1: sent KILL to incarnation 6\n",
                    harness.run("kill", "ingest@1").out());
            assertEquals(0, harness.run("kill", "--all").exitCode());
            assertEquals(
                    List.of("coppice/1 kill ingest@1 KILL", "coppice/1 kill rates KILL", "coppice/1 kill ingest KILL"),
                    root.requests());
            for (String verb : List.of("start", "stop", "restart")) {
                Result result = harness.run(verb, "ingest@1");
                assertEquals(2, result.exitCode());
                assertEquals(
                        "coppice: Cannot " + verb
                                + " ingest@1: a slot of transactions runs when ingest has work for it,"
                                + " and not else.\n  `coppice " + verb + " ingest` is for the daemon; `coppice kill"
                                + " ingest@1` ends an attempt.\n",
                        result.err());
            }
            assertEquals(3, harness.run("stop", "rates@1").exitCode(), "it has none");
            assertEquals(3, root.requests().size());
        }
    }

    @Test
    void shouldNotPrintTheLogOfASlotThatIsNotThere() throws IOException {
        Files.writeString(shop.directory.logDirectory().resolve("ingest@transactions.log"), "of any slot\n");
        assertEquals("of any slot\n", harness.run("logs", "ingest@2").out());
        Result result = harness.run("logs", "ingest@9");
        assertEquals(3, result.exitCode());
        assertEquals("", result.out());
        assertTrue(result.err().startsWith("coppice: No such "), result.err());
    }

    @Test
    void shouldSayWhatScalesSlots() {
        Result result = harness.run("scale", "ingest@1", "3");
        assertEquals(2, result.exitCode());
        assertTrue(
                result.err()
                        .contains("ingest@1 is a slot of the transactions of ingest.\n  How many there are the manifest"
                                + " says: `transactions: {slots: N}`."),
                result.err());
    }

    @Test
    void shouldShowTheStateOfASlot() {
        Result result = harness.run("state", "ingest@1");
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("ingest@1"), result.out());
    }

    @Test
    void shouldTellEventsOfSlotsWithTheirDaemons() {
        shop.root().event(CommandHarness.NOW_EPOCH_MS, 2, EventType.EXITED, 62, 5, "signal SEGV");
        shop.root().commit();
        assertTrue(harness.run("events", "ingest").out().contains("ingest@1"));
        assertTrue(harness.run("events", "ingest@1").out().contains("signal SEGV"));
        assertFalse(harness.run("events", "ingest@1").out().contains("signal KILL"));
        assertFalse(harness.run("events", "rates").out().contains("ingest@1"));
    }

    @Test
    void shouldNotPurgeWhileASlotLives() {
        shop.killRoot();
        harness.proc.end(60);
        harness.proc.end(61);
        Result result = harness.run("purge", "--yes", "--instance", "shop");
        assertEquals(1, result.exitCode());
        assertTrue(result.err().contains("ingest@1 lives as pid 62"), result.err());
    }

    /** As a reload leaves them for a moment, or damage. */
    @Test
    void shouldShowASlotWhoseDaemonIsNotThere() {
        shop.child(1, row -> {
            row.reset("other", ChildKind.COMMAND);
            row.state(ChildStateCode.STOPPED);
            row.wanted(WantedCode.DOWN);
        });
        String out = harness.run("status").out();
        assertTrue(out.contains("\ningest@1  ready"), out);
    }
}
