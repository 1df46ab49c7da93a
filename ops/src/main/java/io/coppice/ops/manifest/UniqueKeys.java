package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The entries of a mapping, told apart by whether their key is there before. A repeated key is told as an error; its value
 * has no effect, but is to be checked like others, since nobody knows which of them will be kept.
 *
 * @param first the first entry of each key
 * @param repeated all others
 */
record UniqueKeys(List<YamlNode.Entry> first, List<YamlNode.Entry> repeated) {
    static UniqueKeys of(YamlNode.Mapping mapping, String path, Problems problems) {
        return of(mapping.entries(), path, problems, "duplicate key");
    }

    static UniqueKeys of(List<YamlNode.Entry> entries, String path, Problems problems, String what) {
        Map<String, Position> seen = new HashMap<>();
        List<YamlNode.Entry> first = new ArrayList<>();
        List<YamlNode.Entry> repeated = new ArrayList<>();
        for (YamlNode.Entry entry : entries) {
            String key = entry.key().text();
            Position before = seen.putIfAbsent(key, entry.key().at());
            if (before == null) {
                first.add(entry);
            } else {
                repeated.add(entry);
                problems.add(
                        entry.key().at(),
                        path.isEmpty() ? key : path + "." + key,
                        what,
                        "it once (the first is at line " + before.line() + ")");
            }
        }
        return new UniqueKeys(first, repeated);
    }

    /** The first of each key, then the others. */
    List<YamlNode.Entry> all() {
        return Stream.concat(first.stream(), repeated.stream()).toList();
    }

    /** Whether there is such a key. */
    boolean contains(String key) {
        return first.stream().anyMatch(entry -> entry.key().text().equals(key));
    }
}
