package io.coppice.ops.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.RestartPolicy;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The manifest's JSON Schema (draft 2020-12), made of the table of keys, for editors that complete and check. What needs more than one
 * value to be told, or the machine, only {@code coppice check} tells. Pure.
 */
public final class ManifestSchema {
    private ManifestSchema() {}

    /**
     * The schema, ends with a line break; the same text at each call.
     *
     * @throws IllegalStateException if there is a key that {@link KeySchemas} knows nothing of
     */
    public static String text() {
        StringWriter text = new StringWriter();
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(lines);
        try (JsonGenerator json = new JsonFactory().createGenerator(text).setPrettyPrinter(printer)) {
            write(json, schema());
        } catch (IOException e) {
            throw new UncheckedIOException("text in memory", e);
        }
        return text + "\n";
    }

    private static Map<String, Object> schema() {
        Map<String, Object> top = new LinkedHashMap<>();
        for (String key : ManifestParser.TOP_KEYS) {
            Setting<?> setting = GroupKeys.ofInstance(key);
            top.put(
                    key,
                    setting == null
                            ? described((DaemonKeys.byPath(key) == null ? "" : "instance.") + key, topShape(key))
                            : described("instance." + key, shape(key, setting)));
        }
        Map<String, Object> schema = ValueShape.ordered(
                "$schema", "https://json-schema.org/draft/2020-12/schema", "title", "Manifest of Coppice");
        schema.putAll(ValueShape.mapping(top));
        schema.put("required", List.of("daemons"));
        Map<String, Object> daemon = ValueShape.mapping(keysBelow(DaemonKeys.TABLE, "", "", false));
        daemon.put("oneOf", List.of(Map.of("required", List.of("main")), Map.of("required", List.of("command"))));
        Map<String, Object> besideCommand = ValueShape.ordered("properties", refused(Setting.Scope.MAIN));
        besideCommand.put(
                "anyOf",
                List.of(Map.of("required", List.of("agent")), Map.of("properties", refused(Setting.Scope.BEATING))));
        daemon.put(
                "dependentSchemas",
                ValueShape.ordered(
                        "main", ValueShape.ordered("properties", ofCommandsOnly()), "command", besideCommand));
        schema.put(
                "$defs",
                ValueShape.ordered(
                        "variable",
                        ValueShape.ordered(
                                "description",
                                "A variable, or the number of a replica, stands in it.",
                                "type",
                                "string",
                                "pattern",
                                "\\$(\\{|\\(\\()"),
                        "daemon",
                        daemon,
                        "group",
                        group(),
                        "defaults",
                        ValueShape.mapping(keysBelow(DaemonKeys.TABLE, "", "", true))));
        return schema;
    }

    private static Map<String, Object> topShape(String key) {
        return switch (key) {
            case "defaults" -> Map.of("$ref", "#/$defs/defaults");
            case "daemons" ->
                ValueShape.ordered(
                        "type",
                        "object",
                        "minProperties",
                        1,
                        "propertyNames",
                        ValueShape.ordered(
                                "pattern",
                                "^[a-z0-9-]{1,32}$",
                                "not",
                                Map.of("enum", List.of("root", ProberPlan.NAME))),
                        "additionalProperties",
                        Map.of("$ref", "#/$defs/daemon"));
            case "groups" ->
                ValueShape.ordered(
                        "type",
                        "object",
                        "propertyNames",
                        Map.of("pattern", "^[a-z0-9-]{1,32}$"),
                        "additionalProperties",
                        Map.of("$ref", "#/$defs/group"));
            case "isolation" -> ValueShape.anyOf(ValueShape.oneOf("mapping", "user", "sandbox"), isolation());
            case "notify" ->
                ValueShape.anyOf(
                        ValueShape.anyOf(ValueShape.TEXT, ValueShape.list(ValueShape.SCALAR, 1)), notification());
            case "control" -> control();
            default -> shape(key, null);
        };
    }

    private static Map<String, Object> control() {
        Map<String, Object> control = ValueShape.mapping(keysBelow(ControlKeys.TABLE, "control.", "", false));
        control.put("dependentRequired", Map.of("change", List.of("group")));
        return control;
    }

    private static Map<String, Object> isolation() {
        Map<String, Object> isolation = ValueShape.mapping(keysBelow(IsolationKeys.TABLE, "isolation.", "", false));
        isolation.put("required", List.of("mode"));
        return isolation;
    }

    private static Map<String, Object> notification() {
        Map<String, Object> notification = ValueShape.mapping(keysBelow(NotifyKeys.TABLE, "notify.", "", false));
        notification.put("required", List.of("command"));
        return notification;
    }

