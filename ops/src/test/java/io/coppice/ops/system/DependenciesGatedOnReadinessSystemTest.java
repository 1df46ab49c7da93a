package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: the wish of users that dependencies wait for readiness and that dependents are restarted with what they depend on. Method: a real
 * root, a real daemon, and its kill.
 */
class DependenciesGatedOnReadinessSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldRestartDependentsThatSayThatAndKeepTheOthers() throws Exception {
        coppice.manifest("""
                instance: shop
                defaults: {backoff: none}
                daemons:
                  ticker:
                    main: io.coppice.ops.system.daemons.Ticker
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                  web: {command: [sleep, "1000"], depends_on: {ticker: {condition: ready, restart: true}}}
                  kept: {command: [sleep, "1000"], depends_on: {ticker: {condition: ready}}}
                """);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("web", "ready");
        long kept = coppice.awaitState("kept", "ready").number("pid");
        String events = coppice.ask("events", "--json").out();
        assertTrue(
                at(events, "ticker", "ready") < at(events, "web", "spawned"),
                "web was launched before what it depends on was ready\n" + events);

        Coppice.kill(coppice.daemon("ticker").number("pid"));
        coppice.await("web", d -> d.state().equals("ready") && d.number("incarnation") == 2);
        assertEquals(2, coppice.daemon("ticker").number("incarnation"));

        assertEquals(0, coppice.run("restart", "ticker").exitCode());
        coppice.await("web", d -> d.state().equals("ready") && d.number("incarnation") == 3);

        assertEquals(0, coppice.run("stop", "ticker").exitCode());
        coppice.awaitState("web", "stopped");
        assertEquals("up", coppice.daemon("web").wanted());
        assertEquals(0, coppice.run("start", "ticker").exitCode());
        coppice.await("web", d -> d.state().equals("ready") && d.number("incarnation") == 4);
        assertEquals(kept, coppice.daemon("kept").number("pid"));
        assertEquals(0, root.stop(), root.stderr());
    }

    /** The line of the first such event. */
    private static int at(String events, String daemon, String type) {
        List<String> lines = events.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains("\"daemon\":\"" + daemon + "\"")
                    && lines.get(i).contains("\"type\":\"" + type + "\"")) {
                return i;
            }
        }
        throw new AssertionError("no " + type + " of " + daemon + "\n" + events);
    }
}
