package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixListenerTest {
    @TempDir
    Path directory;

    @Test
    void shouldServeAClientOfTheJdkAndTellWhoItIs() throws Exception {
        Path path = directory.resolve("control.sock");
        try (UnixListener listener = UnixListener.bind(path)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            assertNull(listener.accept());
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                Watchdog.awaitReadable("a connection", listener.fd());
                UnixConnection connection = listener.accept();
                assertNotNull(connection);
                assertNull(listener.accept());
                assertEquals(ProcessHandle.current().pid(), connection.peerPid());
                assertEquals(Kernel.JNR_POSIX.geteuid(), connection.peerUid());
                byte[] buffer = new byte[512];
                assertEquals(-Errno.EAGAIN, connection.read(buffer, 0));
                client.write(ByteBuffer.wrap("coppice/1 ping\n".getBytes(StandardCharsets.UTF_8)));
                Watchdog.awaitReadable("a request", connection.fd());
                assertEquals(15, connection.read(buffer, 100));
                assertEquals("coppice/1 ping\n", new String(buffer, 100, 15, StandardCharsets.UTF_8));
                assertEquals(3, connection.write("xok\nx".getBytes(StandardCharsets.UTF_8), 1, 3));
                ByteBuffer reply = ByteBuffer.allocate(3);
                while (reply.hasRemaining()) {
                    client.read(reply);
                }
                assertEquals("ok\n", new String(reply.array(), StandardCharsets.UTF_8));
                client.shutdownOutput();
                assertEquals(0, connection.read(buffer, 0), "the peer has ended");
                connection.close();
            }
        }
        assertFalse(Files.exists(path));
    }

    @Test
    void shouldSayThatThePeerIsGoneAndThatItsBufferIsFull() throws Exception {
        Path path = directory.resolve("control.sock");
        try (UnixListener listener = UnixListener.bind(path)) {
            byte[] bytes = new byte[64 * 1024];
            SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
            UnixConnection connection = listener.accept();
            assertNotNull(connection);
            int written = 0;
            while (written >= 0) {
                written = connection.write(bytes, 0, bytes.length);
            }
            assertEquals(-Errno.EAGAIN, written);
            client.close();
            assertEquals(-Errno.EPIPE, connection.write(bytes, 0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> connection.read(bytes, bytes.length));
            assertThrows(IndexOutOfBoundsException.class, () -> connection.write(bytes, 1, bytes.length));
            connection.close();
        }
    }

    @Test
    void shouldReplaceASocketThatADeadRootLeft() throws Exception {
        Path path = directory.resolve("control.sock");
        int stale = bindAndAbandon(path);
        Fds.close(stale);
        assertThrows(IOException.class, () -> SocketChannel.open(UnixDomainSocketAddress.of(path)));
        try (UnixListener listener = UnixListener.bind(path);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertTrue(client.connect(UnixDomainSocketAddress.of(path)));
            UnixConnection connection = listener.accept();
            assertNotNull(connection);
            connection.close();
        }
    }

    @Test
    void shouldLeaveAnythingElseAloneThatIsThere() throws Exception {
        Path path = Files.writeString(directory.resolve("control.sock"), "precious");
        OsException taken = assertThrows(OsException.class, () -> UnixListener.bind(path));
        assertEquals(Errno.EEXIST, taken.errno());
        assertEquals("precious", Files.readString(path));
    }

    @Test
    void shouldSayWhyItCannotListen() {
        OsException missing =
                assertThrows(OsException.class, () -> UnixListener.bind(directory.resolve("none/control.sock")));
        assertEquals(Errno.ENOENT, missing.errno());
        assertTrue(missing.getMessage().contains("Create the directory"), missing::getMessage);
        Path tooLong = directory.resolve("x".repeat(108));
        OsException length = assertThrows(OsException.class, () -> UnixListener.bind(tooLong));
        assertEquals(Errno.ENAMETOOLONG, length.errno());
        assertTrue(length.getMessage().contains("may have 107"), length::getMessage);
    }

    @Test
    void shouldLetTheMembersOfAGroupConnectAsLongAsItIsMeantTo() throws Exception {
        Path path = directory.resolve("control.sock");
        // One of ours, so that any user may give it to a file.
        long group = Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:gid"));
        try (UnixListener listener = UnixListener.bind(path, group)) {
            assertEquals("rw-rw----", mode(path));
            assertEquals((int) group, Files.getAttribute(path, "unix:gid"));
            listener.shareWith(UnixListener.NO_GROUP);
            assertEquals("rw-------", mode(path));
            listener.shareWith(group);
            assertEquals("rw-rw----", mode(path));
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                Watchdog.awaitReadable("a connection", listener.fd());
                UnixConnection connection = listener.accept();
                assertNotNull(connection);
                assertTrue(client.isConnected());
                PeerGroups groups = new PeerGroups();
                groups.read(connection);
                assertTrue(groups.contain(Kernel.JNR_POSIX.getegid()));
                assertFalse(groups.contain(4_294_967_294L));
                assertFalse(groups.areTooMany());
                for (long gid : supplementaryGroups()) {
                    assertTrue(groups.contain(gid), "group " + gid);
                }
                connection.close();
            }
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Long> supplementaryGroups() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(each -> each.startsWith("Groups:"))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(line.substring("Groups:".length()).strip().split(" ", -1))
                .filter(word -> !word.isEmpty())
                .map(Long::valueOf)
                .toList();
    }

    private static int bindAndAbandon(Path path) throws OsException {
        int fd = Kernel.LIBC.socket(UnixListener.AF_UNIX, UnixListener.SOCK_STREAM | UnixListener.SOCK_CLOEXEC, 0);
        assertEquals(0, Kernel.LIBC.bind(fd, UnixListener.address(path), 110));
        return fd;
    }
}
