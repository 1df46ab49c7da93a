package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker that somebody has stopped (SIGSTOP) and does not let go on is one that hangs, ten timeouts later than others. */
class StoppedWorkerSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldKillAStoppedWorkerAndGoOnFromItsLastCommit() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}, heartbeat: {timeout: 500ms}}
                  clock: {command: 'while :; do sleep 1000; done'}
                """);
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon ticker =
                coppice.await("ticker", daemon -> daemon.state().equals("ready") && daemon.number("commits") > 20);
        long pid = ticker.number("pid");
        assertEquals(
                0,
                new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor());

        Coppice.Daemon after =
                coppice.await("ticker", daemon -> daemon.state().equals("ready") && daemon.number("incarnation") == 2);

        assertFalse(Coppice.isAlive(pid));
        assertEquals("hang", after.lastExit().get("kind"));
        String log = coppice.awaitLog("ticker", text -> text.contains("incarnation 2 at "));
        long resumedAt = Long.parseLong(log.replaceAll("(?s).*incarnation 2 at ([0-9]+) .*", "$1"));
        assertTrue(resumedAt >= ticker.number("commits") - 1, log);
        String events = coppice.ask("events").out();
        assertTrue(events.contains("heartbeat-lost"), events);
        assertTrue(events.contains("no heartbeat for 500 ms; not counted: 5.0 s stopped"), events);
        assertTrue(events.indexOf("hang-excused") < events.indexOf("heartbeat-lost"), events);
        assertEquals(1, coppice.awaitState("clock", "ready").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }
}
