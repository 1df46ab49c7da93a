package io.coppice.ops.manifest;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one mapping (a daemon, or {@code defaults:}) says: values by key, and which keys were mentioned at all. */
final class Settings {
    private final Map<Setting<?>, Located<?>> values = new LinkedHashMap<>();
    private final Map<String, Located<String>> mentioned = new LinkedHashMap<>();
    private final Set<String> nones = new HashSet<>();
    private final Set<String> empties = new HashSet<>();

    /** Reads the value and keeps it if it is right. */
    <T> void read(Setting<T> setting, YamlNode node, String path, Problems problems) {
        mention(setting.path(), node.at(), path);
        T value = setting.reader().read(node, path, problems);
        if (value != null) {
            values.put(setting, new Located<>(value, node.at(), path));
        }
    }

    /** Remembers that a key or a group of keys is there, whatever its value. */
    void mention(String keyOrGroup, Position at, String path) {
        mentioned.put(keyOrGroup, new Located<>(keyOrGroup, at, path));
    }

    /** Remembers that a group of keys as a whole is {@code none}. */
    void setNone(String group, Position at, String path) {
        nones.add(group);
        mention(group, at, path);
    }

    boolean isNone(String group) {
        return nones.contains(group);
    }

    /** Whether the key is there, right or wrong. */
    boolean mentions(Setting<?> setting) {
        return mentioned.containsKey(setting.path());
    }

    /** Whether a key of the group is there, or all of it is {@code none}. */
    boolean mentionsGroup(String group) {
        return isNone(group) || mentioned.keySet().stream().anyMatch(path -> path.startsWith(group + "."));
    }

    /** The first key of the group that is there, or the group if it has none; null if there is neither. */
    @Nullable
    Located<String> firstOf(String group) {
        return mentioned.values().stream()
                .filter(key -> key.value().equals(group) || key.value().startsWith(group + "."))
                .findFirst()
                .orElse(null);
    }

    /** Remembers that a group of keys is there as a mapping without any. */
    void mentionEmpty(String group, Position at, String path) {
        empties.add(group);
        mention(group, at, path);
    }

    /** Whether the group is there as a mapping without any key. */
    boolean isEmpty(String group) {
        return empties.contains(group);
    }

    @SuppressWarnings("unchecked") // read() puts under a key only what its reader gave.
    <T> @Nullable Located<T> get(Setting<T> setting) {
        return (Located<T>) values.get(setting);
    }

    /** The keys, and the groups that are no mapping of keys, in the order of the file. */
    List<Located<String>> mentioned() {
        return List.copyOf(mentioned.values());
    }
}
