package io.coppice.ops.manifest;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One group of a manifest.
 *
 * @param name as it is written
 * @param named whether a group may have this name and none before it has; else that has been told
 * @param own what it says
 */
record GroupSpec(Located<String> name, boolean named, Settings own) {
    /** What the manifest says; null if nothing, or nothing readable. */
    <T> @Nullable Located<T> stated(Setting<T> setting) {
        return own.get(setting);
    }

    /** What holds, by the documented default if need be. */
    <T> T value(Setting<T> setting) {
        Located<T> stated = stated(setting);
        return stated != null
                ? stated.value()
                : Objects.requireNonNull(setting.fallback(), () -> setting.path() + " has no default");
    }
}
