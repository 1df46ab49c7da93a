package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: replicas of a daemon live, die and are restarted one by one, and there can be more or less of them at any time. */
class ReplicasSystemTest {
    /** From the first of these on a replica is not ready. */
    private static final Set<String> DOWN = Set.of("restart-requested", "exited", "spawned", "released", "killed");

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private void manifest(int replicas) throws Exception {
        coppice.manifest(
                """
                instance: shop
                daemons:
                  web:
                    main: io.coppice.ops.system.daemons.Replica
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    replicas: REPLICAS
                    args: [DIRECTORY/broken]
                    max_restarts: 0
                  api:
                    command: 'while :; do sleep 1000; done'
                    depends_on: {web: {condition: ready}}
                """.replace("REPLICAS", String.valueOf(replicas)).replace("DIRECTORY", coppice.directory.toString()));
    }

    private Coppice.Root start(int replicas) throws Exception {
        manifest(replicas);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        coppice.awaitState("api", "ready");
        return root;
    }

    private Coppice.Result run(int exitCode, String... arguments) throws Exception {
        Coppice.Result result = coppice.run(arguments);
        assertEquals(exitCode, result.exitCode(), String.join(" ", arguments) + "\n" + result.out() + result.err());
        return result;
    }

    private long pid(String name) {
        return coppice.daemon(name).number("pid");
    }

    private List<Long> pids(String... names) {
        return List.of(names).stream().map(this::pid).toList();
    }

    /** The events since one of that number, that one not included. */
    @SuppressWarnings("unchecked")
    private List<Map<String, @Nullable Object>> eventsAfter(long sequence) throws Exception {
        List<Map<String, @Nullable Object>> events = new ArrayList<>();
        for (String line : run(0, "events", "--json").out().lines().toList()) {
            Map<String, @Nullable Object> event =
                    (Map<String, @Nullable Object>) Objects.requireNonNull(Json.parse(line));
            if ((Long) Objects.requireNonNull(event.get("sequence")) > sequence) {
                events.add(event);
            }
        }
        return events;
    }

    private long lastEvent() throws Exception {
        List<Map<String, @Nullable Object>> events = eventsAfter(-1);
        return (Long) Objects.requireNonNull(events.get(events.size() - 1).get("sequence"));
    }

    /** Scenario: three replicas run. One is killed: it alone is restarted, with its own state. */
    @Test
    void shouldGiveEachReplicaItsOwnStateAndItsOwnDeath() throws Exception {
        Coppice.Root root = start(3);
        for (int number = 1; number <= 3; number++) {
            String name = "web." + number;
            coppice.awaitState(name, "ready");
            coppice.awaitLog(name, log -> log.contains(name + " is number " + name.substring(4) + " and begins at 0"));
            assertTrue(Files.exists(coppice.home().resolve("shop/" + name + ".seg")));
        }
        assertEquals(List.of("web.1", "web.2", "web.3", "api"), names());
        coppice.await("web.2", d -> d.number("commits") > 20);
        List<Long> others = pids("web.1", "web.3", "api");

        run(0, "kill", "web.2");
        coppice.awaitLog("web.2", log -> log.matches("(?s).*begins at 0.*begins at [1-9].*"));
        assertEquals(others, pids("web.1", "web.3", "api"));
        assertEquals(1, coppice.daemon("web.1").number("incarnation"));
        assertTrue(run(0, "state", "web.2").out().contains("steps"));
        run(0, "stop", "web");
        for (int number = 1; number <= 3; number++) {
            assertEquals("stopped", coppice.daemon("web." + number).state());
        }
        run(0, "start", "web");
        assertEquals("ready", coppice.daemon("web.3").state());
        assertEquals(0, root.stop(), root.stderr());
    }

    @SuppressWarnings("unchecked")
    private List<String> names() throws Exception {
        List<Map<String, @Nullable Object>> rows = (List<Map<String, @Nullable Object>>)
                Objects.requireNonNull(coppice.status().get("daemons"));
        return rows.stream().map(row -> String.valueOf(row.get("name"))).toList();
    }

