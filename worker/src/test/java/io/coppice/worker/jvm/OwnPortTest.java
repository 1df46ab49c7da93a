package io.coppice.worker.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OwnPortTest {
    private static final long PATIENCE_MS = 60_000;

    /** What is the matter with a server that gives one client this answer. */
    private static @Nullable String faultOf(String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                try (Socket client = server.accept()) {
                    client.getInputStream().read();
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            answering.start();
            String fault = OwnPort.of("127.0.0.1:" + server.getLocalPort() + "/health", PATIENCE_MS)
                    .fault();
            answering.join();
            return fault == null ? null : fault.replace(":" + server.getLocalPort(), ":PORT");
        }
    }

    @Test
    void shouldTakeStatusesUpTo399ForLife() throws Exception {
        assertNull(faultOf("HTTP/1.1 200 OK\r\n\r\n"));
        assertNull(faultOf("HTTP/1.1 302\r\n\r\n"));
        assertEquals("http://127.0.0.1:PORT/health answers 503", faultOf("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
        assertEquals("http://127.0.0.1:PORT/health answers 404", faultOf("HTTP/1.0 404 Not Found\r\n\r\n"));
    }

    @Test
    void shouldTellOfWhatIsNoHttp() throws Exception {
        assertEquals("http://127.0.0.1:PORT/health does not answer HTTP: \"220 hello\"", faultOf("220 hello\r\n"));
        assertEquals("http://127.0.0.1:PORT/health does not answer HTTP: \"\"", faultOf(""));
    }

    @Test
    void shouldBeContentWithAConnectionWithoutAPath() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
            assertNull(OwnPort.of("127.0.0.1:" + port, PATIENCE_MS).fault());
        }
        String fault = OwnPort.of("127.0.0.1:" + port, PATIENCE_MS).fault();
        assertTrue(fault != null && fault.startsWith("port 127.0.0.1:" + port + " does not answer: "), fault);
    }

    @Test
    void shouldRefuseWhatIsNoPort() {
        for (String where : new String[] {"", "8080", "host:0", "host:65536", "host:80x", ":80"}) {
            assertThrows(IllegalArgumentException.class, () -> OwnPort.of(where, PATIENCE_MS), where);
        }
    }
}
