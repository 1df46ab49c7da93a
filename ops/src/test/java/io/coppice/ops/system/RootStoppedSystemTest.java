package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.SignalNumbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a root that was stopped for long (SIGSTOP, a suspended machine) kills nobody for what it did not see. Method: stop it
 * while a worker starts, until the start timeout is long over and the worker long ready, and let it go on.
 */
class RootStoppedSystemTest {
    private static final long START_TIMEOUT_MS = 5_000;

    /** A ticker commits at most a thousand times a second, so that so many take eight seconds. */
    private static final long LONG_AWAY = 8_000;

    private static final int TRIES = 20;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private static void signal(long pid, String name) throws OsException {
        try (PidFd process = PidFd.open((int) pid)) {
            assertEquals(0, process.signal(SignalNumbers.of(name)));
        }
    }

    private ChildInfo ticker() throws Exception {
        try (RootView view = RootView.open(coppice.home().resolve("shop/root.seg"))) {
            if (view.read() instanceof RootReadResult.Read read) {
                return read.snapshot().child("ticker").orElseThrow();
            }
        }
        return fail("the root writes, and never stops");
    }

    /** Stops the root while incarnation {@code n} starts; false if that was ready before. */
    private boolean stopInStart(Coppice.Root root, long n) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(300);
        ChildInfo now = ticker();
        while (now.incarnation() < n
                || (now.state() != ChildStateCode.STARTING && now.state() != ChildStateCode.READY)) {
            assertFalse(System.nanoTime() > endNs, "never started: " + now);
            TimeUnit.MILLISECONDS.sleep(1);
            now = ticker();
        }
        signal(root.process.pid(), "STOP");
        Coppice.await("every thread of the root is stopped", () -> isStopped(root.process.pid()));
        return ticker().state() == ChildStateCode.STARTING;
    }

    private static boolean isStopped(long pid) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false; // A thread ended while it was looked at.
        }
    }

    @Test
    void shouldKillNobodyWhenItGoesOn() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker:
                    main: io.coppice.ops.system.daemons.Ticker
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    start: {timeout: %dms}
                """.formatted(START_TIMEOUT_MS));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("ticker", "ready");
        long incarnation = 1;
        boolean stopped = false;
        while (!stopped) {
            assertFalse(incarnation > TRIES, "its start is always over before the root can be stopped");
            incarnation++;
            assertEquals(0, coppice.run("kill", "ticker").exitCode());
            stopped = stopInStart(root, incarnation);
            if (!stopped) {
                signal(root.process.pid(), "CONT");
            }
        }
        ChildInfo starting = ticker();
        Coppice.Daemon then = coppice.daemon("ticker");
        coppice.await("ticker", daemon -> daemon.number("commits") >= then.number("commits") + LONG_AWAY);
        assertEquals(starting, ticker(), "the root was not stopped");
        signal(root.process.pid(), "CONT");

        Coppice.Daemon ready = coppice.awaitState("ticker", "ready");
        assertEquals(starting.pid(), ready.number("pid"));
        assertEquals(incarnation, ready.number("incarnation"));
        assertFalse(events().contains("timed-out"), events());
        assertEquals(0, root.stop(), root.stderr());
    }

    private String events() throws Exception {
        return coppice.ask("events").out();
    }
}
