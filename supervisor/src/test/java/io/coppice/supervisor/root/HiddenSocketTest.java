package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.FilterCount;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.Pipe;
import io.coppice.supervisor.os.Restriction;
import io.coppice.supervisor.os.SpawnRequest;
import io.coppice.supervisor.os.SpawnResult;
import io.coppice.supervisor.os.Spawner;
import io.coppice.supervisor.os.UnixListener;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a worker in a sandbox is not heard by its root, and whoever else is of the root's user is. Method: the control socket as the root has it, and clients that
 * are started as workers are.
 */
@Timeout(value = RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HiddenSocketTest {
    private static final Restriction FILTER = new Restriction(null, true);
    private static final long SPAWNED = 1L << 40;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final List<String> asked = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private Epoll epoll;

    @SuppressWarnings("NullAway.Init")
    private EventFd spawned;

    @SuppressWarnings("NullAway.Init")
    private Spawner spawner;

    private @Nullable HiddenSocket hidden;
    private @Nullable ControlServer server;

    @BeforeEach
    void start() throws OsException {
        assumeTrue(FILTER.gaps().isEmpty(), "this kernel has no seccomp filter");
        epoll = Epoll.create();
        spawned = EventFd.create();
        spawner = new Spawner(spawned);
        epoll.add(spawned.fd(), SPAWNED);
    }

    @AfterEach
    void end() {
        if (server != null) {
            server.close();
        }
        if (hidden != null) {
            hidden.close();
        }
        spawner.close();
        spawned.close();
        epoll.close();
    }

    private Path socket() {
        return directory.resolve("control.sock");
    }

    private ControlServer listen(Isolation isolation) throws Exception {
        HiddenSocket door = new HiddenSocket(isolation);
        int uid = (Integer) Files.getAttribute(directory, "unix:uid");
        List<ControlServer> self = new ArrayList<>();
        ControlServer listening = new ControlServer(
                epoll,
                UnixListener.bind(socket()),
                door,
                new AccessControl(uid, ControlAccess.OWN_USER),
                (requestId, request, by) -> {
                    asked.add(request.verb());
                    self.get(0).reply(requestId, "ok");
                },
                new Incidents((type, child, by, text) ->
                        told.add(type.word() + " " + (by == null ? 0 : by.pid()) + " " + text)));
        self.add(listening);
        listening.start();
        hidden = door;
        server = listening;
        return listening;
    }

    /** One turn of a duty cycle. */
    private void turn() throws OsException {
        int ready = epoll.await(-1);
        for (int i = 0; i < ready; i++) {
            long token = epoll.token(i);
            if (token == SPAWNED) {
                spawned.drain();
            } else if (server != null && Tokens.kind(token) == Tokens.CONTROL_LISTENER) {
                server.onAcceptable(1);
            } else if (server != null && Tokens.kind(token) == Tokens.CONTROL_CLIENT) {
                server.onReadable(Tokens.index(token), 1);
            }
        }
    }

    /** A client that has been started, and is watched. */
    private record Client(int pid, PidFd pidFd, Path log) {}

    private Client client(@Nullable Restriction restriction, String... before) throws Exception {
        List<String> command = new ArrayList<>(List.of(before));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                ClassPath.ofJars(),
                LineClient.class.getName(),
                socket().toString(),
                "coppice/1 stop web"));
        Path log = Files.createTempFile(directory, "client", ".log");
        Pipe hold = Pipe.create();
        spawner.submit(new SpawnRequest(
                1,
                command,
                List.of("PATH=/usr/bin:/bin"),
                directory.toString(),
                log.toString(),
                null,
                hold.readFd(),
                -1,
                true,
                null,
                null,
                restriction));
        Fds.close(hold.readFd());
        Fds.close(hold.writeFd());
        SpawnResult result = spawner.poll();
        while (result == null) {
            turn();
            result = spawner.poll();
        }
        int pid = assertInstanceOf(SpawnResult.Spawned.class, result, result::toString)
                .pid();
        PidFd pidFd = PidFd.open(pid);
        epoll.add(pidFd.fd(), SPAWNED + 1);
        return new Client(pid, pidFd, log);
    }

    /** What it said when it has ended. */
    private String saidBy(Client client) throws Exception {
        while (!client.pidFd().isDead()) {
            turn();
        }
        epoll.remove(client.pidFd().fd());
        assertNotNull(client.pidFd().tryReap());
        client.pidFd().close();
        return Files.readString(client.log());
    }

    @Test
    void shouldHearAnOperatorOfItsUser() throws Exception {
        listen(Isolation.SANDBOX);
        assertEquals("ok\n", saidBy(client(null)));
        assertEquals(List.of("stop"), asked);
        assertEquals(List.of(), told);
    }

    @Test
    void shouldNotHearAWorkerAndTellOfIt() throws Exception {
        listen(Isolation.SANDBOX);
        Client worker = client(FILTER);
        String said = saidBy(worker);
        int own = new FilterCount().of((int) ProcessHandle.current().pid());
        assertTrue(
                said.contains(
                        "error 4 not permitted: the control socket is hidden from workers (`isolation: sandbox`), and process "
                                + worker.pid() + " is taken for one: it is under " + (own + 1)
                                + (own == 0 ? " filter" : " filters") + " of system calls, the root under " + own
                                + ". Run this command where"),
                said);
        assertEquals(List.of(), asked);
        assertEquals(
                List.of("not-permitted " + worker.pid()
                        + " A client of the control socket was refused: it is taken for a worker: it is under "
                        + (own + 1)
                        + (own == 0 ? " filter" : " filters") + " of system calls, the root under " + own),
                told);
    }

    @Test
    void shouldNotHearWhatAWorkerStarts() throws Exception {
        listen(Isolation.SANDBOX);
        String said = saidBy(client(FILTER, "setsid", "--wait", "sh", "-c", "\"$@\" & wait $!; :", "sh"));
        assertTrue(said.contains("error 4 not permitted: the control socket is hidden"), said);
        assertEquals(List.of(), asked);
    }

    @ParameterizedTest
    @EnumSource(names = "SANDBOX", mode = EnumSource.Mode.EXCLUDE)
    void shouldHearWhoeverItIsWithoutASandbox(Isolation isolation) throws Exception {
        listen(isolation);
        assertEquals("ok\n", saidBy(client(FILTER)));
    }

    @Test
    void shouldNotHearWhoseProcessIsGone() throws Exception {
        ControlServer listening = listen(Isolation.SANDBOX);
        Client client = client(null);
        epoll.remove(client.pidFd().fd());
        awaitConnection();
        assertEquals(0, client.pidFd().signal(9));
        awaitDeath(client);
        assertNotNull(client.pidFd().tryReap(), "it has been reaped, and its number may be anybody's");
        client.pidFd().close();
        listening.onAcceptable(1);
        assertEquals(
                List.of(
                        "not-permitted " + client.pid()
                                + " A client of the control socket was refused: it was gone before it could be told from a worker"),
                told);
        assertEquals(List.of(), asked);
    }

    /** Readable, and not accepted. */
    private void awaitConnection() throws OsException {
        boolean connected = false;
        while (!connected) {
            int ready = epoll.await(-1);
            for (int i = 0; i < ready; i++) {
                connected |= Tokens.kind(epoll.token(i)) == Tokens.CONTROL_LISTENER;
            }
        }
    }

    private static void awaitDeath(Client client) throws OsException {
        try (Epoll death = Epoll.create()) {
            death.add(client.pidFd().fd(), 1);
            while (!client.pidFd().isDead()) {
                death.await(-1);
            }
        }
    }

    /** The first look opens what the JVM keeps open. */
    @Test
    void shouldLeaveNoDescriptorOfALook() throws Exception {
        listen(Isolation.SANDBOX);
        look();
        turn();
        Set<String> before = openDescriptors();
        Set<String> more = look();
        more.removeAll(before);
        assertEquals(2, more.size(), "both ends, and nothing of the look: " + more);
        assertTrue(more.stream().allMatch(each -> each.contains("socket:")), more.toString());
    }

    /** The descriptors while the client is connected. */
    private Set<String> look() throws Exception {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            turn();
            assertTrue(client.isConnected());
            return openDescriptors();
        }
    }

    /**
     * Numbers and what they are of, if it is what a look has to do with: sockets, pidfds, what is in /proc. Other threads of this JVM
     * open files, pipes and eventfds when they like.
     */
    private static Set<String> openDescriptors() throws IOException {
        Set<String> open = new TreeSet<>();
        Path own = Path.of("/proc/self/fd").toRealPath();
        try (Stream<Path> descriptors = Files.list(own)) {
            for (Path descriptor : (Iterable<Path>) descriptors::iterator) {
                String target;
                try {
                    target = Files.readSymbolicLink(descriptor).toString();
                } catch (NoSuchFileException e) {
                    continue; // closed meanwhile
                }
                boolean ofALook = target.startsWith("socket:")
                        || target.contains("pidfd") // anon_inode:[pidfd] before Linux 6.9
                        || target.startsWith("/proc/");
                if (ofALook && !target.equals(own.toString())) {
                    open.add(descriptor.getFileName() + " " + target);
                }
            }
        }
        return open;
    }

    @Test
    void shouldJudgeByWhatTheKernelTells() {
        assertNull(HiddenSocket.refusal(7, 0, 0, true));
        assertNull(HiddenSocket.refusal(7, 2, 2, true), "the filters of the root's own unit");
        assertNull(HiddenSocket.refusal(7, 0, 2, true), "somebody outside of that unit");
        assertEquals(
                "is taken for a worker: it is under 3 filters of system calls, the root under 2", event(3, 2, true));
        assertEquals("was gone before it could be told from a worker", event(0, 0, false));
        assertEquals("was gone before it could be told from a worker", event(FilterCount.NOT_TOLD, 0, false));
        String unseen = "cannot be told from a worker, as /proc does not show it";
        assertEquals(unseen, event(FilterCount.NOT_TOLD, 0, true));
        assertEquals(unseen, event(0, FilterCount.NOT_TOLD, true));
        ControlServer.Door.Refusal fromOutside = HiddenSocket.refusal(0, FilterCount.NOT_TOLD, 0, false);
        assertNotNull(fromOutside);
        assertEquals(unseen, fromOutside.event());
        assertTrue(fromOutside.answer().contains("in the root's pid namespace"), fromOutside.answer());
    }

    private static String event(int count, int own, boolean lives) {
        ControlServer.Door.Refusal refusal = HiddenSocket.refusal(7, count, own, lives);
        assertNotNull(refusal);
        return refusal.event();
    }
}