    /** Scenario: all are restarted, by the events never two at a time. Then one is told not to start: the roll ends there. */
    @Test
    void shouldRestartOneAtATimeAndEndWithTheFirstThatDoesNotComeBack() throws Exception {
        Coppice.Root root = start(3);
        List<Long> before = pids("web.1", "web.2", "web.3");
        long api = pid("api");
        long last = lastEvent();

        String told = run(0, "restart", "web").out();
        assertTrue(told.startsWith("web: restarting 3 replicas, one at a time\n"), told);
        List<Long> after = pids("web.1", "web.2", "web.3");
        for (int i = 0; i < 3; i++) {
            assertNotEquals(before.get(i), after.get(i));
        }
        Set<Object> down = new HashSet<>();
        int restarts = 0;
        for (Map<String, @Nullable Object> event : eventsAfter(last)) {
            Object daemon = event.get("daemon");
            if (daemon == null || !daemon.toString().startsWith("web.")) {
                continue;
            }
            if ("ready".equals(event.get("type"))) {
                down.remove(daemon);
            } else if (DOWN.contains(String.valueOf(event.get("type")))) {
                restarts += down.add(daemon) ? 1 : 0;
            }
            assertTrue(down.size() <= 1, "two at a time: " + down);
        }
        assertEquals(3, restarts);
        assertEquals(Set.of(), down);
        assertEquals(api, pid("api"));

        Files.createFile(coppice.directory.resolve("broken2"));
        long third = pid("web.3");
        Coppice.Result ended = run(1, "restart", "web");
        assertTrue(ended.out().contains("web.1: ready"), ended.out());
        assertTrue(ended.err().contains("Could not restart web.2: it failed"), ended.err());
        assertTrue(ended.err().contains("not touched: web.3."), ended.err());
        assertEquals(third, pid("web.3"));
        assertEquals("failed", coppice.daemon("web.2").state());

        // It comes first now, since nothing is lost by that.
        Files.delete(coppice.directory.resolve("broken2"));
        assertTrue(run(0, "restart", "web").out().contains(", one at a time\nweb.2: ready"));
        assertEquals(0, root.stop(), root.stderr());
    }

    /** Scenario: 3, 5, 2, 4 replicas. What stays does not notice, what goes does so in order, what comes back has its state. */
    @Test
    void shouldScaleWithoutTouchingWhatStays() throws Exception {
        Coppice.Root root = start(3);
        List<Long> three = pids("web.1", "web.2", "web.3", "api");
        String told = run(0, "scale", "web", "5").out();
        assertEquals(
                List.of(
                        "web: 3 to 5 replicas",
                        "web.4: added",
                        "web.5: added",
                        "api: new rules, not restarted",
                        "3 others unchanged"),
                told.lines().toList());
        assertEquals(three, pids("web.1", "web.2", "web.3", "api"));
        assertEquals("ready", coppice.daemon("web.5").state());
        coppice.await("web.4", d -> d.number("commits") > 20);
        List<Long> two = pids("web.1", "web.2");
        long fourth = pid("web.4");

        long last = lastEvent();
        run(0, "scale", "web", "2");
        assertEquals(two, pids("web.1", "web.2"));
        assertEquals(List.of("web.1", "web.2", "api"), names());
        assertFalse(Coppice.isAlive(fourth));
        List<String> order = eventsAfter(last).stream()
                .filter(event -> List.of("stop-requested", "stopped").contains(event.get("type")))
                .map(event -> event.get("daemon") + " " + event.get("type"))
                .toList();
        assertEquals(
                List.of(
                        "web.5 stop-requested",
                        "web.5 stopped",
                        "web.4 stop-requested",
                        "web.4 stopped",
                        "web.3 stop-requested",
                        "web.3 stopped"),
                order);
        run(3, "stop", "web.4");

        run(0, "scale", "web", "4");
        assertEquals(two, pids("web.1", "web.2"));
        coppice.awaitLog("web.4", log -> log.matches("(?s).*begins at 0.*begins at [1-9].*"));
        assertEquals("web: 4 replicas already\n", run(0, "scale", "web", "4").out());

        assertTrue(run(2, "scale", "api", "2").err().contains("Write `replicas: 2` below `api:`"));
        assertTrue(run(2, "scale", "web.1", "2").err().contains("one of the replicas of web"));
        assertTrue(run(3, "scale", "wbe", "2").err().contains("Did you mean web?"));
        run(2, "scale", "web", "513");
        assertEquals(0, root.stop(), root.stderr());
    }

