package io.coppice.supervisor.root;

import io.coppice.state.root.Asker;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.UnixConnection;
import io.coppice.supervisor.os.UnixListener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The control socket: a bounded number of clients, each with one bounded request line and one reply line. A client that
 * says nothing, too much, or never reads its reply costs the root a slot for a while and nothing else.
 *
 * <p>Duty-cycle thread only; no call blocks.
 */
final class ControlServer implements AutoCloseable {
    /** Carries out a request; the answer comes later through {@link #reply}, by the same request id. */
    interface Handler {
        /**
         * Somebody asks, who may.
         *
         * @param by who it is
         */
        void onRequest(long requestId, ControlRequest request, Asker by);
    }

    /** Who may ask for what. */
    interface Rights {
        /** What a peer may ask for now. */
        Right of(UnixConnection peer);

        /** Why it is refused what takes that right, for people, and what to do. */
        String refusal(UnixConnection peer, Right needed);
    }

    /** Whom the socket is hidden from. */
    interface Door {
        /**
         * Why nobody is heard at the other end.
         *
         * @param answer what he is told, for people
         * @param event what he is, after "a client", at most 100 characters
         */
        record Refusal(String answer, String event) {}

        /** Of a peer that has just connected; null if it is heard. */
        @Nullable
        Refusal refusal(UnixConnection peer);
    }

    /** Clients at the same time. One more replaces the one that has been idle the longest. */
    static final int MAX_CLIENTS = 16;

    /** A client that has not finished its request by then is dropped. One that has is answered, some day, and dropped with that. */
    static final long CLIENT_TIMEOUT_NS = 10_000_000_000L;

    /** Without a descriptor for the next client, the root looks again after that long, or when one has gone. */
    private static final long PAUSE_NS = 1_000_000_000L;

    private static final int EAGAIN = 11;
    private static final int NOT_PERMITTED = 4;
    private static final int SLOT_BITS = 8;

    private static final class Client {
        final UnixConnection connection;
        final long requestId;
        final long sinceNs;
        final byte[] request = new byte[ControlRequest.MAX_REQUEST_BYTES];
        int requestLength;
        boolean asked;

        Client(UnixConnection connection, long requestId, long sinceNs) {
            this.connection = connection;
            this.requestId = requestId;
            this.sinceNs = sinceNs;
        }
    }

    private final Epoll epoll;
    private UnixListener listener;
    private final Door door;
    private final Rights rights;
    private final Handler handler;
    private final Incidents incidents;
    private final @Nullable Client[] clients = new @Nullable Client[MAX_CLIENTS];
    private final byte[] unread = new byte[ControlRequest.MAX_REQUEST_BYTES];
    private long accepted;

    /** When clients are taken again; {@link Long#MAX_VALUE} while they are. */
    private long resumeNs = Long.MAX_VALUE;

    ControlServer(Epoll epoll, UnixListener listener, Door door, Rights rights, Handler handler, Incidents incidents) {
        this.epoll = epoll;
        this.listener = listener;
        this.door = door;
        this.rights = rights;
        this.handler = handler;
        this.incidents = incidents;
    }

    void start() throws OsException {
        epoll.add(listener.fd(), Tokens.of(Tokens.CONTROL_LISTENER, 0));
    }

    /**
     * The socket has lost its name: listens by that name again. Clients that wait at the old one are hung up on.
     *
     * @param group whose members may connect, or {@link UnixListener#NO_GROUP}
     * @throws OsException if that is not possible now; nothing has changed then
     */
    void listenAgain(Path path, long group) throws OsException {
        UnixListener fresh = UnixListener.bind(path, group);
        try {
            epoll.add(fresh.fd(), Tokens.of(Tokens.CONTROL_LISTENER, 0));
        } catch (OsException e) {
            fresh.close();
            throw e;
        }
        if (resumeNs == Long.MAX_VALUE) {
            epoll.remove(listener.fd());
        }
        resumeNs = Long.MAX_VALUE;
        listener.abandon();
        listener = fresh;
    }

