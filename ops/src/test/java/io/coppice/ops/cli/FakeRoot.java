package io.coppice.ops.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A control socket that answers as the test says. An answer is sent as it is; an empty one closes the connection at once, and
 * {@link #SILENCE} keeps it open without a word.
 */
final class FakeRoot implements AutoCloseable {
    static final String SILENCE = "silence";

    private final ServerSocketChannel server;
    private final Function<String, String> answer;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> silent = new CopyOnWriteArrayList<>();
    private final Thread thread;

    FakeRoot(Path socket, Function<String, String> answer) throws IOException {
        this.answer = answer;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread = new Thread(this::serve, "fake-root");
        thread.start();
    }

    /** Request lines so far, without the line end; what the test does for one is done by the time it is here. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SocketChannel channel : silent) {
            channel.close();
        }
    }

    private void serve() {
        try {
            while (true) {
                serve(server.accept());
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SocketChannel client) {
        try {
            String request = readLine(client);
            String reply = answer.apply(request);
            requests.add(request);
            if (reply.equals(SILENCE)) {
                silent.add(client);
            } else {
                client.write(ByteBuffer.wrap(reply.getBytes(StandardCharsets.UTF_8)));
                client.close();
            }
        } catch (IOException e) {
            // A client that has had enough: it left, as one whose time is over does. There may be others.
            silent.add(client);
        }
    }

    private static String readLine(SocketChannel client) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(512);
        while (client.read(in) >= 0) {
            String text = new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
            if (text.endsWith("\n")) {
                return text.substring(0, text.length() - 1);
            }
        }
        throw new IOException("no whole request");
    }
}
