package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import io.coppice.supervisor.plan.PlanBounds;

/** How long restarts wait, of a daemon or of a group: the same keys with the same defaults. */
record BackoffKeys(
        Setting<Long> initial,
        Setting<Double> factor,
        Setting<Long> max,
        Setting<Long> resetAfter,
        Setting<Double> jitter) {
    /** The key that stands for all of them: {@code backoff: none}. */
    static final String GROUP = "backoff";

    /** Adds them to a table; {@code inDefaults}: {@code defaults:} may have them. */
    static BackoffKeys in(KeyTable table, boolean inDefaults) {
        return new BackoffKeys(
                table.add(key("initial", inDefaults, time(), 10L)),
                table.add(key("factor", inDefaults, ValueReaders::factor, 2.0)),
                table.add(key("max", inDefaults, time(), 10_000L)),
                table.add(key("reset_after", inDefaults, time(), 60_000L)),
                table.add(key("jitter", inDefaults, ValueReaders::jitter, 0.0)));
    }

    private static <T> Setting<T> key(String name, boolean inDefaults, Setting.ValueReader<T> reader, T fallback) {
        return new Setting<>(GROUP + "." + name, Scope.ANY, inDefaults, reader, fallback);
    }

    private static Setting.ValueReader<Long> time() {
        return ValueReaders.duration(0, PlanBounds.MAX_DURATION_MS);
    }
}
