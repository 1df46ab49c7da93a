package io.coppice.ops.prober;

import io.coppice.supervisor.plan.ProbeCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The status that a GET request is answered with. Only the first line is read, and its time is bounded as a whole: an answer that comes
 * byte by byte is none.
 */
final class HttpLook implements Look {
    private static final long NANOS_PER_MS = 1_000_000;
    private static final int MAX_STATUS_LINE_BYTES = 1024;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/[0-9.]+ ([0-9]{3})( .*)?");
    private static final int FIRST_WELL = 200;
    private static final int FIRST_UNWELL = 400;

    private final ProbeCheck.Http check;
    private final long timeoutNs;
    private final byte[] request;

    HttpLook(ProbeCheck.Http check, long timeoutNs) {
        this.check = check;
        this.timeoutNs = timeoutNs;
        this.request = request(check).getBytes(StandardCharsets.US_ASCII);
    }

    private static String request(ProbeCheck.Http check) {
        String host = check.host().indexOf(':') < 0 ? check.host() : "[" + check.host() + "]";
        StringBuilder head = new StringBuilder("GET " + check.path() + " HTTP/1.1\r\n");
        boolean hasHost =
                check.headers().stream().anyMatch(header -> header.name().equalsIgnoreCase("host"));
        if (!hasHost) {
            head.append("Host: ").append(host).append(':').append(check.port()).append("\r\n");
        }
        for (ProbeCheck.Header header : check.headers()) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        return head.append("Connection: close\r\n\r\n").toString();
    }

    @Override
    public LookResult look() {
        long endNs = System.nanoTime() + timeoutNs;
        try (Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(check.host(), check.port());
            if (address.isUnresolved()) {
                return LookResult.unwell("no machine is called " + check.host());
            }
            socket.connect(address, leftMs(endNs));
            socket.setSoTimeout(leftMs(endNs));
            if (!check.secure()) {
                return ask(socket, socket, endNs);
            }
            try (Socket secured = secured(socket)) {
                return ask(secured, socket, endNs);
            }
        } catch (SocketTimeoutException e) {
            return LookResult.unwell("no answer within " + timeoutNs / NANOS_PER_MS + " ms");
        } catch (IOException e) {
            return LookResult.unwell(String.valueOf(e.getMessage()));
        }
    }

    private LookResult ask(Socket socket, Socket plain, long endNs) throws IOException {
        socket.getOutputStream().write(request);
        InputStream in = socket.getInputStream();
        StringBuilder line = new StringBuilder();
        for (int c = 0; line.length() < MAX_STATUS_LINE_BYTES; ) {
            plain.setSoTimeout(leftMs(endNs));
            c = in.read();
            if (c < 0 || c == '\n') {
                break;
            }
            line.append((char) c);
        }
        Matcher status = STATUS_LINE.matcher(line.toString().stripTrailing());
        if (!status.matches()) {
            return LookResult.unwell(line.isEmpty() ? "hung up without an answer" : "an answer that is not HTTP");
        }
        int code = Integer.parseInt(status.group(1));
        String text = "status " + code;
        return code >= FIRST_WELL && code < FIRST_UNWELL ? LookResult.well(text) : LookResult.unwell(text);
    }

    private static int leftMs(long endNs) throws SocketTimeoutException {
        long leftMs = (endNs - System.nanoTime() + NANOS_PER_MS - 1) / NANOS_PER_MS;
        if (leftMs <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(Integer.MAX_VALUE, leftMs);
    }

    private Socket secured(Socket plain) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Unasked()}, null);
            return context.getSocketFactory().createSocket(plain, check.host(), check.port(), true);
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS in this JVM: " + e.getMessage(), e);
        }
    }

    /** Asks for no certificate's origin: the question is whether somebody answers, not who; so it is in Kubernetes. */
    private static final class Unasked implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
