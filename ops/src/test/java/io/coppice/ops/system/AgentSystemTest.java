package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.system.programs.Troubled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a program that knows nothing of Coppice runs under the agent as it does without, and is watched: it is ready when it shows signs of
 * life, and what it dies of is told. Method: a published server, and programs that get into trouble; real JVMs.
 */
class AgentSystemTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private static Path originOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Nobody has it now; whoever takes it in between makes the server, and so the test, fail. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A root with that program as its only child. */
    private Coppice.Root startTroubled(String how, String agent, String more) throws Exception {
        return startTroubled(how, "", agent, more);
    }

    private Coppice.Root startTroubled(String how, String argument, String agent, String more) throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  app:
                    command: [%s, -cp, %s, %s, %s, %s%s]
                    agent: %s
                %s
                """.formatted(
                        JAVA,
                        originOf(Troubled.class),
                        Troubled.class.getName(),
                        how,
                        coppice.directory.resolve("once"),
                        argument.isEmpty() ? "" : ", " + argument,
                        agent,
                        more.indent(4)));
        return coppice.startRoot();
    }

    private void askForTroubleOnceItIsReady() throws Exception {
        coppice.awaitState("app", "ready");
        Files.createFile(coppice.directory.resolve("asked"));
    }

    private String events() throws Exception {
        return coppice.ask("events").out();
    }

    @Test
    void shouldRunAPublishedServerUnmodifiedAndStartItAgain() throws Exception {
        int port = freePort();
        Path example = Path.of(Coppice.launcher()).resolveSibling("ops/examples/existing-server/coppice.yaml");
        coppice.manifest(Files.readString(example).replace("[java,", "[" + JAVA + ","));
        Files.copy(originOf(org.h2.tools.Server.class), coppice.directory.resolve("h2.jar"));
        List<String> withPort = List.of("env", "PORT=" + port);
        Coppice.Root root = coppice.startRootIn(withPort);

        Coppice.Daemon db = coppice.await(
                "db",
                daemon -> daemon.state().equals("ready")
                        && !daemon.isNull("commits")
                        && !daemon.isNull("heartbeat_age_ms"));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertTrue(socket.isConnected());
        }
        String figures = coppice.ask("state", "db").out();
        assertTrue(figures.matches("(?s).*heapUsedBytes\\W+[1-9].*"), figures);
        Map<?, ?> jvm = Objects.requireNonNull((Map<?, ?>) db.fields().get("jvm"));
        assertEquals(64L << 20, jvm.get("heap_max"));
        assertTrue((Long) Objects.requireNonNull(jvm.get("threads")) > 1, jvm.toString());

        Coppice.kill(db.number("pid"));
        Coppice.Daemon again = coppice.await(
                "db",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));
        assertEquals("KILL", again.lastExit().get("signal"));

        Coppice.kill(root.process.pid());
        root.awaitExit();
        Coppice.Root next = coppice.startRootIn(withPort);
        coppice.awaitRoot(next);
        Coppice.Daemon adopted = coppice.await("db", daemon -> daemon.number("commits") > again.number("commits"));
        assertEquals(again.number("pid"), adopted.number("pid"));
        assertEquals(2, adopted.number("incarnation"));
        String events = events();
        while (!events.contains("adopted")) {
            assertTrue(next.process.isAlive(), next.stderr());
            events = events();
        }
        assertEquals(0, next.stop(), next.stderr());
        assertFalse(Coppice.isAlive(again.number("pid")));
    }

    @Test
    void shouldFindADeadlockTellOfItAndStartAgain() throws Exception {
        Coppice.Root root = startTroubled("deadlocks", "true", "heartbeat: {timeout: 2s}");
        askForTroubleOnceItIsReady();

        Coppice.Daemon app = coppice.await(
                "app",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));

        assertEquals("hang", app.lastExit().get("kind"));
        String text = String.valueOf(app.lastExit().get("text"));
        assertTrue(text.startsWith("no heartbeat for 2 s: deadlock: \""), text);
        assertTrue(text.contains("left-hand") && text.contains("right-hand"), text);
        String log = coppice.log("app");
        assertTrue(log.contains("Full thread dump") && log.contains("Troubled.lock("), log);
        coppice.awaitLog("app", written -> written.contains("does well"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldFindAPoolThatStandsStill() throws Exception {
        Coppice.Root root = startTroubled("stands-still", "{pools: [\"orders-*\"]}", "heartbeat: {timeout: 3s}");
        askForTroubleOnceItIsReady();

        Coppice.Daemon app = coppice.await(
                "app",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));

        assertEquals("hang", app.lastExit().get("kind"));
        String text = String.valueOf(app.lastExit().get("text"));
        assertTrue(text.startsWith("no heartbeat for 3 s: pool `orders-*` stands still: all of its 2 threads"), text);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldFindAPoolThatIsBlocked() throws Exception {
        Coppice.Root root = startTroubled("is-blocked", "{pools: [\"orders-*\"]}", "heartbeat: {timeout: 4s}");
        askForTroubleOnceItIsReady();

        Coppice.Daemon app = coppice.await(
                "app",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));

        assertEquals("hang", app.lastExit().get("kind"));
        String text = String.valueOf(app.lastExit().get("text"));
        assertTrue(text.startsWith("no heartbeat for 4 s: pool `orders-*` stands still: all of its 2 threads"), text);
        assertTrue(text.contains("(BLOCKED)"), text);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldFindAServerThatSaysItIsNotWell() throws Exception {
        int port = freePort();
        Coppice.Root root = startTroubled(
                "sickens",
                Integer.toString(port),
                "{http: {port: " + port + ", path: /health}}",
                "heartbeat: {timeout: 2s}");

        Coppice.Daemon app = coppice.await(
                "app",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));

        assertEquals("hang", app.lastExit().get("kind"));
        assertEquals(
                "no heartbeat for 2 s: http://127.0.0.1:" + port + "/health answers 503",
                app.lastExit().get("text"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldNotRunTheProgramWithoutTheRootsWord() throws Exception {
        Path built = Path.of(Coppice.launcher()).resolveSibling("ops/target/coppice");
        StringBuilder agent = new StringBuilder("-javaagent:")
                .append(only(built.resolve("worker-agent")))
                .append("=instance=shop,name=app,segment=")
                .append(coppice.directory.resolve("app.seg"))
                .append(",lock=")
                .append(coppice.directory.resolve("app.lock"))
                .append(",heartbeat-ms=1000");
        try (Stream<Path> jars = Files.list(built.resolve("worker-lib"))) {
            jars.forEach(jar -> agent.append(",lib=").append(jar));
        }
        Path once = coppice.directory.resolve("once");
        Process process = new ProcessBuilder(
                        JAVA,
                        agent.toString(),
                        "-cp",
                        originOf(Troubled.class).toString(),
                        Troubled.class.getName(),
                        "exits",
                        once.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();

        process.getOutputStream().close(); // as the kernel does when the root dies

        assertEquals(125, process.waitFor());
        assertFalse(Files.exists(once));
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().orElseThrow();
        }
    }

    @Test
    void shouldTellOfTheExceptionThatLeftMain() throws Exception {
        Coppice.Root root = startTroubled("throws", "true", "");

        Coppice.Daemon app = coppice.await(
                "app",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));

        assertEquals(1L, app.lastExit().get("code"));
        String text = String.valueOf(app.lastExit().get("text"));
        assertTrue(text.startsWith("exit code 1: java.lang.IllegalStateException: no more"), text);
        String log = coppice.log("app");
        assertTrue(log.contains("Exception in thread \"main\" java.lang.IllegalStateException: no more"), log);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldLeaveExceptionsToTheProgramsOwnHandler() throws Exception {
        Coppice.Root root = startTroubled("throws-to-its-own", "true", "");

        Coppice.Daemon app = coppice.await(
                "app",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));

        String log = coppice.log("app");
        assertTrue(log.contains("its own handler got no more of main"), log);
        assertFalse(log.contains("Exception in thread"), log);
        String text = String.valueOf(app.lastExit().get("text"));
        assertTrue(text.startsWith("exit code 1: java.lang.IllegalStateException: no more"), text);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldTellWhoCalledExit() throws Exception {
        Coppice.Root root = startTroubled("exits", "true", "");

        Coppice.Daemon app = coppice.await(
                "app",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));

        assertEquals(7L, app.lastExit().get("code"));
        String text = String.valueOf(app.lastExit().get("text"));
        assertTrue(text.startsWith("exit code 7: System.exit by thread \"main\""), text);
        assertTrue(text.contains("Troubled.leave("), text);
        assertEquals(0, root.stop(), root.stderr());
    }

    /** Who takes its status then, and when, is not ours to say; what it said itself is in its segment. */
    @Test
    void shouldTellWhoCalledExitWhileThereWasNoRoot() throws Exception {
        Coppice.Root first = startTroubled("exits-when-asked", "true", "");
        long pid = coppice.awaitState("app", "ready").number("pid");
        Coppice.kill(first.process.pid());
        first.awaitExit();
        Files.createFile(coppice.directory.resolve("asked"));
        Coppice.await("its end", () -> !Coppice.isAlive(pid));

        Coppice.Root second = coppice.startRoot();

        Coppice.Daemon app = coppice.await(
                "app",
                daemon -> daemon.number("incarnation") == 2 && daemon.state().equals("ready"));
        String text = String.valueOf(app.lastExit().get("text"));
        assertTrue(
                text.startsWith("unknown: it ended while unsupervised; its last words: System.exit by thread \"main\"")
                        || text.startsWith("exit code 7: System.exit by thread \"main\""),
                text);
        assertEquals(0, second.stop(), second.stderr());
    }

    @Test
    void shouldLetAProgramReadNothing() throws Exception {
        Coppice.Root root = startTroubled("reads", "true", "restart: never");

        coppice.awaitState("app", "completed");

        assertTrue(coppice.log("app").contains("read -1"), coppice.log("app"));
        assertEquals(0, root.awaitExit(), root.stderr());
    }

    @Test
    void shouldNotMixItsLibrariesWithTheProgramsOwn() throws Exception {
        Path jar = jarOf(
                "org/slf4j/LoggerFactory.java",
                "package org.slf4j; public class LoggerFactory { public static String who() { return \"the program's\"; } }",
                "io/coppice/state/SegmentFile.java",
                "package io.coppice.state; public class SegmentFile { public static String who() { return \"its too\"; } }",
                "Mine.java",
                "public class Mine { public static void main(String[] a) throws Exception {"
                        + " System.out.println(\"slf4j \" + org.slf4j.LoggerFactory.who() + \", segments \""
                        + " + io.coppice.state.SegmentFile.who());"
                        + " for (String name : new String[] {\"org.slf4j.Logger\", \"io.coppice.worker.Daemon\","
                        + " \"net.openhft.chronicle.core.Jvm\"}) {"
                        + " try { Class.forName(name); System.out.println(\"found \" + name); }"
                        + " catch (ClassNotFoundException e) { System.out.println(\"no \" + name); } }"
                        + " System.out.println(\"properties \" + System.getProperties().stringPropertyNames().stream()"
                        + ".filter(n -> n.contains(\"coppice\") || n.contains(\"slf4j\") || n.contains(\"openhft\")).count());"
                        + " System.out.println(\"handler \" + Thread.getDefaultUncaughtExceptionHandler());"
                        + " synchronized (Mine.class) { Mine.class.wait(); } } }");
        coppice.manifest("""
                instance: shop
                daemons:
                  app: {command: [%s, -cp, %s, Mine], agent: true}
                """.formatted(JAVA, jar));
        Coppice.Root root = coppice.startRoot();

        String log = coppice.awaitLog("app", written -> written.contains("handler "));
        coppice.awaitState("app", "ready");

        assertEquals(
                List.of(
                        "slf4j the program's, segments its too",
                        "no org.slf4j.Logger",
                        "no io.coppice.worker.Daemon",
                        "no net.openhft.chronicle.core.Jvm",
                        "properties 0",
                        "handler null"),
                log.lines().toList());
        assertEquals(0, root.stop(), root.stderr());
        assertTrue(events().contains("stopped"), "asked to, it ends in order");
    }

    /** Pairs of names and texts of sources. */
    private Path jarOf(String... sources) throws IOException {
        Path folder = Files.createDirectory(coppice.directory.resolve("sources"));
        Path classes = Files.createDirectory(coppice.directory.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> arguments = new java.util.ArrayList<>(List.of("-d", classes.toString()));
        for (int i = 0; i < sources.length; i += 2) {
            Path file = folder.resolve(sources[i]);
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, sources[i + 1]).toString());
        }
        assertEquals(0, compiler.run(null, null, null, arguments.toArray(new String[0])));
        Path jar = coppice.directory.resolve("mine.jar");
        try (JarOutputStream entries = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
        return jar;
    }
}
