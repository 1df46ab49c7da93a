package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import io.coppice.supervisor.plan.AutoShutdown;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.Strategy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All keys of a group, and their defaults. Those of {@link #OUTERMOST} stand at the top of the manifest for the instance itself. */
final class GroupKeys {
    /** What becomes of what is given up. */
    static final String FAIL = "fail";

    /** What is given up is its group's failure. */
    static final String ESCALATE = "escalate";

    static final KeyTable TABLE = new KeyTable("of a group", Set.of(BackoffKeys.GROUP));

    static final Setting<List<Located<String>>> MEMBERS =
            key("members", ValueReaders.texts("a list of daemons and groups such as [web, cache]", 1), null);
    static final Setting<String> STRATEGY =
            key("strategy", StateRules.oneOf(words(Strategy.values(), Strategy::text)), Strategy.ONE_FOR_ONE.text());
    static final Setting<Integer> MAX_RESTARTS = key("max_restarts", ValueReaders::maxRestarts, 5);
    static final Setting<Long> PERIOD = key("period", ValueReaders.duration(1, PlanBounds.MAX_DURATION_MS), 60_000L);
    static final BackoffKeys BACKOFF = BackoffKeys.in(TABLE, false);
    static final Setting<String> ON_GIVE_UP = key("on_give_up", StateRules.oneOf(FAIL, ESCALATE), ESCALATE);
    static final Setting<String> AUTO_SHUTDOWN = key(
            "auto_shutdown",
            StateRules.oneOf(words(AutoShutdown.values(), AutoShutdown::text)),
            AutoShutdown.NEVER.text());
    static final Setting<Boolean> SIGNIFICANT = key("significant", ValueReaders::truth, false);

    /** Those that stand at the top of the manifest as well. */
    static final List<Setting<?>> OUTERMOST = List.of(STRATEGY, MAX_RESTARTS, PERIOD, AUTO_SHUTDOWN);

    private GroupKeys() {}

    /** The key of the instance itself; null if it has none of that name. */
    static @Nullable Setting<?> ofInstance(String key) {
        return OUTERMOST.stream()
                .filter(setting -> setting.path().equals(key))
                .findFirst()
                .orElse(null);
    }

    private static <E> String[] words(E[] values, java.util.function.Function<E, String> text) {
        return Arrays.stream(values).map(text).toArray(String[]::new);
    }

    private static <T> Setting<T> key(String path, Setting.ValueReader<T> reader, @Nullable T fallback) {
        return TABLE.add(new Setting<>(path, Scope.ANY, false, reader, fallback));
    }
}
