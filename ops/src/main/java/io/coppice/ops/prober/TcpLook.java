package io.coppice.ops.prober;

import io.coppice.supervisor.plan.ProbeCheck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Whether a connection is accepted. */
final class TcpLook implements Look {
    private static final long NANOS_PER_MS = 1_000_000;

    private final ProbeCheck.Tcp check;
    private final int timeoutMs;

    TcpLook(ProbeCheck.Tcp check, long timeoutNs) {
        this.check = check;
        this.timeoutMs = (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeoutNs / NANOS_PER_MS));
    }

    @Override
    public LookResult look() {
        try (Socket socket = new Socket()) {
            // Looked up each time: an address may have changed.
            InetSocketAddress address = new InetSocketAddress(check.host(), check.port());
            if (address.isUnresolved()) {
                return LookResult.unwell("no machine is called " + check.host());
            }
            socket.connect(address, timeoutMs);
            return LookResult.well("");
        } catch (IOException e) {
            return LookResult.unwell(String.valueOf(e.getMessage()));
        }
    }
}