    /** Scenario: the root is killed, the manifest read again; then it says another number; then all is stopped in order. */
    @Test
    void shouldHoldAScaleUntilTheManifestSaysAnotherNumber() throws Exception {
        Coppice.Root root = start(2);
        run(0, "scale", "web", "3");
        List<Long> three = pids("web.1", "web.2", "web.3");
        root.process.destroyForcibly();
        assertTrue(root.process.waitFor(60, TimeUnit.SECONDS));
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        coppice.awaitState("web.3", "ready");
        assertEquals(three, pids("web.1", "web.2", "web.3"));

        assertEquals(
                List.of("4 daemons unchanged", "web: 3 replicas by `coppice scale`; the manifest says 2"),
                run(0, "reload").out().lines().toList());
        assertEquals(three, pids("web.1", "web.2", "web.3"));
        assertTrue(run(0, "check").out().contains("3 replicas by `coppice scale` (the manifest says 2)"));

        manifest(1);
        Coppice.Result refused = run(1, "scale", "web", "4");
        assertTrue(refused.err().contains("has changed since it was loaded"), refused.err());
        assertTrue(run(0, "reload", "--dry-run").out().contains("web: 1 replica by the manifest"));
        run(0, "reload");
        assertEquals(List.of("web.1", "api"), names());

        run(0, "scale", "web", "2");
        assertEquals(0, next.stop(), next.stderr());
        Coppice.Root again = coppice.startRoot();
        coppice.awaitRoot(again);
        coppice.awaitState("api", "ready");
        assertEquals(List.of("web.1", "api"), names());
        assertEquals(0, again.stop(), again.stderr());
        run(0, "purge", "--yes");
        assertFalse(Files.exists(coppice.home().resolve("shop/web.3.seg")));
    }

    /** Scenario: nothing is left, the root is killed, another takes over, and there is something again. */
    @Test
    void shouldStayUpWithNothingAndHaveSomethingAgain() throws Exception {
        coppice.manifest("instance: shop\ndaemons: {web: {command: [sleep, '1000'], replicas: 2}}\n");
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        coppice.awaitState("web.2", "ready");
        assertEquals(
                List.of("web: 2 to 0 replicas", "web.1: removed", "web.2: removed"),
                run(0, "scale", "web", "0").out().lines().toList());
        assertEquals(List.of(), names());
        assertTrue(root.process.isAlive(), root.stderr());
        run(0, "scale", "web", "1");
        coppice.awaitState("web.1", "ready");
        run(0, "scale", "web", "0");

        root.process.destroyForcibly();
        assertTrue(root.process.waitFor(60, TimeUnit.SECONDS));
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        assertEquals(List.of(), names());
        run(0, "scale", "web", "2");
        coppice.awaitState("web.2", "ready");
        run(0, "scale", "web", "0");
        assertEquals(0, next.stop(), next.stderr());
    }

    /** Scenario: each listens at a port of its own, by its number, and is asked there; one of them is not well. */
    @Test
    void shouldAskEachReplicaAtItsOwnPort() throws Exception {
        List<ServerSocket> places = new ArrayList<>();
        try {
            int base = twoPorts(places);
            // The first one answers, as if it were the program; the second one's place is closed.
            places.get(1).close();
            coppice.manifest("""
                    instance: shop
                    daemons:
                      web:
                        command: [sleep, "$((1000 + COPPICE_REPLICA))"]
                        replicas: 2
                        environment: {PORT: "$((BASE + COPPICE_REPLICA))"}
                        readiness_probe: {tcp: {port: $((BASE + COPPICE_REPLICA))}, period: 200ms}
                    """.replace("BASE", "" + (base - 1)));
            Coppice.Root root = coppice.startRoot();
            coppice.awaitRoot(root);
            long first = coppice.awaitState("web.1", "ready").number("pid");
            long second = coppice.awaitState("web.2", "starting").number("pid");
            assertEquals("sleep\0" + 1001 + "\0", Files.readString(Path.of("/proc/" + first + "/cmdline")));
            String environment = Files.readString(Path.of("/proc/" + second + "/environ"));
            assertTrue(environment.contains("PORT=" + (base + 1) + "\0"), environment);
            places.add(new ServerSocket(base + 1, 16, InetAddress.getLoopbackAddress()));
            coppice.awaitState("web.2", "ready");
            assertEquals(0, root.stop(), root.stderr());
        } finally {
            for (ServerSocket place : places) {
                place.close();
            }
        }
    }

    /** Two that follow each other, taken; the lower one. */
    private static int twoPorts(List<ServerSocket> places) throws IOException {
        while (true) {
            ServerSocket one = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
            try {
                places.add(new ServerSocket(one.getLocalPort() + 1, 16, InetAddress.getLoopbackAddress()));
                places.add(0, one);
                return one.getLocalPort();
            } catch (IOException | IllegalArgumentException e) {
                one.close(); // Somebody has the next one, or there is none.
            }
        }
    }
}
