package io.coppice.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.ops.torture.job.Report;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
    @TempDir
    Path directory;

    private final Findings findings = new Findings();
    private final Ledger ledger = new Ledger("writer-1", findings);

    private static byte[] bytes(Report.Kind kind, long incarnation, long step) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Report(kind, "writer-1", incarnation, step, "why").write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private SocketChannel connect() throws Exception {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(directory.resolve("socket")));
        return channel;
    }

    @Test
    void shouldHearAProcessToItsEndBeforeItsSuccessorAndLeaveOutAReportThatWasCut() throws Exception {
        try (Recorder recorder = Recorder.listen(directory.resolve("socket"), Map.of("writer-1", ledger), findings)) {
            try (SocketChannel second = connect()) {
                try (SocketChannel first = connect()) {
                    first.write(ByteBuffer.wrap(bytes(Report.Kind.RESUMED, 1, 0)));
                    first.write(ByteBuffer.wrap(bytes(Report.Kind.COMMITTED, 1, 1)));
                    while (ledger.acknowledged() < 1) {
                        Thread.onSpinWait();
                    }
                    second.write(ByteBuffer.wrap(bytes(Report.Kind.RESUMED, 2, 5)));
                    for (int step = 2; step <= 5; step++) {
                        first.write(ByteBuffer.wrap(bytes(Report.Kind.COMMITTED, 1, step)));
                    }
                    first.write(ByteBuffer.wrap(bytes(Report.Kind.COMMITTED, 1, 9), 0, 12));
                }
                second.write(ByteBuffer.wrap(bytes(Report.Kind.TORN, 2, 0)));
            }
            while (findings.none()) {
                Thread.onSpinWait();
            }
            recorder.drain();
        }
        assertEquals(java.util.List.of("torn: writer-1 incarnation 2 tells why"), findings.texts());
        assertEquals(5, ledger.acknowledged());
    }
}
