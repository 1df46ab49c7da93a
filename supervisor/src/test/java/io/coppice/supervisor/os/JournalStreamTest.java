package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a listener that stands in for the journal; the journal itself is in the tests under a real systemd. */
class JournalStreamTest {
    /** As sd_journal_stream_fd(3) sends it: identifier, unit, priority, level prefix, forward to syslog, kmsg, console. */
    private static final String HEADER = "web\ncoppice.service\n6\n1\n0\n0\n0\n";

    @TempDir
    Path directory;

    private Children children;
    private Path socket;

    @BeforeEach
    void start() throws OsException {
        children = new Children(directory);
        socket = directory.resolve("stdout");
    }

    @AfterEach
    void stop() throws OsException {
        children.close();
    }

    @Test
    void shouldGiveTheChildAStreamOfItsOwnThatNobodyElseHolds() throws Exception {
        try (ServerSocketChannel journal = listen(1)) {
            SpawnRequest request = request("echo out; echo err >&2; readlink /proc/self/fd/1");
            SpawnResult.Spawned spawned = assertInstanceOf(SpawnResult.Spawned.class, spawn(request));

            assertNull(spawned.journalRefusal());
            try (SocketChannel stream = journal.accept()) {
                // To its end: so the root has closed its copies, and what it holds keeps no stream open.
                String said = readToEnd(stream);
                assertTrue(said.startsWith(HEADER + "out\nerr\nsocket:["), said);
            }
            reap(spawned);
            assertFalse(Files.exists(Path.of(request.logFile())));
        }
    }

    @Test
    void shouldGiveTheChildAnOutputThatBlocks() throws Exception {
        try (ServerSocketChannel journal = listen(1)) {
            SpawnResult.Spawned spawned =
                    assertInstanceOf(SpawnResult.Spawned.class, spawn(request("grep flags: /proc/self/fdinfo/1")));
            try (SocketChannel stream = journal.accept()) {
                String said = readToEnd(stream).substring(HEADER.length());
                int flags = Integer.parseInt(said.replaceAll("\\D", ""), 8);
                assertEquals(0, flags & Kernel.O_NONBLOCK, said);
            }
            reap(spawned);
        }
    }

    @Test
    void shouldWriteToTheFileWhereThereIsNoJournal() throws Exception {
        SpawnRequest request = request("echo out");
        SpawnResult.Spawned spawned = assertInstanceOf(SpawnResult.Spawned.class, spawn(request));
        reap(spawned);

        assertEquals("out\n", Files.readString(Path.of(request.logFile())));
        assertEquals(
                "the journal at " + socket
                        + " cannot be reached: No such file or directory (ENOENT). Its output goes to "
                        + request.logFile() + " until it is started again",
                spawned.journalRefusal());
    }

    @Test
    void shouldWaitForNoJournalThatAcceptsNobody() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel journal = listen(1)) {
            boolean full = false;
            while (!full) {
                SocketChannel one = SocketChannel.open(StandardProtocolFamily.UNIX);
                one.configureBlocking(false);
                waiting.add(one);
                full = !connects(one);
            }
            SpawnRequest request = request("echo out");
            SpawnResult.Spawned spawned = assertInstanceOf(SpawnResult.Spawned.class, spawn(request));
            reap(spawned);
            assertEquals("out\n", Files.readString(Path.of(request.logFile())));
            String refusal = spawned.journalRefusal();
            assertNotNull(refusal);
            assertTrue(refusal.contains("EAGAIN"), refusal);
            assertTrue(journal.isOpen());
        } finally {
            for (SocketChannel one : waiting) {
                one.close();
            }
        }
    }

    @Test
    void shouldRefuseAnIdentifierThatWouldBreakTheHeader() {
        assertThrows(IllegalArgumentException.class, () -> new JournalStream(socket, "web\n0", ""));
        assertThrows(IllegalArgumentException.class, () -> new JournalStream(socket, "web", "a\n0"));
        assertThrows(IllegalArgumentException.class, () -> new JournalStream(socket, "", ""));
        assertThrows(IllegalArgumentException.class, () -> new JournalStream(Path.of("stdout"), "web", ""));
    }

    private ServerSocketChannel listen(int backlog) throws IOException {
        ServerSocketChannel journal = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        journal.bind(UnixDomainSocketAddress.of(socket), backlog);
        return journal;
    }

    private boolean connects(SocketChannel channel) throws IOException {
        try {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (SocketException e) {
            return false;
        }
    }

    private SpawnRequest request(String script) {
        return children.request(List.of("sh", "-c", script), Children.ENVIRONMENT, directory.toString(), true);
    }

    private SpawnResult spawn(SpawnRequest request) throws OsException {
        Pipe hold = Pipe.create();
        children.spawner.submit(new SpawnRequest(
                request.token(),
                request.argv(),
                request.environment(),
                request.workingDirectory(),
                request.logFile(),
                new JournalStream(socket, "web", "coppice.service"),
                hold.readFd(),
                -1,
                true,
                null));
        Fds.close(hold.readFd());
        Fds.close(hold.writeFd());
        return children.awaitResult();
    }

    private static void reap(SpawnResult.Spawned spawned) throws OsException {
        try (PidFd child = PidFd.open(spawned.pid())) {
            Watchdog.awaitReadable("death of the child", child.fd());
            assertNotNull(child.tryReap());
        }
    }

    private static String readToEnd(SocketChannel stream) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        while (stream.read(bytes) >= 0) {
            assertTrue(bytes.hasRemaining());
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }
}
