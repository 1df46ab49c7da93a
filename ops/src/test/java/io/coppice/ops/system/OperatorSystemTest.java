package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: the commands do what an operator expects of them, at a live instance and at a dead one. */
class OperatorSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private Coppice.Root startShop() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}}
                  web:
                    command: 'echo up; while :; do sleep 1000; done'
                    depends_on: {ticker: {condition: ready}}
                """);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("web", "ready");
        return root;
    }

    private Coppice.Result ok(String... arguments) throws Exception {
        Coppice.Result result = coppice.run(arguments);
        assertEquals(0, result.exitCode(), String.join(" ", arguments) + "\n" + result.out() + result.err());
        return result;
    }

    @Test
    void shouldStopStartRestartAndKillWhatIsAskedFor() throws Exception {
        Coppice.Root root = startShop();
        long pid = coppice.daemon("ticker").number("pid");

        ok("stop", "ticker");
        Coppice.Daemon stopped = coppice.daemon("ticker");
        assertEquals("stopped", stopped.state());
        assertEquals("down", stopped.wanted());
        assertFalse(Coppice.isAlive(pid));

        ok("start", "ticker");
        Coppice.Daemon started = coppice.daemon("ticker");
        assertEquals("ready", started.state());
        assertEquals(2, started.number("incarnation"));

        ok("restart", "ticker");
        assertEquals(3, coppice.daemon("ticker").number("incarnation"));
        assertEquals(0, coppice.daemon("ticker").number("restarts"));

        ok("kill", "ticker");
        Coppice.Daemon killed = coppice.await("ticker", d -> d.state().equals("ready") && d.number("incarnation") == 4);
        assertEquals("KILL", killed.lastExit().get("signal"));

        assertEquals(3, coppice.run("stop", "tikcer").exitCode());
        assertEquals(2, coppice.run("kill", "ticker", "--signal", "NOSUCH").exitCode());
        assertEquals(2, coppice.run("stpo", "ticker").exitCode());
        assertEquals(3, coppice.run("--instance", "other", "status").exitCode());
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldShowWhatRunsWhatHappenedWhatWasSaidAndWhatIsInASegment() throws Exception {
        Coppice.Root root = startShop();

        String tree = ok("ps").out();
        assertTrue(tree.contains(Long.toString(root.process.pid())), tree);
        assertTrue(tree.contains(Long.toString(coppice.daemon("web").number("pid"))), tree);

        String events = ok("events").out();
        assertTrue(events.contains("ticker") && events.contains("ready"), events);
        assertTrue(ok("events", "--json").out().lines().allMatch(line -> Json.parse(line) != null));
        // A command is ready once it is let go, which is before it has said anything.
        coppice.awaitLog("web", log -> log.equals("up\n"));
        assertEquals("up\n", ok("logs", "web").out());
        assertTrue(
                ok("state", "ticker").out().contains("ticks"),
                ok("state", "ticker").out());
        Json.parse(ok("state", "ticker", "--json").out());
        assertTrue(ok("status").out().contains("ticker"));
        assertFalse(ok("status").out().contains("\u001b["), "colour in a pipe");

        assertEquals(1, coppice.run("purge", "--yes").exitCode());
        assertEquals(0, root.stop(), root.stderr());
        ok("purge", "--yes");
        assertEquals(3, coppice.run("status").exitCode());
    }

    @Test
    void shouldShowADeadRootAsDeadAndItsChildrenAsTheyAre() throws Exception {
        Coppice.Root root = startShop();
        long pid = coppice.daemon("ticker").number("pid");
        root.process.destroyForcibly();
        assertTrue(root.process.waitFor(60, TimeUnit.SECONDS));
        Coppice.Result result = coppice.run("status", "--json", "--instance", "shop");
        assertEquals(0, result.exitCode(), result.err());
        assertNull(((java.util.Map<?, ?>) java.util.Objects.requireNonNull(Json.parse(result.out()))).get("root"));
        assertEquals(1, coppice.run("stop", "ticker", "--instance", "shop").exitCode());

        // The next root goes on with what is there.
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        Coppice.Daemon ticker = coppice.awaitState("ticker", "ready");
        assertEquals(pid, ticker.number("pid"));
        assertEquals(1, ticker.number("incarnation"));
        assertEquals(0, ticker.number("restarts"));
        ok("kill", "ticker");
        coppice.await("ticker", d -> d.state().equals("ready") && d.number("incarnation") == 2);
        assertEquals(0, next.stop(), next.stderr());
        assertFalse(coppice.log("ticker").contains("torn"), coppice.log("ticker"));
    }
}
