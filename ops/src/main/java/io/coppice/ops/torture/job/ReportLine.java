package io.coppice.ops.torture.job;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A daemon's way to the recorder, which is another process. What was sent arrives even if the sender is killed next. */
final class ReportLine {
    private final SocketChannel channel;

    private ReportLine(SocketChannel channel) {
        this.channel = channel;
    }

    static ReportLine open(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new ReportLine(channel);
    }

    void send(Report report) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        report.write(new DataOutputStream(bytes));
        ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