    /**
     * From now on the members of this group may connect; who is connected stays so.
     *
     * @param group as of {@link #listenAgain}
     * @throws OsException when only the root's user and user 0 can from now on
     */
    void shareWith(long group) throws OsException {
        listener.shareWith(group);
    }

    /** The listener is readable: takes at most {@link #MAX_CLIENTS} new clients; epoll tells again of the rest. */
    void onAcceptable(long nowNs) {
        for (int i = 0; i < MAX_CLIENTS; i++) {
            UnixConnection connection;
            try {
                connection = listener.accept();
            } catch (OsException e) {
                incidents.tell(
                        Incidents.Kind.NO_DESCRIPTOR, nowNs, e.getMessage() + ". Clients wait until there is one");
                pause(nowNs);
                return;
            }
            if (connection == null) {
                return;
            }
            if (!listener.hasSpare()) {
                incidents.tell(
                        Incidents.Kind.NO_DESCRIPTOR,
                        nowNs,
                        "The root has no descriptor left but the one that it keeps for its clients; raise LimitNOFILE=, ulimit -n");
            }
            Door.Refusal refusal = door.refusal(connection);
            if (refusal == null) {
                admit(connection, nowNs);
            } else {
                turnAway(connection, refusal, nowNs);
            }
        }
    }

    /** At once: in a place of its own it would drive out who may ask. */
    private void turnAway(UnixConnection connection, Door.Refusal refusal, long nowNs) {
        incidents.tell(
                Incidents.Kind.NOT_PERMITTED,
                nowNs,
                asker(connection),
                "A client of the control socket was refused: it " + refusal.event());
        send(connection, "error " + NOT_PERMITTED + " not permitted: " + refusal.answer() + "\n");
        connection.read(unread, 0); // as in a reply
        connection.close();
        listener.keepSpare();
    }

    /** A listener that is watched would be told of for as long as the client waits. */
    private void pause(long nowNs) {
        epoll.remove(listener.fd());
        resumeNs = nowNs + PAUSE_NS;
    }

    private void resume(long nowNs) {
        try {
            start();
            resumeNs = Long.MAX_VALUE;
        } catch (OsException e) {
            incidents.tell(Incidents.Kind.NO_DESCRIPTOR, nowNs, String.valueOf(e.getMessage()));
            resumeNs = nowNs + PAUSE_NS;
        }
    }

    private void admit(UnixConnection connection, long nowNs) {
        int slot = freeSlot(nowNs);
        long requestId = (accepted++ << SLOT_BITS) | slot;
        try {
            epoll.add(connection.fd(), Tokens.of(Tokens.CONTROL_CLIENT, slot));
            clients[slot] = new Client(connection, requestId, nowNs);
        } catch (OsException e) {
            send(connection, "error 1 the root cannot watch one more connection: " + e.getMessage() + "\n");
            connection.close();
        }
    }

    private int freeSlot(long nowNs) {
        for (int i = 0; i < MAX_CLIENTS; i++) {
            if (clients[i] == null) {
                return i;
            }
        }
        int oldest = oldest();
        tellOf(Incidents.Kind.CLIENT_REPLACED, oldest, nowNs, "gave way: " + MAX_CLIENTS + " are served at a time");
        drop(oldest);
        return oldest;
    }

    private int oldest() {
        int oldest = 0;
        for (int i = 0; i < MAX_CLIENTS; i++) {
            Client client = clients[i];
            Client candidate = clients[oldest];
            if (client != null && (candidate == null || client.sinceNs < candidate.sinceNs)) {
                oldest = i;
            }
        }
        return oldest;
    }

    private void tellOf(Incidents.Kind kind, int slot, long nowNs, String what) {
        Client client = clients[slot];
        if (client != null) {
            incidents.tell(
                    kind, nowNs, "A client of the control socket (pid " + client.connection.peerPid() + ") " + what);
        }
    }

