package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.state.root.Asker;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.WantedCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsCommandTest {
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

    @Test
    void shouldPrintEventsOldestFirst() {
        Result result = harness.run("events");

        assertEquals("", result.err());
        assertEquals(
                local(9_000) + "  root    root-started  pid 50\n"
                        + local(3_000) + "  ingest  exited  incarnation 1  pid 59  signal KILL\n"
                        + local(2_000) + "  ingest  ready  incarnation 2  pid 61\n",
                result.out());
    }

    @Test
    void shouldPrintOneJsonObjectPerLine() {
        Result result = harness.run("events", "--json", "-n2");

        assertEquals("", result.err());
        assertEquals("""
                {"sequence":2,"at":"2026-11-21T09:14:57Z","daemon":"ingest","type":"exited","pid":59,"incarnation":1,"text":"signal KILL","by":null}
                {"sequence":3,"at":"2026-11-21T09:14:58Z","daemon":"ingest","type":"ready","pid":61,"incarnation":2,"text":null,"by":null}
                """, result.out());
    }

    @Test
    void shouldTellWhoAsked() {
        shop.root()
                .event(
                        CommandHarness.NOW_EPOCH_MS,
                        1,
                        EventType.STOP_REQUESTED,
                        61,
                        2,
                        new Asker(0, 4242),
                        "by a reload");
        shop.root()
                .event(CommandHarness.NOW_EPOCH_MS, 1, EventType.KILL_REQUESTED, 61, 2, new Asker(64_811, 0), "TERM");
        shop.root().commit();

        assertEquals(
                local(0) + "  ingest  stop-requested  incarnation 2  pid 61  by root (pid 4242)  by a reload\n"
                        + local(0) + "  ingest  kill-requested  incarnation 2  pid 61  by user 64811  TERM\n",
                harness.run("events", "-n2").out());
        String json = harness.run("events", "-n2", "--json").out();
        assertTrue(json.contains("\"text\":\"by a reload\",\"by\":{\"uid\":0,\"pid\":4242}}\n"), json);
        assertTrue(json.contains("\"text\":\"TERM\",\"by\":{\"uid\":64811,\"pid\":null}}\n"), json);
    }

    @Test
    void shouldPrintOnlyThoseThatAreAskedFor() {
        event(-1, EventType.GROUP_FAILED, "group all failed");
        event(2, EventType.EXITED, "exit code 3");

        assertEquals(2, harness.run("events", "ingest").lines().size());
        assertEquals(3, harness.run("events", "ingest", "web").lines().size());
        assertTrue(harness.run("events", "rates").lines().isEmpty(), "nothing has happened to it");
        String root = harness.run("events", "root").out();
        assertTrue(root.lines().count() == 2 && root.contains("group all failed"), root);
        String exited = harness.run("events", "--type", "exited").out();
        assertTrue(exited.contains("signal KILL") && exited.contains("exit code 3"), exited);
        assertEquals(2, exited.lines().count());
        assertEquals(
                3,
                harness.run("events", "--type", "root-started,ready", "--type", "group-failed")
                        .lines()
                        .size());
        String last = harness.run("events", "ingest", "--type", "exited", "-n1", "--json")
                .out();
        assertTrue(last.startsWith("{\"sequence\":2,") && last.lines().count() == 1, last);
    }

    @Test
    void shouldRefuseUnknownNamesAndTypes() {
        Result name = harness.run("events", "ingst");
        assertEquals(3, name.exitCode());
        assertTrue(name.err().contains("No such daemon in shop: ingst. Did you mean ingest?"), name.err());
        Result type = harness.run("events", "--type", "exitd");
        assertEquals(2, type.exitCode());
        assertTrue(
                type.err().startsWith("coppice: --type: there is no event `exitd`. Did you mean `exited`?"),
                type.err());
        assertTrue(type.err().contains("root-started, root-stopping,"), type.err());
    }

    /** The record has lost the daemon, and still has what happened to it. */
    @Test
    void shouldTellOfADaemonThatARootHasNoMore() {
        shop.child(1, row -> {
            row.reset("orders", ChildKind.DAEMON);
            row.state(ChildStateCode.STOPPED);
            row.wanted(WantedCode.UP);
        });

        Result result = harness.run("events", "ingest");
        assertEquals("", result.err());
        assertEquals(2, result.lines().size());
    }

    @Test
    void shouldFollowOnlyWhatIsAskedFor() throws Exception {
        Follower follower = new Follower("events", "-f", "web", "--type", "note");
        event(1, EventType.NOTE, "of another");
        event(2, EventType.READY, "of another type");
        event(2, EventType.NOTE, "one");
        follower.awaitText("  one\n");

        String text = follower.leave(() -> event(2, EventType.NOTE, "last"));
        assertTrue(text.endsWith("  web     note  one\n") && text.lines().count() == 1, text);
    }

    private void event(int child, EventType type, String text) {
        shop.root().event(CommandHarness.NOW_EPOCH_MS, child, type, 0, 0, text);
        shop.root().commit();
    }

    @Test
    void shouldAlsoTellTheEventsOfADeadRoot() {
        shop.killRoot();

        assertEquals(3, harness.run("events", "--instance", "shop").lines().size());
    }

    @Test
    void shouldFailWithoutARootSegment() throws Exception {
        shop.root().close();
        java.nio.file.Files.delete(shop.directory.rootSegment());

        Result result = harness.run("events");

        assertEquals(1, result.exitCode());
        assertTrue(result.err().contains("root.seg does not exist"), result.err());
    }

    @Test
    void shouldFollowNewEventsAndSayHowManyWereLost() throws Exception {
        Follower follower = new Follower("events", "-f", "--json");
        follower.awaitText("\"sequence\":3,");
        event("one");
        follower.awaitText("\"text\":\"one\"");
        // More than the ring holds, in one commit, so that no reader can be in time.
        int tooMany = RootSegment.EVENT_CAPACITY + 5;
        for (int i = 0; i < tooMany; i++) {
            shop.root().event(CommandHarness.NOW_EPOCH_MS, -1, EventType.NOTE, 0, 0, "flood " + i);
        }
        shop.root().commit();
        follower.awaitText("\"text\":\"flood " + (tooMany - 1) + "\"");

        String text = follower.leave(() -> event("last"));
        assertTrue(text.contains("{\"type\":\"lost\",\"count\":5}\n{\"sequence\":10,"), text.substring(0, 600));
    }

    @Test
    void shouldFollowAcrossAPurgeAndANewSegment() throws Exception {
        Follower follower = new Follower("events", "-f");
        follower.awaitText("ingest  ready");
        shop.recreateRoot();
        event("reborn");
        follower.awaitText("reborn");

        follower.leave(() -> event("last"));
        assertTrue(follower.err().contains("the root's segment was made anew"), follower.err());
    }

    @Test
    void shouldFollowAcrossTheDeathOfTheRoot() throws Exception {
        Follower follower = new Follower("events", "-f");
        follower.awaitText("ingest  ready");
        shop.killRoot();
        event("adopted by a successor");
        follower.awaitText("adopted by a successor");

        assertEquals(1, follower.leave(() -> event("last")).split("adopted by", -1).length - 1);
    }

    @Test
    void shouldEndWhenInterrupted() throws Exception {
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        ReaderThatLeaves out = new ReaderThatLeaves(text -> false);
        Thread thread = new Thread(() -> exit.complete(harness.run(out, new ByteArrayOutputStream(), "events", "-f")));
        thread.start();
        Await.until("the first events", () -> out.text().contains("ingest  ready"));
        thread.interrupt();

        assertEquals(0, exit.get(60, TimeUnit.SECONDS));
    }

    private void event(String text) {
        shop.root().event(CommandHarness.NOW_EPOCH_MS, -1, EventType.NOTE, 0, 0, text);
        shop.root().commit();
    }

    private static String local(long agoMs) {
        return DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS")
                .format(Instant.ofEpochMilli(CommandHarness.NOW_EPOCH_MS - agoMs)
                        .atZone(ZoneId.systemDefault()));
    }

    /** `events -f` on a thread of its own, with a reader who leaves when told to. */
    private final class Follower {
        private volatile boolean enough;
        private final ReaderThatLeaves out = new ReaderThatLeaves(text -> enough);
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final CompletableFuture<Integer> exit;

        Follower(String... args) {
            exit = CompletableFuture.supplyAsync(() -> harness.run(out, err, args));
        }

        void awaitText(String text) {
            Await.until(text, () -> out.text().contains(text) || exit.isDone());
            assertTrue(out.text().contains(text), out.text() + err.toString(StandardCharsets.UTF_8));
        }

        /** @param something that makes it write once more, and so notice that nobody reads */
        String leave(Runnable something) throws Exception {
            String text = out.text();
            enough = true;
            something.run();
            assertEquals(0, exit.get(60, TimeUnit.SECONDS));
            return text;
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }
    }
}
