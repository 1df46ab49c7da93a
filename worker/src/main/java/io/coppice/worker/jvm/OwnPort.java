package io.coppice.worker.jvm;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A port of the program's own answers: it takes a connection, and where a path is given, it answers HTTP's GET with a status from 200 to 399.
 * One connection a look, without a proxy, closed at once. A server that limits or logs connections will see it.
 */
public final class OwnPort implements SignOfLife {
    private static final Pattern WHERE = Pattern.compile("([^/]+):([0-9]{1,5})(/.*)?");

    /** {@code HTTP/1.1 200 OK}; more of an answer is not read. */
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})( .*)?");

    private static final int MOST_OF_A_LINE = 128;

    private final String host;
    private final int port;
    private final @Nullable String path;
    private final int timeoutMs;

    private OwnPort(String host, int port, @Nullable String path, int timeoutMs) {
        this.host = host;
        this.port = port;
        this.path = path;
        this.timeoutMs = timeoutMs;
    }

    /**
     * One port.
     *
     * @param where {@code HOST:PORT}, or {@code HOST:PORT/PATH} for HTTP
     * @param timeoutMs how long connecting, and each read, may take, 1 or more
     * @throws IllegalArgumentException if it is written otherwise
     */
    public static OwnPort of(String where, long timeoutMs) {
        Matcher parts = WHERE.matcher(where);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) < 1 || Integer.parseInt(parts.group(2)) > 65_535) {
            throw new IllegalArgumentException("port '" + where + "': expected HOST:PORT or HOST:PORT/PATH");
        }
        return new OwnPort(parts.group(1), Integer.parseInt(parts.group(2)), parts.group(3), (int)
                Math.min(Integer.MAX_VALUE, timeoutMs));
    }

    @Override
    public @Nullable String fault() {
        String what = path == null ? "port " + host + ":" + port : "http://" + host + ":" + port + path;
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(host, port), timeoutMs);
            if (path == null) {
                return null;
            }
            socket.setSoTimeout(timeoutMs);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + ":" + port
                                    + "\r\nUser-Agent: coppice\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String line = firstLine(socket.getInputStream());
            Matcher status = STATUS.matcher(line);
            if (!status.matches()) {
                return what + " does not answer HTTP: \"" + line + "\"";
            }
            int code = Integer.parseInt(status.group(1));
            return code >= 200 && code <= 399 ? null : what + " answers " + code;
        } catch (IOException e) {
            return what + " does not answer: " + e.getMessage();
        }
    }

    private static String firstLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\r' && next != '\n' && line.length() < MOST_OF_A_LINE) {
            line.append(next < ' ' || next > '~' ? '?' : (char) next);
            next = in.read();
        }
        return line.toString();
    }
}
