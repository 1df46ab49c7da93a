package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a worker that dies, however it dies, is back at its last commit, and {@code status} tells how. Method: real roots
 * and worker JVMs, each with a daemon that has one way of dying.
 */
class RecoverySystemTest {
    private static final String DAEMONS = "io.coppice.ops.system.daemons.";

    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldResumeAtTheLastCommitAfterEachKill() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: %sTicker, classpath: [$JAR], jvm: {heap: 16MiB}, max_restarts: unlimited, backoff: none}
                """.formatted(DAEMONS));
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon before = coppice.await("ticker", d -> d.state().equals("ready") && d.number("commits") > 20);
        for (int kill = 1; kill <= 5; kill++) {
            Coppice.kill(before.number("pid"));
            long incarnation = before.number("incarnation");
            long commits = before.number("commits");
            Coppice.Daemon after = coppice.await(
                    "ticker",
                    d -> d.state().equals("ready")
                            && d.number("incarnation") > incarnation
                            && d.number("commits") > commits + 20);
            assertEquals(incarnation + 1, after.number("incarnation"));
            assertEquals("signal", after.lastExit().get("kind"));
            assertEquals("KILL", after.lastExit().get("signal"));
            assertEquals(null, after.lastExit().get("code"));
            assertEquals(kill, after.number("restarts"));
            before = after;
        }
        assertEquals(0, root.stop(), root.stderr());
        String log = coppice.log("ticker");
        assertFalse(log.contains("torn"), log);
        assertFalse(log.contains("WARN"), log);
        assertTrue(log.contains("incarnation 6 at "), log);
        assertTrue(log.contains("stopped in order"), log);

        // The segment outlives the stop: the next run goes on.
        Coppice.Root again = coppice.startRoot();
        long commits = before.number("commits");
        coppice.await("ticker", d -> d.state().equals("ready") && d.number("commits") > commits);
        assertEquals(0, again.stop(), again.stderr());

        Coppice.Root fresh = coppice.startRoot("--fresh");
        coppice.awaitState("ticker", "ready");
        assertTrue(coppice.log("ticker").endsWith(" at 0 after nothing\n"), coppice.log("ticker"));
        assertEquals(0, fresh.stop(), fresh.stderr());
    }

    @Test
    void shouldNotTakeASigtermFromOutsideForACompletion() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: %sTicker, classpath: [$JAR], jvm: {heap: 16MiB}}
                """.formatted(DAEMONS));
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon before = coppice.await("ticker", d -> d.state().equals("ready") && d.number("commits") > 20);

        ProcessHandle.of(before.number("pid")).orElseThrow().destroy();

        Coppice.Daemon after = coppice.await(
                "ticker",
                d -> d.state().equals("ready") && d.number("incarnation") == before.number("incarnation") + 1);
        assertEquals("exit", after.lastExit().get("kind"));
        assertEquals(143L, after.lastExit().get("code"));
        assertEquals(0, root.stop(), root.stderr());
        assertEquals("stopped", coppice.daemon("ticker").state());
    }

    @Test
    void shouldRollBackAStepThatThrowsAndTellTheTraceAsTheCause() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  throws: {main: %sThrows, classpath: [$JAR], jvm: {heap: 16MiB}}
                """.formatted(DAEMONS));
        Coppice.Root root = coppice.startRoot();
        assertEquals(0, root.awaitExit(), root.stderr());
        Coppice.Daemon daemon = coppice.daemon("throws");
        assertEquals("completed", daemon.state());
        assertEquals(2, daemon.number("incarnation"));
        assertTrue(coppice.log("throws").contains("found 41\nleft 42"), coppice.log("throws"));
        String events = coppice.ask("events").out();
        assertTrue(events.contains("the order book is crossed"), events);
    }

    @Test
    void shouldDumpTheThreadsOfAHungWorkerBeforeItIsKilled() throws Exception {
        Path healed = coppice.directory.resolve("healed");
        coppice.manifest("""
                instance: shop
                daemons:
                  hangs:
                    main: %sHangs
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    heartbeat: {timeout: 1s}
                    args: [%s]
                    max_restarts: unlimited
                    backoff: none
                """.formatted(DAEMONS, healed));
        Coppice.Root root = coppice.startRoot();
        // The root does not wait for the dump for ever; on a machine that is busy with other things, one may be cut
        // off.
        coppice.awaitLog("hangs", log -> log.contains("Full thread dump") && log.contains("Hangs.step"));
        Files.createFile(healed);
        Coppice.Daemon daemon = coppice.await(
                "hangs", d -> d.state().equals("ready") && d.number("incarnation") > 1 && d.number("commits") > 1);
        assertEquals("hang", daemon.lastExit().get("kind"));
        assertEquals(0, root.stop(), root.stderr());
    }

    /** The start's own timeout is a minute: only the one of recover can end it so. */
    @Test
    void shouldGiveRecoverATimeoutOfItsOwn() throws Exception {
        Path healed = coppice.directory.resolve("healed");
        coppice.manifest("""
                instance: shop
                daemons:
                  decides:
                    main: %sNeverDecides
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    resume: ask
                    recover: {timeout: 500ms}
                    environment: {HEALED: %s}
                    max_restarts: unlimited
                    backoff: none
                    poison: none
                """.formatted(DAEMONS, healed));
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon first = coppice.await("decides", d -> d.state().equals("ready") && d.number("commits") > 1);
        Coppice.kill(first.number("pid"));
        coppice.await(
                "decides",
                d -> d.number("incarnation") > 2
                        && "start-timeout".equals(d.lastExit().get("kind")));
        String events = coppice.ask("events").out();
        assertTrue(events.contains("not recovered within 500 ms"), events);
        assertTrue(coppice.log("decides").contains("NeverDecides.recover"), coppice.log("decides"));
        Files.createFile(healed);
        coppice.await("decides", d -> d.state().equals("ready") && d.number("commits") > first.number("commits"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldBackOffAndThenFailAWorkerThatDiesAtOnceAndKeepTheOthers() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: %1$sTicker, classpath: [$JAR], jvm: {heap: 16MiB}}
                  broken: {main: %1$sDiesAtOnce, classpath: [$JAR], jvm: {heap: 16MiB}, max_restarts: 2}
                """.formatted(DAEMONS));
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon broken = coppice.awaitState("broken", "failed");
        assertEquals(3, broken.number("incarnation"));
        assertEquals(9L, broken.lastExit().get("code"));
        assertTrue(broken.isNull("pid"));
        Coppice.Daemon ticker = coppice.awaitState("ticker", "ready");
        assertEquals(1, ticker.number("incarnation"));
        assertTrue(root.process.isAlive());
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldTellADaemonWhoseMapIsFullWhichCapacityAndWhichKey() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  fills: {main: %sFillsItsMap, classpath: [$JAR], jvm: {heap: 16MiB}}
                """.formatted(DAEMONS));
        Coppice.Root root = coppice.startRoot();
        assertEquals(0, root.awaitExit(), root.stderr());
        String log = coppice.log("fills");
        assertTrue(log.contains("at 100: "), log);
        assertTrue(log.contains("100") && log.contains("words") && log.contains("state"), log);
        assertTrue(log.contains("too long: "), log);
        assertTrue(log.contains("holds 100"), log);
    }

    @Test
    void shouldOutliveASegmentThatIsTruncatedUnderItsWorker() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: %sTicker, classpath: [$JAR], jvm: {heap: 16MiB}, heartbeat: {timeout: 1s}, max_restarts: 1}
                  clock: {command: 'while :; do sleep 1000; done'}
                """.formatted(DAEMONS));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("ticker", "ready");
        try (FileChannel segment =
                FileChannel.open(coppice.home().resolve("shop/ticker.seg"), StandardOpenOption.WRITE)) {
            segment.truncate(0);
        }
        Coppice.Daemon ticker = coppice.awaitState("ticker", "failed");
        assertTrue(ticker.number("incarnation") > 1);
        assertEquals(1, coppice.awaitState("clock", "ready").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }
}
