package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The key {@code agent}: {@code true}, or by what else than the absence of a deadlock the program shows that it lives.
 *
 * @param on whether the command runs under the agent
 * @param pools globs of thread names, each of them a pool's
 * @param ports which must answer, as the agent is told: {@code HOST:PORT} or {@code HOST:PORT/PATH}
 */
record AgentRule(boolean on, List<String> pools, List<Port> ports) {
    static final AgentRule OFF = new AgentRule(false, List.of(), List.of());

    private static final AgentRule PLAIN = new AgentRule(true, List.of(), List.of());
    private static final String EXPECTED = "`true`, or a mapping such as {pools: [\"http-*\"]} or {http: {port: 8080}}";
    private static final List<String> KEYS = List.of("pools", "tcp", "http");
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_-]{1,255}");
    private static final Pattern PATH = Pattern.compile("/[!-~]{0,1023}");
    private static final int MOST_PORT = 65_535;

    AgentRule {
        pools = List.copyOf(pools);
        ports = List.copyOf(ports);
    }

    /**
     * One port.
     *
     * @param path what HTTP's GET asks for; empty where a connection is enough
     */
    record Port(String host, int port, String path) {
        /** The agent's argument. */
        String argument() {
            return (path.isEmpty() ? "tcp=" : "http=") + host + ":" + port + path;
        }
    }

    /** What it looks like, in the words of JSON Schema. */
    static Map<String, Object> shape() {
        Map<String, Object> port = ValueShape.integer(1, MOST_PORT);
        Map<String, Object> tcp = ValueShape.mapping(ValueShape.ordered("port", port, "host", ValueShape.TEXT));
        Map<String, Object> http =
                ValueShape.mapping(ValueShape.ordered("port", port, "path", ValueShape.TEXT, "host", ValueShape.TEXT));
        tcp.put("required", List.of("port"));
        http.put("required", List.of("port"));
        return ValueShape.anyOf(
                ValueShape.TRUTH,
                ValueShape.mapping(
                        ValueShape.ordered("pools", ValueShape.list(ValueShape.SCALAR, 1), "tcp", tcp, "http", http)));
    }

    static @Nullable AgentRule read(YamlNode node, String path, Problems problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping(mapping, path, problems);
        }
        if (node instanceof YamlNode.Sequence) {
            problems.add(node.at(), path, node.description(), EXPECTED);
            return null;
        }
        Boolean on = ValueReaders.truth(node, path, problems);
        return on == null ? null : on ? PLAIN : OFF;
    }

    private static AgentRule mapping(YamlNode.Mapping mapping, String path, Problems problems) {
        List<String> pools = new ArrayList<>();
        List<Port> ports = new ArrayList<>();
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String key = entry.key().text();
            String at = path + "." + key;
            switch (key) {
                case "pools" -> {
                    List<Located<String>> globs = ValueReaders.texts(
                                    "a list of thread names such as [\"http-nio-*\"]", 1)
                            .read(entry.value(), at, problems);
                    if (globs != null) {
                        globs.forEach(glob -> pools.add(glob.value()));
                    }
                }
                case "tcp", "http" -> {
                    Port port = port(entry.value(), key.equals("http"), at, problems);
                    if (port != null) {
                        ports.add(port);
                    }
                }
                default -> {
                    if (!key.startsWith("x-")) {
                        problems.addUnknownKey(
                                entry, at, "of `agent`", KEYS, Suggestion.didYouMean(Suggestion.nearKey(key, KEYS)));
                    }
                }
            }
        }
        return new AgentRule(true, pools, ports);
    }

    private static @Nullable Port port(YamlNode node, boolean http, String path, Problems problems) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            String expected = http ? "a mapping such as {port: 8080, path: /health}" : "a mapping such as {port: 9092}";
            problems.add(node.at(), path, node.description(), expected);
            return null;
        }
        List<String> keys = http ? List.of("port", "path", "host") : List.of("port", "host");
        Integer port = null;
        boolean stated = false;
        String host = LOOPBACK;
        String get = http ? "/" : "";
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String key = entry.key().text();
            String at = path + "." + key;
            if (key.equals("port")) {
                stated = true;
                port = StateRules.number(1, MOST_PORT).read(entry.value(), at, problems);
            } else if (key.equals("host")) {
                host = matching(entry.value(), HOST, "the name or address that it listens at", at, problems, host);
            } else if (key.equals("path") && http) {
                get = matching(entry.value(), PATH, "a path such as /health", at, problems, get);
            } else if (!key.startsWith("x-")) {
                problems.addUnknownKey(
                        entry,
                        at,
                        http ? "of `http`" : "of `tcp`",
                        keys,
                        Suggestion.didYouMean(Suggestion.nearKey(key, keys)));
            }
        }
        if (!stated) {
            problems.add(node.at(), path, "no `port`", "{port: NUMBER}");
        }
        return port == null ? null : new Port(host, port, get);
    }

    private static String matching(
            YamlNode node, Pattern pattern, String expected, String path, Problems problems, String otherwise) {
        String text = ValueReaders.scalar(node, path, problems, expected);
        if (text == null || pattern.matcher(text).matches()) {
            return text == null ? otherwise : text;
        }
        problems.add(node.at(), path, node.description(), expected);
        return otherwise;
    }
}
