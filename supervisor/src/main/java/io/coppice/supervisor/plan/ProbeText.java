package io.coppice.supervisor.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The lines of a plan's text that say a child's {@link Probes}. */
final class ProbeText {
    private static final String STARTUP = "startup";
    private static final String READINESS = "readiness";
    private static final String LIVENESS = "liveness";
    private static final int MOST = 3;

    private ProbeText() {}

    /** @param line takes the key and the value of each line */
    static void write(Probes probes, BiConsumer<String, String> line) {
        int count = 0;
        for (Probe probe : new @Nullable Probe[] {probes.startup(), probes.readiness(), probes.liveness()}) {
            count += probe == null ? 0 : 1;
        }
        line.accept("probes", String.valueOf(count));
        write(STARTUP, probes.startup(), line);
        write(READINESS, probes.readiness(), line);
        write(LIVENESS, probes.liveness(), line);
    }

    private static void write(String name, @Nullable Probe probe, BiConsumer<String, String> line) {
        if (probe == null) {
            return;
        }
        line.accept(
                "probe",
                name + " " + probe.initialDelayMs() + " " + probe.periodMs() + " " + probe.timeoutMs() + " "
                        + probe.successThreshold() + " " + probe.failureThreshold());
        ProbeCheck check = probe.check();
        if (check instanceof ProbeCheck.Exec exec) {
            line.accept("check", "exec " + exec.argv().size());
            exec.argv().forEach(word -> line.accept("-", word));
        } else if (check instanceof ProbeCheck.Http http) {
            line.accept("check", (http.secure() ? "https " : "http ") + http.port() + " " + http.host());
            line.accept("path", http.path());
            line.accept("headers", String.valueOf(http.headers().size()));
            http.headers().forEach(header -> line.accept("-", header.name() + ": " + header.value()));
        } else if (check instanceof ProbeCheck.Tcp tcp) {
            line.accept("check", "tcp " + tcp.port() + " " + tcp.host());
        } else if (check instanceof ProbeCheck.LogLine logLine) {
            line.accept("check", "log-line");
            line.accept("pattern", logLine.pattern());
        }
    }

    static Probes read(PlanTextParser text) throws PlanFormatException {
        int count = text.count("probes", MOST);
        Probe startup = null;
        Probe readiness = null;
        Probe liveness = null;
        for (int i = 0; i < count; i++) {
            String[] words =
                    text.parts("probe", 6, "startup|readiness|liveness DELAY PERIOD TIMEOUT SUCCESSES FAILURES");
            int line = text.line();
            long[] numbers = new long[5];
            for (int n = 0; n < numbers.length; n++) {
                numbers[n] = text.toNumber("probe", words[n + 1]);
            }
            if (numbers[3] != (int) numbers[3] || numbers[4] != (int) numbers[4]) {
                throw text.wrong("probe: a threshold is too large");
            }
            ProbeCheck check = check(text);
            Probe probe = text.valid(
                    line,
                    () -> new Probe(check, numbers[0], numbers[1], numbers[2], (int) numbers[3], (int) numbers[4]));
            switch (words[0]) {
                case STARTUP -> startup = probe;
                case READINESS -> readiness = probe;
                case LIVENESS -> liveness = probe;
                default ->
                    throw text.wrong("probe: found " + PlanTextParser.quoted(words[0])
                            + ", expected startup, readiness or liveness");
            }
        }
        Probe one = startup;
        Probe two = readiness;
        Probe three = liveness;
        return text.valid(text.line(), () -> new Probes(one, two, three));
    }

    private static ProbeCheck check(PlanTextParser text) throws PlanFormatException {
        String value = text.value("check");
        String[] words = value.split(" ", -1);
        int line = text.line();
        if (words[0].equals("exec") && words.length == 2) {
            long count = text.toNumber("check", words[1]);
            if (count < 0 || count > PlanBounds.MAX_LIST_LENGTH) {
                throw text.wrong("check: " + count + " words, expected 1 to " + PlanBounds.MAX_LIST_LENGTH);
            }
            List<String> argv = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                argv.add(text.value("-"));
            }
            return text.valid(line, () -> new ProbeCheck.Exec(argv));
        } else if (words[0].equals("tcp") && words.length == 3) {
            int port = port(text, words[1]);
            return text.valid(line, () -> new ProbeCheck.Tcp(words[2], port));
        } else if (words[0].matches("https?") && words.length == 3) {
            int port = port(text, words[1]);
            String path = text.value("path");
            List<ProbeCheck.Header> headers = headers(text);
            return text.valid(line, () -> new ProbeCheck.Http(words[0].equals("https"), words[2], port, path, headers));
        } else if (value.equals("log-line")) {
            String pattern = text.value("pattern");
            return text.valid(line, () -> new ProbeCheck.LogLine(pattern));
        }
        throw text.wrong("check: found " + PlanTextParser.quoted(value)
                + ", expected `exec COUNT`, `http|https|tcp PORT HOST` or `log-line`");
    }

    private static List<ProbeCheck.Header> headers(PlanTextParser text) throws PlanFormatException {
        int count = text.count("headers", ProbeCheck.MAX_HEADERS);
        List<ProbeCheck.Header> headers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String header = text.value("-");
            int colon = header.indexOf(": ");
            if (colon < 1) {
                throw text.wrong("headers: " + PlanTextParser.quoted(header) + " is not NAME: VALUE");
            }
            headers.add(text.valid(
                    text.line(), () -> new ProbeCheck.Header(header.substring(0, colon), header.substring(colon + 2))));
        }
        return headers;
    }

    private static int port(PlanTextParser text, String word) throws PlanFormatException {
        long port = text.toNumber("check", word);
        if (port < 1 || port > 65_535) {
            throw text.wrong("check: port " + port + " is not between 1 and 65535");
        }
        return (int) port;
    }
}
