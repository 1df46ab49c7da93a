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
    private final Set<Setting<?>> mentioned = new HashSet<>();
    private boolean backoffNone;

    /** Reads the value and keeps it if it is right. */
    <T> void read(Setting<T> setting, YamlNode node, String path, Problems problems) {
        mentioned.add(setting);
        T value = setting.reader().read(node, path, problems);
        if (value != null) {
            values.put(setting, new Located<>(value, node.at(), path));
        }
    }

    void setBackoffNone() {
        backoffNone = true;
    }

    boolean isBackoffNone() {
        return backoffNone;
    }

    /** Whether the key is there, right or wrong. */
    boolean mentions(Setting<?> setting) {
        return mentioned.contains(setting);
    }

    boolean mentionsBackoff() {
        return backoffNone
                || mentioned.stream().anyMatch(setting -> setting.path().startsWith(DaemonKeys.BACKOFF_GROUP + "."));
    }

    @SuppressWarnings("unchecked") // read() puts under a key only what its reader gave.
    <T> @Nullable Located<T> get(Setting<T> setting) {
        return (Located<T>) values.get(setting);
    }

    /** The values that are there, in the order of the file. */
    List<Map.Entry<Setting<?>, Located<?>>> entries() {
        return List.copyOf(values.entrySet());
    }
}
