package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSegment;
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
                {"sequence":2,"at":"2026-11-21T09:14:57Z","daemon":"ingest","type":"exited","pid":59,"incarnation":1,"text":"signal KILL"}
                {"sequence":3,"at":"2026-11-21T09:14:58Z","daemon":"ingest","type":"ready","pid":61,"incarnation":2,"text":null}
                """, result.out());
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
