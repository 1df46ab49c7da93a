package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what goes down together comes back together, and what is given up takes with it whom the manifest names. Method: a real root and
 * real kills of the members.
 */
class GroupSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private void awaitIncarnations(long db, long cache, long web) throws Exception {
        coppice.await("db", d -> d.state().equals("ready") && d.number("incarnation") == db);
        coppice.await("cache", d -> d.state().equals("ready") && d.number("incarnation") == cache);
        coppice.await("web", d -> d.state().equals("ready") && d.number("incarnation") == web);
    }

    private Coppice.Root start(String group) throws Exception {
        coppice.manifest("""
                instance: shop
                groups:
                  edge: {members: [cache, web], %s}
                defaults: {backoff: none}
                daemons:
                  db: {command: [sleep, "1000"]}
                  cache: {command: [sleep, "1000"]}
                  web: {command: [sleep, "1000"], depends_on: {cache: {condition: ready}}}
                """.formatted(group));
        Coppice.Root root = coppice.startRoot();
        awaitIncarnations(1, 1, 1);
        return root;
    }

    private void kill(String name) {
        Coppice.kill(coppice.daemon(name).number("pid"));
    }

    @Test
    void shouldRestartAllMembersOneForAll() throws Exception {
        Coppice.Root root = start("strategy: one-for-all");
        kill("web");
        awaitIncarnations(1, 2, 2);
        Map<?, ?> edge = (Map<?, ?>) ((List<?>) coppice.status().get("groups")).get(1);
        assertEquals("edge", edge.get("name"));
        assertEquals("up", edge.get("state"));
        assertEquals(1L, edge.get("restarts"));
        assertEquals(List.of("cache", "web"), edge.get("members"));
        kill("db");
        awaitIncarnations(2, 2, 2);
        String events = coppice.ask("events").out();
        assertTrue(events.contains("group edge: web died: 1 more to restart with it"), events);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldRestartTheRestForOne() throws Exception {
        start("strategy: rest-for-one");
        kill("web");
        awaitIncarnations(1, 1, 2);
        kill("cache");
        awaitIncarnations(1, 2, 3);
    }

    @Test
    void shouldGoOnWithARestartByGroupAfterTheRootsDeath() throws Exception {
        Coppice.Root root = start("strategy: one-for-all, max_restarts: 2");
        kill("web");
        awaitIncarnations(1, 2, 2);
        Coppice.kill(root.process.pid());
        root.awaitExit();
        kill("cache");
        coppice.startRoot();
        awaitIncarnations(1, 3, 3);
        // The root's death made it forget nothing: that was the second restart.
        kill("web");
        coppice.await("web", d -> d.number("incarnation") == 4 && d.state().equals("ready"));
        assertTrue(coppice.ask("events").out().contains("group-failed"));
    }

    @Test
    void shouldGiveUpAGroupAndLeaveTheOthersAlone() throws Exception {
        start("max_restarts: 1, on_give_up: fail");
        kill("cache");
        awaitIncarnations(1, 2, 1);
        kill("cache");
        coppice.awaitState("cache", "failed");
        coppice.awaitState("web", "failed");
        assertEquals("ready", coppice.daemon("db").state());
        assertTrue(coppice.run("status").out().contains("edge   failed  one-for-one"));
        assertEquals(0, coppice.run("start", "cache").exitCode());
        String degraded = coppice.run("status").out();
        assertTrue(degraded.contains("edge   degraded (1 of 2 failed)  one-for-one  0 of 1"), degraded);
        assertEquals(0, coppice.run("start", "web").exitCode());
        assertEquals("ready", coppice.daemon("web").state());
    }

    @Test
    void shouldExitWithFiveWhenTheOutermostGroupGivesUp() throws Exception {
        coppice.manifest("""
                instance: shop
                max_restarts: 1
                daemons:
                  db: {command: [sleep, "1000"]}
                  loop: {command: 'exit 1', backoff: none}
                """);
        Coppice.Root root = coppice.startRoot();
        assertEquals(5, root.awaitExit(), root.stderr());
        assertTrue(root.stderr().contains("gave up"), root.stderr());

        String text = coppice.run("status").out();
        assertTrue(text.contains("root gave up over loop") && text.contains("with exit code 5"), text);
        assertFalse(text.contains("in order"), text);
        Map<?, ?> end = (Map<?, ?>) coppice.status().get("root_end");
        assertEquals(5L, end.get("exit_code"));
        assertEquals("loop", ((Map<?, ?>) end.get("gave_up")).get("by"));
        String events = coppice.ask("events").out();
        assertTrue(events.contains("stopped  ") && events.contains("because the root gave up"), events);
        assertFalse(events.contains("as asked"), events);
    }

    @Test
    void shouldEndWithItsSignificantDaemon() throws Exception {
        coppice.manifest("""
                instance: shop
                auto_shutdown: any-significant
                daemons:
                  helper: {command: [sleep, "1000"]}
                  job: {command: 'sleep 0.2; exit 3', significant: true, success_exit_status: [3]}
                """);
        Coppice.Root root = coppice.startRoot();
        assertEquals(0, root.awaitExit(), root.stderr());
    }

    @Test
    void shouldDecideBySingleExits() throws Exception {
        coppice.manifest("""
                instance: shop
                defaults: {backoff: none}
                daemons:
                  done: {command: 'exit 3', success_exit_status: [3]}
                  never: {command: 'kill -HUP $$$$; sleep 1000', restart: always, restart_prevent_exit_status: [HUP]}
                  again: {command: 'exit 7', restart: never, restart_force_exit_status: [7], max_restarts: 2}
                """);
        coppice.startRoot();
        assertEquals(1, coppice.awaitState("done", "completed").number("incarnation"));
        assertEquals(1, coppice.awaitState("never", "failed").number("incarnation"));
        assertEquals(3, coppice.awaitState("again", "failed").number("incarnation"));
    }
}
