package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceNotifierTest {
    private static final int SOCK_DGRAM = 2;

    @TempDir
    Path directory;

    @Test
    void shouldTellTheServiceManagerInItsOwnWords() throws Exception {
        requireLibrary();
        try (Receiver receiver = new Receiver(directory.resolve("notify.sock"));
                ChildJvm probe =
                        new ChildJvm(receiver.environment("WATCHDOG_USEC", "3000000"), "", NotifierProbe.class)) {
            assertEquals("enabled true interval 1500", probe.readLine());
            assertEquals("allocated 0", probe.readLine());
            assertNull(probe.readLine());
            assertEquals(0, probe.awaitExit());
            List<String> received = receiver.received();
            assertEquals(
                    List.of(
                            "READY=1",
                            "STATUS=3 daemons are grün",
                            "WATCHDOG=1",
                            "STOPPING=1",
                            "FDSTORE=1\nFDPOLL=0\nFDNAME=web.1",
                            "FDSTOREREMOVE=1\nFDNAME=web.1"),
                    received.subList(0, 6));
            assertEquals(6 + 20 * 50, received.size());
        }
    }

    @Test
    void shouldTakeAWatchdogOnlyIfItIsMeantForThisProcess() throws Exception {
        requireLibrary();
        try (Receiver receiver = new Receiver(directory.resolve("notify.sock"))) {
            Map<String, String> watched = receiver.environment("WATCHDOG_USEC", "1500");
            try (ChildJvm probe = new ChildJvm(watched, "WATCHDOG_PID=$$ exec \"$@\"", NotifierProbe.class)) {
                assertEquals("enabled true interval 1", probe.readLine(), "never 0 when watched");
                probe.awaitExit();
            }
            try (ChildJvm probe = new ChildJvm(watched, "WATCHDOG_PID=1 exec \"$@\"", NotifierProbe.class)) {
                assertEquals("enabled true interval 0", probe.readLine());
                probe.awaitExit();
            }
        }
    }

    @Test
    void shouldDoNothingWithoutAServiceManager() throws Exception {
        try (ChildJvm probe = new ChildJvm(Map.of("NOTIFY_SOCKET", ""), "", NotifierProbe.class)) {
            assertEquals("enabled false interval 0", probe.readLine());
            assertEquals("allocated 0", probe.readLine());
            assertEquals(0, probe.awaitExit());
        }
    }

    @Test
    void shouldSayInOneLineThatTheLibraryIsMissing() throws Exception {
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", directory.resolve("none").toString());
        try (ChildJvm probe = new ChildJvm(environment, "", NotifierProbe.class, "libno-such-library.so.0")) {
            String line = probe.readLine();
            assertTrue(line.contains("libno-such-library.so.0 cannot be loaded"), line);
            assertEquals("enabled false interval 0", probe.readLine());
            assertEquals("allocated 0", probe.readLine());
            assertEquals(0, probe.awaitExit());
        }
    }

    @Test
    void shouldComplainOnceWhenNobodyListens() throws Exception {
        requireLibrary();
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", directory.resolve("none").toString());
        try (ChildJvm probe = new ChildJvm(environment, "", NotifierProbe.class)) {
            assertEquals("enabled true interval 0", probe.readLine());
            String line = probe.readLine();
            assertTrue(line.contains("No such file or directory (ENOENT)"), line);
            assertFalse(probe.readLine().contains("cannot be notified"));
            assertEquals(0, probe.awaitExit());
        }
    }

    private static void requireLibrary() {
        try {
            LibraryLoader.create(SystemdLibrary.Functions.class)
                    .failImmediately()
                    .load("libsystemd.so.0");
        } catch (UnsatisfiedLinkError e) {
            abort("no libsystemd on this machine");
        }
    }

    /** A service manager's end of the socket; a thread takes what comes, since a full socket would block the sender. */
    private static final class Receiver implements AutoCloseable {
        private final Path path;
        private final int fd;
        private final List<String> received = new ArrayList<>();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final EventFd end = EventFd.create();
        private final CompletableFuture<Void> thread;

        Receiver(Path path) throws OsException {
            this.path = path;
            int type = SOCK_DGRAM | UnixListener.SOCK_CLOEXEC | UnixListener.SOCK_NONBLOCK;
            fd = Kernel.LIBC.socket(UnixListener.AF_UNIX, type, 0);
            assertEquals(0, Kernel.LIBC.bind(fd, UnixListener.address(path), 110));
            thread = CompletableFuture.runAsync(this::receive, task -> new Thread(task).start());
        }

        Map<String, String> environment(String name, String value) {
            return Map.of("NOTIFY_SOCKET", path.toString(), name, value);
        }

        /** All that has come; afterwards nothing more is taken. */
        List<String> received() {
            ended.set(true);
            end.signal();
            thread.join();
            return received;
        }

        private void receive() {
            byte[] buffer = new byte[4096];
            try (Epoll epoll = Epoll.create()) {
                epoll.add(fd, 1);
                epoll.add(end.fd(), 2);
                boolean last = false;
                while (!last) {
                    last = ended.get();
                    for (int n = Fds.readSome(fd, buffer); n >= 0; n = Fds.readSome(fd, buffer)) {
                        received.add(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    }
                    if (!last) {
                        epoll.await(-1);
                    }
                }
            } catch (OsException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            received();
            Fds.close(fd);
            end.close();
        }
    }
}
