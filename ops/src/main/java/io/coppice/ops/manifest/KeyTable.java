package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of one kind of mapping, such as a daemon, in the order of their documentation. Filled once, then only read. */
final class KeyTable {
    private final String whose;
    private final Set<String> mayBeNone;
    private final Map<String, Setting<?>> byPath = new LinkedHashMap<>();

    /**
     * An empty table.
     *
     * @param whose for texts: {@code of a daemon}
     * @param mayBeNone groups of keys that may be {@code none} as a whole
     */
    KeyTable(String whose, Set<String> mayBeNone) {
        this.whose = whose;
        this.mayBeNone = Set.copyOf(mayBeNone);
    }

    <T> Setting<T> add(Setting<T> setting) {
        byPath.put(setting.path(), setting);
        return setting;
    }

    String whose() {
        return whose;
    }

    /** Whether {@code none} is a value of the whole group. */
    boolean mayBeNone(String group) {
        return mayBeNone.contains(group);
    }

    @Nullable
    Setting<?> byPath(String path) {
        return byPath.get(path);
    }

    List<Setting<?>> all() {
        return List.copyOf(byPath.values());
    }

    boolean isGroup(String path) {
        return byPath.keySet().stream().anyMatch(other -> other.startsWith(path + "."));
    }

    /** The keys directly below a prefix such as {@code backoff.} (or none), in the table's order. */
    List<String> keysBelow(String prefix) {
        Set<String> keys = new LinkedHashSet<>();
        for (String path : byPath.keySet()) {
            if (path.startsWith(prefix)) {
                String rest = path.substring(prefix.length());
                keys.add(rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest);
            }
        }
        return new ArrayList<>(keys);
    }

    /**
     * The path of a key that was written at another level, such as {@code heap} for {@code jvm.heap}: the least deep one; null if there is
     * none, or more than one so deep.
     */
    @Nullable
    String pathEndingWith(String key) {
        String found = null;
        long foundDepth = Long.MAX_VALUE;
        for (String path : byPath.keySet()) {
            long depth = path.chars().filter(c -> c == '.').count();
            if (path.endsWith("." + key) && depth <= foundDepth) {
                found = depth == foundDepth ? null : path;
                foundDepth = depth;
            }
        }
        return found;
    }
}
