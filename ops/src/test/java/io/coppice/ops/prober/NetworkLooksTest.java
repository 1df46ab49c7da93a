package io.coppice.ops.prober;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.coppice.supervisor.plan.ProbeCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections and requests, against a server that does as the test likes. */
class NetworkLooksTest {
    private static final long LONG_NS = 120_000_000_000L;

    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private LookResult ask(long timeoutNs, ProbeCheck.Header... headers) {
        return new HttpLook(
                        new ProbeCheck.Http(false, "127.0.0.1", server.getLocalPort(), "/up?x=1", List.of(headers)),
                        timeoutNs)
                .look();
    }

    /** Answers one client, and gives what it was asked. */
    private CompletableFuture<String> answer(String answer) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket client = server.accept()) {
                StringBuilder request = new StringBuilder();
                while (request.indexOf("\r\n\r\n") < 0) {
                    int c = client.getInputStream().read();
                    if (c < 0) {
                        break;
                    }
                    request.append((char) c);
                }
                client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                return request.toString();
            } catch (IOException e) {
                return "failed: " + e;
            }
        });
    }

    @Test
    void shouldConnect() throws IOException {
        TcpLook look = new TcpLook(new ProbeCheck.Tcp("127.0.0.1", server.getLocalPort()), LONG_NS);
        assertTrue(look.look().success());
        server.close();
        LookResult refused = look.look();
        assertFalse(refused.success());
        assertTrue(refused.text().contains("refused"), refused.text());
    }

    @Test
    void shouldSayThatNoMachineHasThatName() {
        LookResult result = new TcpLook(new ProbeCheck.Tcp("no-such.invalid", 80), LONG_NS).look();
        assertEquals(LookResult.unwell("no machine is called no-such.invalid"), result);
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK, true, status 200",
        "HTTP/1.0 204, true, status 204",
        "HTTP/1.1 302 Found, true, status 302",
        "HTTP/1.1 399 x, true, status 399",
        "HTTP/1.1 199 x, false, status 199",
        "HTTP/1.1 400 Bad Request, false, status 400",
        "HTTP/1.1 503 Service Unavailable, false, status 503",
        "SSH-2.0-OpenSSH_9.2, false, an answer that is not HTTP",
        "HTTP/1.1 20 x, false, an answer that is not HTTP",
    })
    @Timeout(60)
    void shouldGoByTheStatus(String line, boolean success, String text) {
        CompletableFuture<String> asked = answer(line + "\r\nX: y\r\n\r\n");
        assertEquals(success ? LookResult.well(text) : LookResult.unwell(text), ask(LONG_NS));
        assertTrue(
                asked.join().startsWith("GET /up?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + server.getLocalPort() + "\r\n"));
    }

    @Test
    @Timeout(60)
    void shouldSendItsHeaders() {
        CompletableFuture<String> asked = answer("HTTP/1.1 200 OK\r\n\r\n");
        assertTrue(ask(LONG_NS, new ProbeCheck.Header("Host", "shop"), new ProbeCheck.Header("X-A", "b: c"))
                .success());
        assertEquals("GET /up?x=1 HTTP/1.1\r\nHost: shop\r\nX-A: b: c\r\nConnection: close\r\n\r\n", asked.join());
    }

    @Test
    @Timeout(60)
    void shouldNotWaitForAnAnswerWithoutAnEnd() {
        CompletableFuture<String> asked = answer("x".repeat(100_000));
        assertFalse(ask(LONG_NS).success());
        asked.join();
    }

    @Test
    @Timeout(60)
    void shouldNotWaitForWhoHangsUpOrSaysNothing() {
        CompletableFuture<String> asked = answer("");
        assertEquals(LookResult.unwell("hung up without an answer"), ask(LONG_NS));
        asked.join();
        assertEquals(LookResult.unwell("no answer within 200 ms"), ask(200_000_000L), "nobody accepts this one");
    }

    /** Each byte comes in time, and the answer does not. */
    @Test
    @Timeout(60)
    void shouldNotWaitForAnAnswerByteByByte() {
        CompletableFuture<Boolean> dripped = CompletableFuture.supplyAsync(() -> {
            try (Socket client = server.accept()) {
                while (true) {
                    client.getOutputStream().write('H');
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                return true; // it has hung up
            }
        });
        assertEquals(LookResult.unwell("no answer within 300 ms"), ask(300_000_000L));
        assertTrue(dripped.join());
    }

    /** A certificate that nobody vouches for, which is what a service in a test or behind a proxy has. */
    @Test
    @Timeout(120)
    void shouldAskByTlsWithoutLookingAtTheCertificate(@TempDir Path directory) throws Exception {
        Path keys = directory.resolve("keys");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=nobody",
                        "-alias",
                        "it",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, keytool.waitFor(), said);
        char[] password = "changeit".toCharArray();
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(KeyStore.getInstance(keys.toFile(), password), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 16);
        https.setHttpsConfigurator(new HttpsConfigurator(context));
        https.createContext("/up", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        https.start();
        try {
            int port = https.getAddress().getPort();
            assertEquals(
                    LookResult.well("status 204"),
                    new HttpLook(new ProbeCheck.Http(true, "127.0.0.1", port, "/up", List.of()), LONG_NS).look());
            assertFalse(new HttpLook(new ProbeCheck.Http(false, "127.0.0.1", port, "/up", List.of()), LONG_NS)
                    .look()
                    .success());
        } finally {
            https.stop(0);
        }
    }
}
