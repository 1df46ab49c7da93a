package io.coppice.ops.manifest;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the keys of a daemon, of {@code defaults:} or of a group, by the table of keys. A misspelt key is told, and then read
 * as what it was probably meant for: so its value is checked, too, and nothing is missed that is only misspelt.
 */
final class SettingsReader {
    static final Set<String> WORDS_FOR_NOTHING = Set.of("no", "off", "false", "never", "disabled", "0");

    private final KeyTable table;
    private final boolean ofDefaults;
    private final Problems problems;

    /**
     * @param table the keys that there are
     * @param ofDefaults whether these are defaults, which may not have every key
     */
    SettingsReader(KeyTable table, boolean ofDefaults, Problems problems) {
        this.table = table;
        this.ofDefaults = ofDefaults;
        this.problems = problems;
    }

    /** Reads every key of the mapping. */
    void read(YamlNode.Mapping mapping, String path, Settings into) {
        readKeys(mapping, "", path, into);
    }

    private void readKeys(YamlNode.Mapping mapping, String prefix, String path, Settings into) {
        UniqueKeys keys = UniqueKeys.of(mapping, path, problems);
        for (YamlNode.Entry entry : keys.first()) {
            String key = entry.key().text();
            if (isKnown(prefix + key)) {
                readKey(entry, prefix + key, path + "." + key, into);
            } else if (!key.startsWith("x-")) {
                readUnknownKey(entry, prefix, path, keys, into);
            }
        }
        for (YamlNode.Entry entry : keys.repeated()) {
            if (isKnown(prefix + entry.key().text())) {
                readKey(
                        entry,
                        prefix + entry.key().text(),
                        path + "." + entry.key().text(),
                        new Settings());
            }
        }
    }

    private boolean isKnown(String key) {
        return table.byPath(key) != null || table.isGroup(key) || table.isLater(key);
    }

    private void readKey(YamlNode.Entry entry, String key, String path, Settings into) {
        Setting<?> setting = table.byPath(key);
        if (setting != null) {
            if (ofDefaults && !setting.inDefaults()) {
                problems.add(entry.key().at(), path, "`" + key + "` in `defaults`", "it below a daemon");
            } else {
                into.read(setting, entry.value(), path, problems);
            }
        } else if (table.isGroup(key)) {
            readGroup(entry, key, path, into);
        } else {
            String accepted = table.laterDefault(key);
            if (accepted == null || !entry.valueIs(accepted)) {
                problems.addTooEarly(entry, path, accepted);
            }
        }
    }

    private void readGroup(YamlNode.Entry entry, String group, String path, Settings into) {
        if (entry.value() instanceof YamlNode.Mapping mapping) {
            if (mapping.entries().isEmpty()) {
                into.mention(group, entry.key().at(), path);
            }
            readKeys(mapping, group + ".", path, into);
            return;
        }
        if (table.mayBeNone(group) && entry.valueIs("none")) {
            into.setNone(group, entry.value().at(), path);
            return;
        }
        into.mention(group, entry.value().at(), path);
        String first = table.keysBelow(group + ".").get(0);
        String expected = "a mapping of " + String.join(", ", table.keysBelow(group + "."))
                + (table.mayBeNone(group) ? ", or `none`" : "");
        String hint = "";
        if (entry.value() instanceof YamlNode.Scalar scalar
                && !scalar.isNothing()
                && scalar.text().length() <= 20) {
            boolean nothing = table.mayBeNone(group)
                    && WORDS_FOR_NOTHING.contains(scalar.text().toLowerCase(Locale.ROOT));
            hint = Suggestion.didYouMean(nothing ? "none" : "{" + first + ": " + scalar.text() + "}");
        }
        problems.add(entry.value().at(), path, entry.value().description(), expected, hint);
    }

    private void readUnknownKey(YamlNode.Entry entry, String prefix, String path, UniqueKeys others, Settings into) {
        String key = entry.key().text();
        List<String> keys = table.keysBelow(prefix);
        String near = Suggestion.nearKey(key, keys);
        String meant = near != null ? prefix + near : prefix.isEmpty() ? table.pathEndingWith(key) : null;
        String hint = Suggestion.didYouMean(near == null ? meant : near);
        String whose = prefix.isEmpty() ? table.whose() : "of `" + prefix.substring(0, prefix.length() - 1) + "`";
        problems.addUnknownKey(entry, path + "." + key, whose, keys, hint);
        if (meant != null) {
            // At another level it is only checked: what is there may say the same.
            boolean counts = near != null && !others.contains(near);
            readKey(entry, meant, path + "." + (near == null ? key : near), counts ? into : new Settings());
        }
    }
}
