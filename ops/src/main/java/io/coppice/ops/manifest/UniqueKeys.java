package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The entries of a mapping, each key once. */
final class UniqueKeys {
    private UniqueKeys() {}

    /** The first entry of each key; the others are told as errors. */
    static List<YamlNode.Entry> of(YamlNode.Mapping mapping, String path, Problems problems) {
        return of(mapping, path, problems, "duplicate key");
    }

    static List<YamlNode.Entry> of(YamlNode.Mapping mapping, String path, Problems problems, String what) {
        Map<String, Position> seen = new HashMap<>();
        List<YamlNode.Entry> unique = new ArrayList<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            String key = entry.key().text();
            Position first = seen.putIfAbsent(key, entry.key().at());
            if (first == null) {
                unique.add(entry);
            } else {
                problems.add(
                        entry.key().at(),
                        path.isEmpty() ? key : path + "." + key,
                        what,
                        "it once (the first is at line " + first.line() + ")");
            }
        }
        return unique;
    }
}
