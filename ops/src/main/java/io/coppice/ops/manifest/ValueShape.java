package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a value looks like, in the words of JSON Schema: the shapes that readers of values have. Pure. */
final class ValueShape {
    /** A text that no variable is needed for: it may hold one anyhow. Numbers and booleans count as they are written. */
    static final Map<String, Object> SCALAR = Map.of("type", List.of("string", "number", "boolean"));

    static final Map<String, Object> TEXT = ordered("type", "string", "minLength", 1);
    static final Map<String, Object> SIZE =
            orVariable(ordered("type", "string", "pattern", "^[0-9]{1,12}(B|KiB|MiB|GiB|K|M|G)$"));
    static final Map<String, Object> DURATION =
            orVariable(ordered("type", "string", "pattern", "^[0-9]{1,12}(ms|s|m|h)$"));

    static final Map<String, Object> TRUTH = orVariable(Map.of("type", "boolean"));

    private ValueShape() {}

    static Map<String, Object> oneOf(String... words) {
        return orVariable(Map.of("enum", List.of(words)));
    }

    static Map<String, Object> integer(long least, long most) {
        return orVariable(ordered("type", "integer", "minimum", least, "maximum", most));
    }

    static Map<String, Object> list(Map<String, Object> element, int least) {
        return least == 0
                ? ordered("type", "array", "items", element)
                : ordered("type", "array", "items", element, "minItems", least);
    }

    static Map<String, Object> anyOf(Map<String, Object> one, Map<String, Object> other) {
        return ordered("anyOf", List.of(one, other));
    }

    /** A mapping with these keys and {@code x-} extensions. */
    static Map<String, Object> mapping(Map<String, ?> properties) {
        return ordered(
                "type",
                "object",
                "properties",
                properties,
                "patternProperties",
                Map.of("^x-", true),
                "additionalProperties",
                false);
    }

    /** A value that is not any text: it may still come from a variable. */
    static Map<String, Object> orVariable(Map<String, Object> shape) {
        return anyOf(shape, Map.of("$ref", "#/$defs/variable"));
    }

    /** Pairs of keys and values, in the order in which they are to be written. */
    static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        List<Object> left = new ArrayList<>(Arrays.asList(pairs));
        while (!left.isEmpty()) {
            map.put((String) left.remove(0), left.remove(0));
        }
        return map;
    }
}
