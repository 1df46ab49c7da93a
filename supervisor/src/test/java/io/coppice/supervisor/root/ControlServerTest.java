package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.state.root.Asker;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.UnixConnection;
import io.coppice.supervisor.os.UnixListener;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The control socket, with rights that a test gives and takes as if the client were somebody else. */
@Timeout(value = RootProcess.WATCHDOG_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlServerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final List<String> asked = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Right right = Right.OWN;
    private ControlServer.Door.@Nullable Refusal refusal;

    @SuppressWarnings("NullAway.Init")
    private Epoll epoll;

    @SuppressWarnings("NullAway.Init")
    private ControlServer server;

    @BeforeEach
    void listen() throws OsException {
        epoll = Epoll.create();
        ControlServer.Rights rights = new ControlServer.Rights() {
            @Override
            public Right of(UnixConnection peer) {
                return right;
            }

            @Override
            public String refusal(UnixConnection peer, Right needed) {
                return "no " + needed;
            }
        };
        server = new ControlServer(
                epoll,
                UnixListener.bind(socket()),
                peer -> refusal,
                rights,
                (requestId, request, by) -> {
                    asked.add(request.verb() + " by "
                            + (by.pid() == ProcessHandle.current().pid()));
                    server.reply(requestId, "ok");
                },
                new Incidents((type, child, by, text) -> told.add(type.word() + " " + isOurs(by) + " " + text)));
        server.start();
    }

    private static boolean isOurs(@Nullable Asker by) {
        return by != null && by.pid() == ProcessHandle.current().pid();
    }

    @AfterEach
    void close() {
        server.close();
        epoll.close();
    }

    private Path socket() {
        return directory.resolve("control.sock");
    }

    private SocketChannel connect() throws IOException, OsException {
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket()));
        turn();
        return client;
    }

    /** Whatever is readable now. */
    private void turn() throws OsException {
        int ready = epoll.await(-1);
        for (int i = 0; i < ready; i++) {
            int index = Tokens.index(epoll.token(i));
            if (Tokens.kind(epoll.token(i)) == Tokens.CONTROL_LISTENER) {
                server.onAcceptable(1);
            } else {
                server.onReadable(index, 1);
            }
        }
    }

    private String ask(SocketChannel client, String request) throws IOException, OsException {
        client.write(ByteBuffer.wrap(("coppice/1 " + request + "\n").getBytes(StandardCharsets.UTF_8)));
        turn();
        return RootProcess.readAll(client);
    }

    @Test
    void shouldCarryOutWhatSomebodyMayAskForAndSayWhoItWas() throws Exception {
        right = Right.CHANGE;
        try (SocketChannel client = connect()) {
            assertEquals("ok\n", ask(client, "stop web"));
        }
        assertEquals(List.of("stop by true"), asked);
        assertEquals(List.of(), told);
    }

    @Test
    void shouldRefuseAChangeToWhoMayLookOnlyAndTellOfIt() throws Exception {
        right = Right.LOOK;
        try (SocketChannel client = connect()) {
            assertEquals("ok\n", ask(client, "ping"));
        }
        try (SocketChannel client = connect()) {
            assertEquals("error 4 no CHANGE\n", ask(client, "kill web KILL"));
        }
        assertEquals(List.of("ping by true"), asked);
        assertEquals(List.of("not-permitted true `kill` was asked for, by somebody who may not"), told);
    }

    @Test
    void shouldTellWhoMayNotEvenLookWhatItTakes() throws Exception {
        right = Right.NONE;
        for (String request : List.of("ping", "stop web", "mumble")) {
            try (SocketChannel client = connect()) {
                assertEquals("error 4 no LOOK\n", ask(client, request));
            }
        }
        assertEquals(List.of(), asked);
        assertEquals(3, told.size(), told::toString);
    }

    @Test
    void shouldGoByTheRightAtTheTimeOfTheRequest() throws Exception {
        right = Right.OWN;
        try (SocketChannel client = connect()) {
            right = Right.LOOK;
            assertEquals("error 4 no CHANGE\n", ask(client, "shutdown"));
        }
        assertEquals(List.of(), asked);
    }

    @Test
    void shouldTellOfSoManyRefusalsOnly() throws Exception {
        right = Right.LOOK;
        for (int i = 0; i < 3 * Incidents.MOST_IN_WINDOW; i++) {
            try (SocketChannel client = connect()) {
                ask(client, "stop web");
            }
        }
        assertEquals(Incidents.MOST_IN_WINDOW, told.size());
    }

    @Test
    void shouldTurnAwayWhomItIsHiddenFromWithoutAPlaceOrAWord() throws Exception {
        try (SocketChannel operator = connect()) {
            refusal = new ControlServer.Door.Refusal("hidden", "is a worker");
            for (int i = 0; i < 2 * ControlServer.MAX_CLIENTS; i++) {
                try (SocketChannel worker = connect()) {
                    assertEquals("error 4 not permitted: hidden\n", RootProcess.readAll(worker));
                }
            }
            refusal = null;
            assertEquals("ok\n", ask(operator, "ping"), "it has kept its place");
        }
        assertEquals(List.of("ping by true"), asked);
        assertEquals(Incidents.MOST_IN_WINDOW, told.size());
        assertEquals("not-permitted true A client of the control socket was refused: it is a worker", told.get(0));
    }

    @Test
    void shouldAnswerEvenWhoHadAsked() throws Exception {
        refusal = new ControlServer.Door.Refusal("hidden", "is a worker");
        try (SocketChannel worker = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            worker.write(ByteBuffer.wrap("coppice/1 stop web\n".getBytes(StandardCharsets.UTF_8)));
            turn();
            assertEquals("error 4 not permitted: hidden\n", RootProcess.readAll(worker));
        }
        assertEquals(List.of(), asked);
    }

    @Test
    void shouldKeepItsClientsWhenOthersMayConnect() throws Exception {
        int own = (Integer) Files.getAttribute(directory, "unix:gid");
        try (SocketChannel client = connect()) {
            server.shareWith(own);
            assertEquals("ok\n", ask(client, "ping"));
        }
        assertEquals(own, Files.getAttribute(socket(), "unix:gid"));
    }
}
