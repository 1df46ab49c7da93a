package io.coppice.ops.prober;

import io.coppice.ops.view.InstanceDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Tells the root, one line per connection of its control socket. Blocks until it has answered: as long as it does not, there is nobody to
 * be told anything.
 */
final class RootLine {
    private static final int MAX_REPLY_BYTES = 4096;

    /** What the text of an event has room for. */
    private static final int MAX_TEXT_BYTES = 160;

    private final UnixDomainSocketAddress socket;

    RootLine(InstanceDirectory instance) {
        socket = UnixDomainSocketAddress.of(instance.controlSocket());
    }

    /**
     * Says what is new of one process.
     *
     * @throws IOException if there is no root, or it does not accept it, in words
     */
    void tell(Seen process, Tidings tidings) throws IOException {
        String line = "coppice/1 probe " + process.child() + " " + process.incarnation() + " "
                + tidings.verdict().word() + " " + fitting(tidings.text()) + "\n";
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(socket);
            ByteBuffer out = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            String reply = reply(channel);
            if (!reply.equals("ok\n")) {
                throw new IOException("the root answered `" + reply.strip() + "`");
            }
        }
    }

    private static String reply(SocketChannel channel) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(MAX_REPLY_BYTES);
        while (in.hasRemaining() && channel.read(in) >= 0) {
            if (in.position() > 0 && in.get(in.position() - 1) == '\n') {
                break;
            }
        }
        return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
    }

    /** One line that the root accepts: without control characters, and cut to what it takes. */
    static String fitting(String text) {
        StringBuilder line = new StringBuilder();
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            boolean odd = Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE;
            String shown = odd ? " " : Character.toString(point);
            bytes += shown.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_TEXT_BYTES) {
                break;
            }
            line.append(shown);
            i += Character.charCount(point);
        }
        return line.toString();
    }
}
