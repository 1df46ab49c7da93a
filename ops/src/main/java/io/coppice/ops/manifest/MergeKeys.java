package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The key {@code <<}, by which a mapping takes over the entries of another, or of each of a list of others, that it does not
 * have itself: {@code <<: *common}. YAML 1.2 has dropped it, but its users, those of Compose files for one, have not.
 * Semantics after the type {@code tag:yaml.org,2002:merge} of YAML 1.1: what is written wins, wherever it stands; of a list
 * the earlier mapping wins; nothing is merged below the first level. An entry keeps the place where it is written.
 */
final class MergeKeys {
    private static final String KEY = "<<";
    private static final String EXPECTED = "an alias such as `*common` of a mapping, or a list of those";

    private MergeKeys() {}

    /**
     * The entries of a mapping with those that its merge key names after them.
     *
     * @param written the entries as they stand in the text, their values complete
     * @param problems told what cannot be merged; it is left out then
     */
    static List<YamlNode.Entry> resolve(List<YamlNode.Entry> written, Problems problems) {
        List<YamlNode.Entry> resolved = new ArrayList<>();
        List<YamlNode.Mapping> sources = new ArrayList<>();
        boolean seen = false;
        for (YamlNode.Entry entry : written) {
            if (!isMergeKey(entry)) {
                resolved.add(entry);
            } else if (seen) {
                problems.add(entry.key().at(), "", "a second `<<` in one mapping", "one", "name all in a list");
            } else {
                seen = true;
                sources.addAll(sources(entry.value(), problems));
            }
        }
        Set<String> present = new HashSet<>();
        resolved.forEach(entry -> present.add(entry.key().text()));
        for (YamlNode.Mapping source : sources) {
            for (YamlNode.Entry entry : source.entries()) {
                if (present.add(entry.key().text())) {
                    resolved.add(entry);
                }
            }
        }
        return List.copyOf(resolved);
    }

    private static boolean isMergeKey(YamlNode.Entry entry) {
        return entry.key().form() == YamlNode.Form.PLAIN && entry.key().text().equals(KEY);
    }

    private static List<YamlNode.Mapping> sources(YamlNode value, Problems problems) {
        if (!(value instanceof YamlNode.Sequence list)) {
            return source(value, problems);
        }
        List<YamlNode.Mapping> sources = new ArrayList<>();
        list.elements().forEach(element -> sources.addAll(source(element, problems)));
        return sources;
    }

    private static List<YamlNode.Mapping> source(YamlNode value, Problems problems) {
        if (value instanceof YamlNode.Mapping mapping) {
            return List.of(mapping);
        }
        problems.add(value.at(), KEY, value.description(), EXPECTED);
        return List.of();
    }
}
