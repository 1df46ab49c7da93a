package io.coppice.ops.manifest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One key of a daemon: where it stands, to what it applies, how its value is read, and what holds without it.
 *
 * @param path the key below the daemon's name, such as {@code backoff.initial}
 * @param scope what kind of daemon may have it
 * @param inDefaults whether {@code defaults:} may have it
 * @param reader reads the value
 * @param fallback what holds where neither the daemon nor {@code defaults:} has it; null = there is no such value
 */
record Setting<T>(
        String path,
        Scope scope,
        boolean inDefaults,
        ValueReader<T> reader,
        @Nullable T fallback) {
    /** To what a key applies. */
    enum Scope {
        /** Every daemon. */
        ANY,
        /** Only a daemon with {@code main}, which has a JVM and a segment of ours. */
        MAIN,
        /** What has a heartbeat: a daemon with {@code main}, or a command with {@code agent}. */
        BEATING,
        /** Only a plain command. */
        COMMAND
    }

    /** Reads one value. */
    @FunctionalInterface
    interface ValueReader<T> {
        /** The value; null if it is wrong, which has been told then. */
        @Nullable
        T read(YamlNode node, String path, Problems problems);

        /** What it reads, as a JSON Schema; empty if that is said in {@link KeySchemas}. */
        default Map<String, Object> shape() {
            return Map.of();
        }

        /** The reader with what it reads. */
        static <T> ValueReader<T> shaped(Map<String, Object> shape, ValueReader<T> reader) {
            return new ValueReader<>() {
                @Override
                public @Nullable T read(YamlNode node, String path, Problems problems) {
                    return reader.read(node, path, problems);
                }

                @Override
                public Map<String, Object> shape() {
                    return shape;
                }
            };
        }
    }

    // One instance per key: identity is what tells them apart, and what maps of settings are keyed by.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }
}
