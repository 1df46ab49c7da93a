package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.PlanBounds;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of a daemon, of {@code defaults:} or of a group, by the table of keys. A misspelt key is told, and then read
 * as what it was probably meant for: so its value is checked, too, and nothing is missed that is only misspelt.
 */
final class SettingsReader {
    static final Set<String> WORDS_FOR_NOTHING = Set.of("no", "off", "false", "never", "disabled", "0");

    private static final String SHUTDOWN = "shutdown";

    /** A longer value would hide what a hint is about. */
    private static final int SHOWN_CHARS = 20;

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
        return table.byPath(key) != null || table.isGroup(key);
    }

    private void readKey(YamlNode.Entry entry, String key, String path, Settings into) {
        Setting<?> setting = table.byPath(key);
        if (setting != null) {
            if (ofDefaults && !setting.inDefaults()) {
                problems.add(entry.key().at(), path, "`" + key + "` in `defaults`", "it below a daemon");
            } else {
                into.read(setting, entry.value(), path, problems);
            }
        } else {
            readGroup(entry, key, path, into);
        }
    }

    private void readGroup(YamlNode.Entry entry, String group, String path, Settings into) {
        if (entry.value() instanceof YamlNode.Mapping mapping) {
            if (mapping.entries().isEmpty()) {
                into.mentionEmpty(group, entry.key().at(), path);
            }
            readKeys(mapping, group + ".", path, into);
            return;
        }
        if (table.mayBeNone(group) && entry.valueIs("none")) {
            into.setNone(group, entry.value().at(), path);
            return;
        }
        into.mention(group, entry.value().at(), path);
        String expected = "a mapping of " + String.join(", ", table.keysBelow(group + "."))
                + (table.mayBeNone(group) ? ", or `none`" : "");
        String hint = "";
        if (entry.value() instanceof YamlNode.Scalar scalar
                && !scalar.isNothing()
                && scalar.text().length() <= SHOWN_CHARS) {
            boolean nothing = table.mayBeNone(group)
                    && WORDS_FOR_NOTHING.contains(scalar.text().toLowerCase(Locale.ROOT));
            hint = Suggestion.didYouMean(nothing ? "none" : asMapping(scalar, group));
        }
        problems.add(entry.value().at(), path, entry.value().description(), expected, hint);
    }

    private @Nullable String asMapping(YamlNode.Scalar value, String group) {
        if (group.equals(SHUTDOWN)) { // OTP's words; any other is rather no program either
            if (value.text().equals("brutal_kill")) {
                return "{signal: KILL}";
            } else if (Suggestion.isEndless(value.text())) {
                return "{timeout: " + Quantity.duration(PlanBounds.MAX_DURATION_MS) + "}";
            }
        }
        String taker = takerOf(value, group + ".");
        boolean lone = value.text().matches("[A-Za-z_-]+");
        return taker == null || (group.equals(SHUTDOWN) && taker.equals("command") && lone)
                ? null
                : "{" + taker + ": " + value.text() + "}";
    }

    /** The first key below a prefix whose value this may be; null if there is none. */
    private @Nullable String takerOf(YamlNode.Scalar value, String prefix) {
        for (String key : table.keysBelow(prefix)) {
            Setting<?> setting = table.byPath(prefix + key);
            Problems untold = new Problems("");
            if (setting != null) {
                new Settings().read(setting, value, key, untold);
                if (untold.isEmpty()) {
                    return key;
                }
            }
        }
        return null;
    }

    private void readUnknownKey(YamlNode.Entry entry, String prefix, String path, UniqueKeys others, Settings into) {
        String key = entry.key().text();
        List<String> keys = table.keysBelow(prefix);
        String other = table == DaemonKeys.TABLE && prefix.isEmpty() && ManifestParser.TOP_KEYS.contains(key)
                ? "it belongs at the top of the manifest"
                : Suggestion.byOtherMeans(key);
        String meant = other.isEmpty() ? meant(key, prefix, keys) : null;
        String below = meant == null ? null : meant.startsWith(prefix) ? meant.substring(prefix.length()) : meant;
        String hint = below == null ? other : Suggestion.didYouMean(nested(below, entry.value()));
        String whose = prefix.isEmpty() ? table.whose() : "of `" + prefix.substring(0, prefix.length() - 1) + "`";
        problems.addUnknownKey(entry, path + "." + key, whose, keys, hint);
        if (meant != null && below != null) {
            // What is there may say the same; then this is only checked.
            boolean counts = !others.contains(below.contains(".") ? below.substring(0, below.indexOf('.')) : below);
            readKey(entry, meant, path + "." + below, counts ? into : new Settings());
        }
    }

    private @Nullable String meant(String key, String prefix, List<String> keys) {
        String translated =
                Suggestion.translated(key, prefix, path -> table.byPath(path) != null || table.isGroup(path));
        if (translated != null) {
            return translated;
        }
        String near = Suggestion.near(key, keys);
        if (near != null) {
            return prefix + near;
        }
        return prefix.isEmpty() ? table.pathEndingWith(key) : null;
    }

    /** A key as it is to be written: {@code restart}; one that lies deeper with its value: {@code shutdown: {timeout: 10s}}. */
    private static String nested(String path, YamlNode value) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            return path;
        }
        String inner = nested(path.substring(dot + 1), value);
        boolean innermost = path.indexOf('.', dot + 1) < 0;
        return path.substring(0, dot) + ": {" + inner + (innermost ? ": " + shown(value) : "") + "}";
    }

    private static String shown(YamlNode value) {
        String text = value instanceof YamlNode.Scalar scalar
                ? scalar.text()
                : value instanceof YamlNode.Sequence sequence
                                && sequence.elements().stream().allMatch(YamlNode.Scalar.class::isInstance)
                        ? sequence.elements().stream()
                                .map(element -> ((YamlNode.Scalar) element).text())
                                .collect(Collectors.joining(", ", "[", "]"))
                        : "";
        return text.isEmpty() || text.length() > SHOWN_CHARS ? "…" : text;
    }
}