    private static Asker asker(UnixConnection connection) {
        return new Asker(Integer.toUnsignedLong(connection.peerUid()), connection.peerPid());
    }

    /** A client's socket is readable. */
    void onReadable(int slot, long nowNs) {
        Client client = clients[slot];
        if (client == null) {
            return;
        }
        int count = client.connection.read(client.request, client.requestLength);
        if (count == 0 || client.asked) {
            drop(slot);
            return;
        }
        if (count < 0) {
            if (count != -EAGAIN) {
                drop(slot);
            }
            return;
        }
        int from = client.requestLength;
        client.requestLength += count;
        for (int i = from; i < client.requestLength; i++) {
            if (client.request[i] == '\n') {
                client.asked = true;
                onRequest(client, ControlRequest.parse(client.request, i), nowNs);
                return;
            }
        }
        if (client.requestLength == client.request.length) {
            reply(
                    client.requestId,
                    "error 2 the request is longer than " + ControlRequest.MAX_REQUEST_BYTES + " bytes");
        }
    }

    /** Also who may ask for nothing is heard first: hung up on before, he would not get to see why. */
    private void onRequest(Client client, ControlRequest request, long nowNs) {
        Right right = rights.of(client.connection);
        Right needed = right.includes(Right.LOOK) ? Right.neededFor(request) : Right.LOOK;
        if (right.includes(needed)) {
            handler.onRequest(client.requestId, request, asker(client.connection));
            return;
        }
        incidents.tell(
                Incidents.Kind.NOT_PERMITTED,
                nowNs,
                asker(client.connection),
                "`" + request.verb() + "` was asked for, by somebody who may not");
        reply(client.requestId, "error " + NOT_PERMITTED + " " + rights.refusal(client.connection, needed));
    }

    /** Answers and hangs up. The client may be gone by now; then nothing happens. */
    void reply(long requestId, String text) {
        int slot = (int) (requestId & ((1 << SLOT_BITS) - 1));
        Client client = slot < MAX_CLIENTS ? clients[slot] : null;
        if (client != null && client.requestId == requestId) {
            send(client.connection, text.replace('\n', ' ') + "\n");
            // Closing a socket with unread bytes would reset it, and the client might not get to see its answer.
            client.connection.read(client.request, 0);
            drop(slot);
        }
    }

    private static void send(UnixConnection connection, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // A fresh socket's buffer holds far more than one line; what does not fit is the client's loss.
        connection.write(bytes, 0, bytes.length);
    }

    private void drop(int slot) {
        Client client = clients[slot];
        if (client != null) {
            epoll.remove(client.connection.fd());
            client.connection.close();
            clients[slot] = null;
            listener.keepSpare();
            if (resumeNs != Long.MAX_VALUE) {
                resumeNs = client.sinceNs; // due
            }
        }
    }

    /** When the time of the next client without a whole request is over, or clients are taken again; {@link Long#MAX_VALUE} if neither. */
    long nextDeadlineNs() {
        long nextNs = resumeNs;
        for (Client client : clients) {
            if (client != null && !client.asked) {
                nextNs = Math.min(nextNs, client.sinceNs + CLIENT_TIMEOUT_NS);
            }
        }
        return nextNs;
    }

    void onDeadline(long nowNs) {
        if (nowNs >= resumeNs) {
            resume(nowNs);
        }
        for (int i = 0; i < MAX_CLIENTS; i++) {
            Client client = clients[i];
            if (client != null && !client.asked && nowNs - client.sinceNs >= CLIENT_TIMEOUT_NS) {
                tellOf(
                        Incidents.Kind.CLIENT_TIMED_OUT,
                        i,
                        nowNs,
                        "was hung up on: no whole request in " + CLIENT_TIMEOUT_NS / 1_000_000_000 + " s");
                drop(i);
            }
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < MAX_CLIENTS; i++) {
            drop(i);
        }
        listener.close();
    }
}
