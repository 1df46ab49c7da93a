package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: what probes find decides who is ready, who waits and who is ended, whoever of root and prober dies meanwhile. Method: a real
 * root and a real prober; what is looked at are files, and servers of the test itself.
 */
class ProbesSystemTest {
    private static final String QUICK = "period: 100ms, timeout: 30s, failure_threshold: 2";

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private void touch(String name) throws IOException {
        coppice.file(name, "");
    }

    private void remove(String name) throws IOException {
        Files.delete(coppice.directory.resolve(name));
    }

    private Coppice.Daemon awaitHealth(String name, boolean healthy) throws Exception {
        return coppice.await(
                name, d -> Boolean.valueOf(healthy).equals(d.fields().get("healthy")));
    }

    private Coppice.Daemon awaitReady(String name, long incarnation) throws Exception {
        return coppice.await(name, d -> d.state().equals("ready") && d.number("incarnation") == incarnation);
    }

    /** One that is well while a file is there, and one that waits for its health. */
    private Coppice.Root startWebAndApp() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  web:
                    command: [sleep, "1000"]
                    readiness_probe: {exec: [test, -e, up], %s}
                  app:
                    command: [sleep, "1000"]
                    depends_on: {web: {condition: healthy}}
                """.formatted(QUICK));
        return coppice.startRoot();
    }

    @Test
    void shouldBeReadyByAProgramAndHaveDependentsWaitForHealth() throws Exception {
        Coppice.Root root = startWebAndApp();
        awaitReady("prober", 1);
        Coppice.Daemon web = coppice.awaitState("web", "starting");
        assertTrue(web.isNull("healthy"));
        assertEquals("stopped", coppice.daemon("app").state());
        touch("up");
        long pid = awaitReady("web", 1).number("pid");
        long app = awaitReady("app", 1).number("pid");

        remove("up");
        awaitHealth("web", false);
        assertTrue(coppice.run("status").out().contains("ready, unhealthy"));
        Coppice.kill(app);
        Coppice.Daemon waits = coppice.await("app", d -> d.state().equals("stopped") && d.number("incarnation") == 1);
        assertEquals(List.of("web (healthy)"), waits.fields().get("waiting_for"));
        touch("up");
        awaitHealth("web", true);
        awaitReady("app", 2);
        assertEquals(pid, coppice.daemon("web").number("pid"), "who is unwell is not ended");

        String events = coppice.ask("events").out();
        assertTrue(events.contains("readiness: exec"), events);
        assertTrue(events.contains("2 times in a row"), events);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldLoseNothingWithItsProberNorWithItsRoot() throws Exception {
        Coppice.Root root = startWebAndApp();
        touch("up");
        long pid = awaitReady("web", 1).number("pid");
        awaitReady("app", 1);

        Coppice.kill(awaitReady("prober", 1).number("pid"));
        long prober = awaitReady("prober", 2).number("pid");
        remove("up");
        awaitHealth("web", false);
        touch("up");
        awaitHealth("web", true);

        Coppice.kill(root.process.pid());
        root.awaitExit();
        remove("up");
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        awaitHealth("web", false);
        assertEquals(pid, coppice.daemon("web").number("pid"));
        assertEquals(prober, coppice.daemon("prober").number("pid"));
        assertEquals(1, coppice.daemon("app").number("incarnation"));
        assertEquals(0, next.stop(), next.stderr());
        assertFalse(Coppice.isAlive(prober));
    }

    /** At a port that somebody keeps: nobody else gets it while nobody listens. */
    private static ServerSocket listen(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 16);
        return server;
    }

    @Test
    void shouldBeReadyByAConnectionARequestAndALineOfTheLog() throws Exception {
        AtomicInteger status = new AtomicInteger(503);
        InetAddress here = InetAddress.getByName("127.0.0.1");
        HttpServer http = HttpServer.create(new InetSocketAddress(here, 0), 16);
        http.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(exchange.getRequestHeaders().containsKey("X-Probe") ? status.get() : 400, -1);
            exchange.close();
        });
        http.start();
        Socket place = new Socket();
        place.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        place.bind(new InetSocketAddress(here, 0));
        int port = place.getLocalPort();
        ServerSocket tcp = listen(port);
        try {
            coppice.manifest("""
                    instance: shop
                    daemons:
                      tcp:
                        command: [sleep, "1000"]
                        readiness_probe: {tcp: {port: %d}, %s}
                      http:
                        command: [sleep, "1000"]
                        readiness_probe: {http: {port: %d, path: /health, headers: {X-Probe: "1"}}, %s}
                      line:
                        command: 'echo booting; until test -e go; do sleep 0.05; done; echo server up; exec sleep 1000'
                        readiness_probe: {log_line: '^server up$', %s}
                        backoff: none
                    """.formatted(port, QUICK, http.getAddress().getPort(), QUICK, QUICK));
            Coppice.Root root = coppice.startRoot();
            awaitReady("tcp", 1);
            coppice.awaitState("http", "starting");
            coppice.awaitState("line", "starting");
            status.set(302);
            awaitReady("http", 1);
            touch("go");
            long pid = awaitReady("line", 1).number("pid");

            tcp.close();
            status.set(500);
            awaitHealth("tcp", false);
            awaitHealth("http", false);
            status.set(200);
            awaitHealth("http", true);
            // The line of the process before does not count.
            remove("go");
            Coppice.kill(pid);
            coppice.awaitLog("line", log -> log.split("booting", -1).length == 3);
            tcp = listen(port);
            awaitHealth("tcp", true);
            assertEquals("starting", coppice.daemon("line").state());
            touch("go");
            awaitReady("line", 2);
            assertEquals(0, root.stop(), root.stderr());
        } finally {
            tcp.close();
            place.close();
            http.stop(0);
        }
    }

    @Test
    void shouldEndWhatDoesNotStartOrDoesNotLiveAndNeverForGood() throws Exception {
        Path go = coppice.directory.resolve("finish");
        touch("alive");
        coppice.manifest("""
                instance: shop
                defaults: {backoff: {initial: 100ms, max: 100ms}, max_restarts: unlimited}
                daemons:
                  lives:
                    command: 'until test -e finish; do sleep 0.05; done'
                    liveness_probe: {exec: 'test -e alive || { echo it is dead; exit 7; }', %s}
                  starts:
                    command: 'until test -e finish; do sleep 0.05; done'
                    startup_probe: {exec: [test, -e, started], %s}
                    liveness_probe: {exec: [test, -e, started], %s}
                """.formatted(QUICK, QUICK, QUICK));
        Coppice.Root root = coppice.startRoot();
        awaitReady("lives", 1);
        Coppice.Daemon failing = coppice.await("starts", d -> d.number("incarnation") >= 3);
        assertEquals("unhealthy", failing.lastExit().get("kind"));
        assertEquals(1, coppice.daemon("lives").number("incarnation"));
        touch("started");
        coppice.awaitState("starts", "ready");

        remove("alive");
        Coppice.Daemon dead = coppice.await("lives", d -> d.number("incarnation") >= 2);
        assertEquals("unhealthy", dead.lastExit().get("kind"));
        assertTrue(coppice.ask("events").out().contains("exit code 7: it is dead"));
        touch("alive");
        // A prober that comes anew has counted nothing.
        Coppice.kill(coppice.awaitState("prober", "ready").number("pid"));
        coppice.await("prober", d -> d.number("incarnation") >= 2 && d.state().equals("ready"));
        coppice.awaitState("lives", "ready");

        // When all others have completed, the prober is no reason to go on.
        Files.createFile(go);
        assertEquals(0, root.awaitExit(), root.stderr());
    }

    /**
     * It believes what its daemon has written, so it may not do what the daemon may not; but it is to see whether a process is there, and
     * what its daemon has said.
     */
    @ParameterizedTest
    @ValueSource(strings = {"", "isolation: sandbox"})
    void shouldLookFromASandboxLikeWhatItLooksAt(String isolation) throws Exception {
        assumeTrue(
                isolation.isEmpty() || WorkerRules.gaps().isEmpty(), "this kernel leaves open: " + WorkerRules.gaps());
        // What a daemon in need has left in the file by which its probe tells that it is well.
        coppice.file("health-of-web", "(: >>" + coppice.home() + "/shop/plan) 2>/dev/null && exit 9\n");
        coppice.file("health-of-ticker", "(: >>" + coppice.home() + "/shop/root.lock) 2>/dev/null && exit 9\n");
        // Beside an instance nothing can be made; what is there can be written.
        touch("pid");
        touch("seen");
        coppice.manifest("""
                instance: shop
                %s
                defaults: {max_restarts: unlimited}
                daemons:
                  web:
                    command: 'echo said; echo $$$$ >pid; exec sleep 1000'
                    readiness_probe: {exec: '. ./health-of-web; kill -0 $(cat pid) && grep -q said %s/shop/logs/web.log', %s}
                  ticker:
                    main: io.coppice.ops.system.daemons.Ticker
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    liveness_probe: {exec: '. ./health-of-ticker; echo ticker >>seen', %s}
                """.formatted(isolation, coppice.home(), QUICK, QUICK));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        if (isolation.isEmpty()) {
            coppice.await("ticker", d -> d.number("incarnation") >= 2);
            assertEquals("starting", coppice.daemon("web").state());
            assertEquals("unhealthy", coppice.daemon("ticker").lastExit().get("kind"));
        } else {
            awaitReady("web", 1);
            Path seen = coppice.directory.resolve("seen");
            Coppice.await("three looks", () -> seen.toFile().length() >= 3 * "ticker\n".length());
            assertEquals(1, coppice.daemon("ticker").number("incarnation"));
        }
        assertEquals(0, root.stop(), root.stderr());
    }

    private void declare(String probesOfWeb, String probesOfTicker) throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  web: {command: [sleep, "1000"]%s}
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}%s}
                """.formatted(probesOfWeb, probesOfTicker));
    }

    @Test
    void shouldLookAtWhatAReloadSaysAndAtADaemonsLife() throws Exception {
        declare("", "");
        Coppice.Root root = coppice.startRoot();
        long web = awaitReady("web", 1).number("pid");
        awaitReady("ticker", 1);
        touch("alive");

        declare(
                ", readiness_probe: {exec: [test, -e, up], " + QUICK + "}",
                ", liveness_probe: {exec: [test, -e, alive], " + QUICK + "}, backoff: none");
        Coppice.Result reloaded = coppice.run("reload");
        assertEquals(0, reloaded.exitCode(), reloaded.err());
        awaitReady("prober", 1);
        awaitHealth("web", false);
        remove("alive");
        Coppice.Daemon ticker = coppice.await("ticker", d -> d.number("incarnation") >= 2);
        assertEquals("unhealthy", ticker.lastExit().get("kind"));
        touch("alive");
        coppice.awaitState("ticker", "ready");

        declare("", "");
        reloaded = coppice.run("reload");
        assertEquals(0, reloaded.exitCode(), reloaded.err());
        coppice.await("web", d -> d.isNull("healthy"));
        assertEquals(web, coppice.daemon("web").number("pid"));
        assertEquals("ready", coppice.daemon("web").state());
        Coppice.await("the prober is gone", () -> !names().contains("prober"));
        assertEquals(0, root.stop(), root.stderr());
    }

    private String names() {
        try {
            return String.valueOf(coppice.status().get("daemons"));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
