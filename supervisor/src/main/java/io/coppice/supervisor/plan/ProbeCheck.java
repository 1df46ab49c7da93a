package io.coppice.supervisor.plan;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What one look of a {@link Probe} is: what is done, and what counts as well. */
public sealed interface ProbeCheck {
    /** The most headers of a request. */
    int MAX_HEADERS = 32;

    /** The longest host, path, header or regular expression, in UTF-8 bytes. */
    int MAX_WORD_BYTES = 2048;

    /** For people: {@code tcp 127.0.0.1:5432}. */
    String words();

    /**
     * A program, in the child's directory, with its environment and as its user: well if it ends with exit code 0.
     *
     * @param argv what is executed, complete
     */
    record Exec(List<String> argv) implements ProbeCheck {
        public Exec {
            argv = List.copyOf(argv);
            PlanBounds.requireLength("exec", argv, PlanBounds.MAX_LIST_LENGTH);
            PlanBounds.require(!argv.isEmpty() && !argv.get(0).isEmpty(), () -> "exec: no program to execute");
            argv.forEach(word -> PlanBounds.requireText("exec", word, PlanBounds.MAX_ARGUMENT_BYTES));
        }

        @Override
        public String words() {
            List<String> own = StartPrefix.without(argv);
            boolean shell = own.size() == 3
                    && own.get(0).equals("/bin/sh")
                    && own.get(1).equals("-c");
            String line = String.join(" ", shell ? own.subList(2, 3) : own).replaceAll("\\s+", " ");
            return "exec " + (line.length() <= 60 ? line : line.substring(0, 60) + "…");
        }
    }

    /**
     * A GET request: well if the answer's status is 200 to 399. Redirections are not followed; a certificate is not checked.
     *
     * @param secure by TLS
     * @param path begins with a slash; with the query
     */
    record Http(boolean secure, String host, int port, String path, List<Header> headers) implements ProbeCheck {
        private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7e]*");

        public Http {
            requireHost(host);
            requirePort(port);
            PlanBounds.requireText("http path", path, MAX_WORD_BYTES);
            PlanBounds.require(
                    PATH.matcher(path).matches(),
                    () -> "http path: `" + path + "` is not a path of printable ASCII that begins with `/`");
            headers = List.copyOf(headers);
            PlanBounds.requireLength("http headers", headers, MAX_HEADERS);
        }

        @Override
        public String words() {
            return (secure ? "https://" : "http://") + authority(host, port) + path;
        }
    }

    /** A line of a request's head. */
    record Header(String name, String value) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
        private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");

        public Header {
            PlanBounds.requireText("http header", name + value, MAX_WORD_BYTES);
            PlanBounds.require(NAME.matcher(name).matches(), () -> "http header: `" + name + "` cannot be a name");
            PlanBounds.require(
                    VALUE.matcher(value).matches(), () -> "http header " + name + ": its value is not printable ASCII");
        }
    }

    /** A connection: well if it is accepted. */
    record Tcp(String host, int port) implements ProbeCheck {
        public Tcp {
            requireHost(host);
            requirePort(port);
        }

        @Override
        public String words() {
            return "tcp " + authority(host, port);
        }
    }

    /** A line in the child's log file since its launch: well as soon as one has been seen in which the expression is found. */
    record LogLine(String pattern) implements ProbeCheck {
        public LogLine {
            PlanBounds.requireText("log_line", pattern, MAX_WORD_BYTES);
            PlanBounds.require(!pattern.isEmpty(), () -> "log_line: empty");
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "log_line: " + e.getDescription().toLowerCase(Locale.ROOT) + " at character "
                                + (e.getIndex() + 1),
                        e);
            }
        }

        @Override
        public String words() {
            return "log line /" + pattern + "/";
        }
    }

    private static String authority(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    private static void requireHost(String host) {
        PlanBounds.requireText("host", host, MAX_WORD_BYTES);
        PlanBounds.require(
                host.matches("[A-Za-z0-9._:%-]+"),
                () -> "host: `" + host + "` is neither a name nor an address of a machine");
    }

    private static void requirePort(int port) {
        PlanBounds.requireBetween("port", port, 1, 65_535);
    }
}
