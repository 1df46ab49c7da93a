package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import io.coppice.ops.manifest.Setting.ValueReader;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one probe of a daemon. Names, meanings and defaults are those of Kubernetes, in this manifest's spelling.
 *
 * @param group what they are all below: {@code readiness_probe}
 * @param logLine null where a line that was seen once would say nothing
 */
record ProbeKeys(
        String group,
        Setting<Command> exec,
        Setting<Integer> httpPort,
        Setting<String> httpPath,
        Setting<String> httpHost,
        Setting<String> httpScheme,
        Setting<List<ProbeCheck.Header>> httpHeaders,
        Setting<Integer> tcpPort,
        Setting<String> tcpHost,
        @Nullable Setting<String> logLine,
        Setting<Long> initialDelay,
        Setting<Long> period,
        Setting<Long> timeout,
        Setting<Integer> successThreshold,
        Setting<Integer> failureThreshold) {
    private static final String THIS_MACHINE = "127.0.0.1";
    private static final String HTTP = "http";
    static final String HTTPS = "https";
    private static final int LAST_PORT = 65_535;
    private static final String COMPOSE_LIST = "CMD";
    private static final String COMPOSE_TEXT = "CMD-SHELL";

    /**
     * Adds them to the keys of a daemon. Not for {@code defaults:}, since two checks that meet would be one too many.
     *
     * @param seesLog whether it may wait for a line of the log
     * @param mostSuccesses of its {@code success_threshold}
     */
    static ProbeKeys in(KeyTable table, String group, boolean seesLog, int mostSuccesses) {
        return new ProbeKeys(
                group,
                key(table, group + ".exec", ProbeKeys::exec, null),
                key(table, group + ".http.port", StateRules.number(1, LAST_PORT), null),
                key(table, group + ".http.path", ValueReader.shaped(ValueShape.TEXT, ProbeKeys::path), "/"),
                key(table, group + ".http.host", host(), THIS_MACHINE),
                key(table, group + ".http.scheme", StateRules.oneOf(HTTP, HTTPS), HTTP),
                key(table, group + ".http.headers", ProbeKeys::headers, List.of()),
                key(table, group + ".tcp.port", StateRules.number(1, LAST_PORT), null),
                key(table, group + ".tcp.host", host(), THIS_MACHINE),
                seesLog
                        ? key(table, group + ".log_line", ValueReader.shaped(ValueShape.TEXT, ProbeKeys::logLine), null)
                        : null,
                key(table, group + ".initial_delay", ValueReaders.duration(0, PlanBounds.MAX_DURATION_MS), 0L),
                key(
                        table,
                        group + ".period",
                        ValueReaders.duration(Probe.MIN_PERIOD_MS, PlanBounds.MAX_DURATION_MS),
                        10_000L),
                key(table, group + ".timeout", ValueReaders.duration(1, PlanBounds.MAX_DURATION_MS), 1_000L),
                key(table, group + ".success_threshold", StateRules.number(1, mostSuccesses), 1),
                key(table, group + ".failure_threshold", StateRules.number(1, Probe.MAX_THRESHOLD), 3));
    }

    /** The first of them that a daemon has; null if it has none. */
    @Nullable
    Located<String> firstIn(DaemonSpec daemon) {
        for (Located<String> mentioned : daemon.own().mentioned()) {
            if (mentioned.value().equals(group) || mentioned.value().startsWith(group + ".")) {
                return mentioned;
            }
        }
        return null;
    }

    /** Whether a key says what a probe looks at, as opposed to when. */
    static boolean isCheck(String path) {
        return path.matches("[a-z]+_probe\\.(exec|log_line|(http|tcp)\\..*)");
    }

    /** The kinds of checks that it may be, by the word of the manifest. */
    List<String> checks() {
        return logLine == null ? List.of("exec", "http", "tcp") : List.of("exec", "http", "tcp", "log_line");
    }

    private static @Nullable Command exec(YamlNode node, String path, Problems problems) {
        String expected = "a list that is executed, such as [pg_isready, -q], or a text for /bin/sh -c";
        if (node instanceof YamlNode.Mapping) {
            problems.add(
                    node.at(),
                    path,
                    node.description(),
                    expected,
                    "write `exec: [PROGRAM, ARGUMENT]`, not `exec: {command: …}`");
            return null;
        }
        String kind = composeKind(node);
        if (kind != null) {
            problems.add(
                    node.at(),
                    path,
                    "a list that begins with `" + kind + "`",
                    expected,
                    kind.equals(COMPOSE_LIST) ? "write it without `CMD`" : "write only the text that follows");
            return null;
        }
        return ValueReaders.command(node, path, problems);
    }

    /** How the list of a health check of compose says what it is; null if this is none. */
    private static @Nullable String composeKind(YamlNode node) {
        return node instanceof YamlNode.Sequence sequence
                        && !sequence.elements().isEmpty()
                        && sequence.elements().get(0) instanceof YamlNode.Scalar first
                        && (first.text().equals(COMPOSE_LIST) || first.text().equals(COMPOSE_TEXT))
                ? first.text()
                : null;
    }

    private static @Nullable String path(YamlNode node, String path, Problems problems) {
        String expected = "a path such as `/health`";
        String text = ValueReaders.text(expected).read(node, path, problems);
        return text == null || isAccepted(() -> new ProbeCheck.Http(false, THIS_MACHINE, 1, text, List.of()))
                ? text
                : refused(node, path, problems, expected);
    }

    private static ValueReader<String> host() {
        String expected = "the name or the address of a machine, such as `127.0.0.1`";
        return ValueReader.shaped(ValueShape.TEXT, (node, path, problems) -> {
            String text = ValueReaders.name(expected).read(node, path, problems);
            return text == null || isAccepted(() -> new ProbeCheck.Tcp(text, 1))
                    ? text
                    : refused(node, path, problems, expected);
        });
    }

    private static @Nullable String logLine(YamlNode node, String path, Problems problems) {
        String text = ValueReaders.text("a regular expression such as `Server started`")
                .read(node, path, problems);
        if (text == null) {
            return null;
        }
        try {
            return new ProbeCheck.LogLine(text).pattern();
        } catch (IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage());
            problems.add(
                    node.at(),
                    path,
                    node.description() + " is no regular expression (" + why.substring(why.indexOf(": ") + 2) + ")",
                    "one as Java has them, such as `Server started`",
                    "a backslash before a character takes its meaning away");
            return null;
        }
    }

    private static @Nullable List<ProbeCheck.Header> headers(YamlNode node, String path, Problems problems) {
        String expected = "a mapping such as {Accept: text/plain}";
        if (!(node instanceof YamlNode.Mapping mapping)) {
            String hint = node instanceof YamlNode.Sequence ? "write `NAME: VALUE`" : "";
            problems.add(node.at(), path, node.description(), expected, hint);
            return null;
        }
        Map<String, ProbeCheck.Header> headers = new LinkedHashMap<>();
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String name = entry.key().text();
            String value = ValueReaders.scalar(entry.value(), path + "." + name, problems, "the value of a header");
            if (value == null) {
                continue;
            }
            try {
                headers.putIfAbsent(name, new ProbeCheck.Header(name, value));
            } catch (IllegalArgumentException e) {
                problems.add(
                        entry.key().at(),
                        path + "." + name,
                        Problems.quoted(name + ": " + value) + " cannot be a header",
                        "a name without spaces or colons, and a value of printable ASCII");
            }
        }
        if (headers.size() > ProbeCheck.MAX_HEADERS) {
            problems.add(node.at(), path, headers.size() + " headers", "at most " + ProbeCheck.MAX_HEADERS);
            return null;
        }
        return new ArrayList<>(headers.values());
    }

    private static @Nullable String refused(YamlNode node, String path, Problems problems, String expected) {
        problems.add(node.at(), path, node.description(), expected);
        return null;
    }

    /** Whether a plan takes it, which says itself what it takes. */
    private static boolean isAccepted(Runnable making) {
        try {
            making.run();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static <T> Setting<T> key(KeyTable table, String path, ValueReader<T> reader, @Nullable T fallback) {
        return table.add(new Setting<>(path, Scope.ANY, false, reader, fallback));
    }
}
