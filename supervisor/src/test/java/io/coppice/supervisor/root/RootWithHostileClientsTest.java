package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real root whose control socket is used by programs that mean it no good. */
@Timeout(value = 3 * RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RootWithHostileClientsTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    @TempDir
    Path base;

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    private static SocketChannel connect(RootProcess root) throws IOException {
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        client.connect(UnixDomainSocketAddress.of(root.directory.resolve("control.sock")));
        return client;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldServeOthersWhileClientsFloodItAndTellOfItAFewTimes() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            RootSnapshot.ChildInfo web = root.await("web", RootWithHostileClientsTest::isReady);
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> floods = new ArrayList<>();
            for (String says : List.of("", "coppice/1 pi", "coppice/1 ping\n")) {
                Thread flood = new Thread(() -> flood(root, says, over), "flood");
                flood.start();
                floods.add(flood);
            }
            try {
                root.awaitEvent(EventType.NOTE, "gave way");
                // A kill is a launch: the duty cycle does its work beside the flood.
                ProcessHandle.of(web.pid()).orElseThrow().destroyForcibly();
                root.await("web", child -> isReady(child) && child.incarnation() > web.incarnation());
            } finally {
                over.set(true);
                for (Thread flood : floods) {
                    flood.join();
                }
            }
            assertEquals("ok\n", root.request("coppice/1 ping"));
            RootSnapshot after = root.awaitSnapshot("any", snapshot -> true);
            long told = RootProcess.events(after, EventType.NOTE, "gave way").count();
            assertTrue(told <= Incidents.MOST_IN_WINDOW * (1 + RootProcess.WATCHDOG_SECONDS / 60), told + " events");
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    private static void flood(RootProcess root, String says, AtomicBoolean over) {
        List<SocketChannel> open = new ArrayList<>();
        try {
            while (!over.get()) {
                try {
                    SocketChannel client = connect(root);
                    open.add(client);
                    client.write(bytes(says));
                    if (open.size() > 3 * ControlServer.MAX_CLIENTS) {
                        open.remove(0).close();
                    }
                } catch (IOException e) {
                    continue; // hung up on
                }
            }
        } finally {
            for (SocketChannel client : open) {
                try {
                    client.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Test
    void shouldHangUpOnAClientThatSaysNothingAndTellOfIt() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            root.await("web", RootWithHostileClientsTest::isReady);
            try (SocketChannel silent = connect(root);
                    SocketChannel half = connect(root)) {
                half.write(bytes("coppice/1 pi"));
                root.awaitEvent(EventType.NOTE, "hung up on");
                assertEquals(-1, silent.read(ByteBuffer.allocate(1)));
            }
            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    @Test
    void shouldNotWaitForAClientThatNeverReads() throws Exception {
        try (RootProcess root = RootProcess.start(base, RootProcess.command("web", base, FOREVER))) {
            root.await("web", RootWithHostileClientsTest::isReady);
            List<SocketChannel> deaf = new ArrayList<>();
            for (int i = 0; i < 4 * ControlServer.MAX_CLIENTS; i++) {
                SocketChannel client = connect(root);
                client.write(bytes("coppice/1 stop nobody-of-that-name\n"));
                deaf.add(client);
            }
            assertEquals("ok\n", root.request("coppice/1 ping"));
            for (SocketChannel client : deaf) {
                client.close();
            }
            assertEquals("ok\n", root.request("coppice/1 ping"));
            assertEquals(0, root.stop(), root.stderr());
        }
    }
}
