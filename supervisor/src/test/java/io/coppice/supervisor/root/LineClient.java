package io.coppice.supervisor.root;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client of a control socket that can be run as somebody else: one line there, what comes back on standard output. Needs no other class. */
final class LineClient {
    private LineClient() {}

    /** @param args the socket, and the line */
    public static void main(String[] args) throws IOException {
        ByteBuffer reply = ByteBuffer.allocate(4096);
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(args[0])))) {
            write(socket, args[1] + "\n");
            while (socket.read(reply) >= 0 && reply.hasRemaining()) {
                // until the root hangs up
            }
        } catch (IOException e) {
            if (reply.position() == 0) {
                System.out.print("no answer: " + e.getMessage());
            }
        }
        System.out.print(new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8));
    }

    /** Who is not heard has been told so, and finds nobody who reads. */
    private static void write(SocketChannel socket, String line) {
        try {
            socket.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            System.err.println("not heard: " + e.getMessage());
        }
    }
}