    private static Map<String, Object> group() {
        Map<String, Object> group = ValueShape.mapping(keysBelow(GroupKeys.TABLE, "group.", "", false));
        group.put("required", List.of("members"));
        return group;
    }

    /** @param lines what the lines of these keys are called by, before their path */
    private static Map<String, Object> keysBelow(KeyTable table, String lines, String prefix, boolean ofDefaults) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String key : table.keysBelow(prefix)) {
            String path = prefix + key;
            Setting<?> setting = table.byPath(path);
            if (setting == null) {
                Map<String, Object> below = keysBelow(table, lines, path + ".", ofDefaults);
                if (!below.isEmpty()) {
                    Map<String, Object> group = ValueShape.mapping(below);
                    group.putAll(togetherIn(path));
                    if (path.equals(TransactionKeys.GROUP) && !ofDefaults) {
                        group.put("required", List.of("slots"));
                    }
                    properties.put(
                            key, table.mayBeNone(path) ? ValueShape.anyOf(group, ValueShape.oneOf("none")) : group);
                }
            } else if (setting.inDefaults() || !ofDefaults) {
                Map<String, Object> described = described(lines + path, shape(path, setting));
                Object fallback = fallback(setting);
                if (fallback != null) {
                    described.put("default", fallback);
                }
                properties.put(key, described);
            }
        }
        return properties;
    }

    /** What is asked of the keys of a group as a whole: of a probe one check, and of one that connects the port. */
    private static Map<String, Object> togetherIn(String group) {
        for (ProbeKeys probe : DaemonKeys.PROBES) {
            if (group.equals(probe.group())) {
                return ValueShape.ordered(
                        "oneOf",
                        probe.checks().stream()
                                .map(check -> Map.of("required", List.of(check)))
                                .toList());
            }
            for (Setting<Integer> port : List.of(probe.httpPort(), probe.tcpPort())) {
                if (port.path().equals(group + ".port")) {
                    return ValueShape.ordered("required", List.of("port"));
                }
            }
        }
        return Map.of();
    }

    /** The keys that a daemon of ours cannot have, as it says itself when it is ready, and its segment is the root's user's. */
    private static Map<String, Object> ofCommandsOnly() {
        Map<String, Object> refused = new LinkedHashMap<>();
        for (ProbeKeys probe : DaemonKeys.PROBES) {
            if (probe != DaemonKeys.LIVENESS_PROBE) {
                refused.put(probe.group(), false);
            }
        }
        refused.put(DaemonKeys.USER.path(), false);
        return refused;
    }

    private static Map<String, Object> refused(Setting.Scope scope) {
        Map<String, Object> refused = new LinkedHashMap<>();
        for (String key : DaemonKeys.TABLE.keysBelow("")) {
            if (DaemonKeys.scopeOf(key) == scope) {
                refused.put(key, false);
            }
        }
        return refused;
    }

    private static Map<String, Object> described(String path, Map<String, Object> shape) {
        String line = KeySchemas.line(path);
        if (line == null) {
            throw new IllegalStateException(
                    "the key `" + path + "` has no line in the manifest's schema: add one to LINES of KeySchemas");
        }
        Map<String, Object> described = ValueShape.ordered("description", line);
        described.putAll(shape);
        return described;
    }

    private static Map<String, Object> shape(String path, @Nullable Setting<?> setting) {
        Map<String, Object> shape = KeySchemas.shape(path, setting);
        if (shape == null) {
            throw new IllegalStateException("the key `" + path
                    + "` has no shape in the manifest's schema: have its reader be one of ValueReaders or StateRules that has,"
                    + " or add it to SHAPES of KeySchemas");
        }
        return shape;
    }

    /** What holds without the key, as it would be written; null if nothing that is worth writing. */
    private static @Nullable Object fallback(Setting<?> setting) {
        Object fallback = setting.fallback();
        if (fallback instanceof Long quantity) {
            boolean size = setting.reader().shape() == ValueShape.SIZE;
            return size ? Quantity.size(quantity) : Quantity.duration(quantity);
        } else if (fallback instanceof RestartPolicy policy) {
            return policy.text();
        } else if (fallback instanceof LogTarget log) {
            return log.text();
        }
        return fallback instanceof Integer
                        || fallback instanceof Double
                        || fallback instanceof String
                        || fallback instanceof Boolean
                ? fallback
                : null;
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            // Maps of one pair, and those that were put in order: none whose order is left to chance.
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Integer number) {
            json.writeNumber(number);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else {
            json.writeString((String) value);
        }
    }
}
