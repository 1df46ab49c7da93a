package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: the wish of users that what an operator has stopped stays stopped. Method: a real root is given every reason to start it again: a
 * group that restarts together, a dependency that comes back, a reload, and its own death.
 */
class StoppedStaysStoppedSystemTest {
    private static final String MANIFEST = """
            instance: shop
            groups: {edge: {members: [web, cache], strategy: one-for-all}}
            defaults: {backoff: none}
            daemons:
              db: {command: [sleep, "1000"]}
              web: {command: [sleep, "%d"], restart: always, depends_on: {db: {condition: ready, restart: true}}}
              cache: {command: [sleep, "1000"]}
            """;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private void stoppedAsEver() {
        Coppice.Daemon web = coppice.daemon("web");
        assertEquals("stopped", web.state());
        assertEquals("down", web.wanted());
        assertEquals(1, web.number("incarnation"));
    }

    @Test
    void shouldStayStoppedWhateverHappens() throws Exception {
        coppice.manifest(MANIFEST.formatted(1000));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("web", "ready");
        coppice.awaitState("cache", "ready");
        assertEquals(0, coppice.run("stop", "web").exitCode());

        // Its group restarts together.
        Coppice.kill(coppice.daemon("cache").number("pid"));
        coppice.await("cache", d -> d.state().equals("ready") && d.number("incarnation") == 2);
        stoppedAsEver();
        // What it is restarted with comes back.
        Coppice.kill(coppice.daemon("db").number("pid"));
        coppice.await("db", d -> d.state().equals("ready") && d.number("incarnation") == 2);
        assertEquals(0, coppice.run("restart", "db").exitCode());
        stoppedAsEver();
        // It would be started in another way now.
        coppice.manifest(MANIFEST.formatted(2000));
        assertEquals(0, coppice.run("reload").exitCode());
        stoppedAsEver();
        // The root dies, and what was its group with it.
        Coppice.kill(root.process.pid());
        root.awaitExit();
        Coppice.kill(coppice.daemon("cache").number("pid"));
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        coppice.await("cache", d -> d.state().equals("ready") && d.number("incarnation") == 3);
        stoppedAsEver();

        assertEquals(0, coppice.run("start", "web").exitCode());
        assertEquals(2, coppice.awaitState("web", "ready").number("incarnation"));
        assertTrue(coppice.daemon("web").wanted().equals("up"));
        assertEquals(0, next.stop(), next.stderr());
    }
}
