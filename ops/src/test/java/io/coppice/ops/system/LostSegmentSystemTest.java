package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The segment of a living daemon is removed; its data is lost with it, but nobody pretends that there was none. */
class LostSegmentSystemTest {
    private static final String MANIFEST = """
            instance: shop
            daemons:
              ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}, max_restarts: 1}
              clock: {command: 'while :; do sleep 1000; done'}
            """;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private Path segment() {
        return coppice.home().resolve("shop/ticker.seg");
    }

    private Coppice.Daemon removeTheSegment() throws Exception {
        Coppice.Daemon ticker =
                coppice.await("ticker", daemon -> daemon.state().equals("ready") && daemon.number("commits") > 5);
        Files.delete(segment());
        String events = "";
        while (!events.contains("its segment was removed or replaced")) {
            events = coppice.ask("events").out();
        }
        return ticker;
    }

    @Test
    void shouldTellThatItIsGoneAndStartNoSuccessorFromAnEmptyOne() throws Exception {
        coppice.manifest(MANIFEST);
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon ticker = removeTheSegment();
        assertTrue(Coppice.isAlive(ticker.number("pid")));

        Coppice.kill(ticker.number("pid"));

        Coppice.Daemon failed = coppice.awaitState("ticker", "failed");
        assertFalse(Files.exists(segment()));
        assertEquals(2, failed.number("incarnation"));
        assertTrue(coppice.log("ticker").contains("ticker.seg"), coppice.log("ticker"));
        assertEquals(1, coppice.awaitState("clock", "ready").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldRefuseASuccessorOfTheRootWhileTheDaemonLives() throws Exception {
        coppice.manifest(MANIFEST);
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon ticker = removeTheSegment();
        root.process.destroyForcibly();
        root.awaitExit();

        Coppice.Root refused = coppice.startRoot();
        assertEquals(1, refused.awaitExit());
        assertTrue(
                refused.stderr().contains("ticker.seg is gone, while ticker (pid " + ticker.number("pid")),
                refused.stderr());
        assertTrue(Coppice.isAlive(ticker.number("pid")));
        assertFalse(Files.exists(segment()));

        Coppice.kill(ticker.number("pid"));
        Coppice.await("the daemon's end", () -> !Coppice.isAlive(ticker.number("pid")));
        Coppice.Root second = coppice.startRoot();
        coppice.awaitRoot(second);
        coppice.await("ticker", daemon -> daemon.state().equals("ready") && daemon.number("incarnation") == 2);
        String events = coppice.ask("events").out();
        assertTrue(events.contains("the segment of ticker was gone; it is made anew, empty"), events);
        assertEquals(0, second.stop(), second.stderr());
    }
}
