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
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(args[0])))) {
            socket.write(ByteBuffer.wrap((args[1] + "\n").getBytes(StandardCharsets.UTF_8)));
            ByteBuffer reply = ByteBuffer.allocate(4096);
            while (socket.read(reply) >= 0 && reply.hasRemaining()) {
                // until the root hangs up
            }
            System.out.print(new String(reply.array(), 0, reply.position(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.out.print("not connected: " + e.getMessage());
        }
    }
}
