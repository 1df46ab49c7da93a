package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Backoff;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One daemon of a manifest, with the manifest's {@code defaults:} below its own keys.
 *
 * @param name as it is written
 * @param named whether a daemon may have this name and none before it has; else that has been told
 * @param own what it says itself
 * @param defaults what {@code defaults:} says
 */
record DaemonSpec(Located<String> name, boolean named, Settings own, Settings defaults) {
    /** Stands in for a name that no daemon may have, while the rest is checked. */
    private static final String UNNAMED = "unnamed";

    /** The name in a plan. */
    String planName() {
        return named ? name.value() : UNNAMED;
    }

    /** Whether this is a worker: it says so by {@code main}, or else by a key that only a worker may have. */
    boolean isMain() {
        return own.mentions(DaemonKeys.MAIN)
                || (!isCommand()
                        && own.mentioned().stream()
                                .anyMatch(key -> DaemonKeys.scopeOf(key.value()) != Setting.Scope.ANY));
    }

    /** Whether it is as many children as its {@code replicas} say, be that one or none. */
    boolean isReplicated() {
        return own.get(DaemonKeys.REPLICAS) != null;
    }

    /** Whether it may submit transactions. */
    boolean hasTransactions() {
        return isMain() && own.firstOf(TransactionKeys.GROUP) != null;
    }

    /** Whether this is a plain command and nothing else. */
    boolean isCommand() {
        return own.mentions(DaemonKeys.COMMAND) && !own.mentions(DaemonKeys.MAIN);
    }

    /** Whether this is a command that runs under the agent, and so has a segment and a heartbeat. */
    boolean hasAgent() {
        return isCommand() && value(DaemonKeys.AGENT).on();
    }

    /** How long it may be silent; 0 for what has no heartbeat. */
    long heartbeatMs() {
        if (hasAgent() && stated(DaemonKeys.HEARTBEAT_TIMEOUT) == null) {
            return AgentPlanner.HEARTBEAT_MS;
        }
        return isMain() || hasAgent() ? value(DaemonKeys.HEARTBEAT_TIMEOUT) : 0;
    }

    /** Whether the manifest has the key, in the daemon or in {@code defaults:}, right or wrong. */
    boolean mentions(Setting<?> setting) {
        return own.mentions(setting) || defaults.mentions(setting);
    }

    /** What the manifest says, in the daemon or else in {@code defaults:}; null if nothing, or nothing readable. */
    <T> @Nullable Located<T> stated(Setting<T> setting) {
        return own.mentions(setting) ? own.get(setting) : defaults.get(setting);
    }

    /** What holds, by the documented default if need be. */
    <T> T value(Setting<T> setting) {
        Located<T> stated = stated(setting);
        return stated != null
                ? stated.value()
                : Objects.requireNonNull(setting.fallback(), () -> setting.path() + " has no default");
    }

    /** The variables of {@code defaults:} and the daemon's own, which win. */
    Map<String, Located<String>> environment() {
        Map<String, Located<String>> environment = new LinkedHashMap<>();
        Located<Map<String, Located<String>>> shared = defaults.get(DaemonKeys.ENVIRONMENT);
        if (shared != null) {
            environment.putAll(shared.value());
        }
        Located<Map<String, Located<String>>> mine = own.get(DaemonKeys.ENVIRONMENT);
        if (mine != null) {
            environment.putAll(mine.value());
        }
        return environment;
    }

    /** Whether a group of keys as a whole is {@code none}, here or by {@code defaults:}. */
    boolean isNone(String group) {
        return own.isNone(group) || (defaults.isNone(group) && !own.mentionsGroup(group));
    }

    /** Whether the manifest has the key with a value that cannot be read, which has been told. */
    boolean isUnread(Setting<?> setting) {
        return mentions(setting) && stated(setting) == null;
    }

    /** The backoff that holds; null if its parts cannot be read or contradict each other, which has been told then. */
    @Nullable
    Backoff backoff(Problems problems) {
        if (isNone(BackoffKeys.GROUP)) {
            return Backoff.NONE;
        }
        if (isUnread(DaemonKeys.BACKOFF.initial()) || isUnread(DaemonKeys.BACKOFF.max())) {
            return null; // Told as well; the default in its place would contradict what nobody wrote.
        }
        long initialMs = value(DaemonKeys.BACKOFF.initial());
        long maxMs = value(DaemonKeys.BACKOFF.max());
        if (initialMs > maxMs) {
            Located<Long> initial = stated(DaemonKeys.BACKOFF.initial());
            Located<Long> max = stated(DaemonKeys.BACKOFF.max());
            Located<Long> at = Objects.requireNonNull(initial != null ? initial : max);
            problems.add(
                    at,
                    "the initial delay of " + Quantity.duration(initialMs) + " is longer than `backoff.max` ("
                            + Quantity.duration(maxMs) + (max == null ? ", the default)" : ")"),
                    "an initial delay up to that",
                    max == null ? "set `backoff.max` too" : "");
            return null;
        }
        return new Backoff(
                initialMs,
                value(DaemonKeys.BACKOFF.factor()),
                maxMs,
                value(DaemonKeys.BACKOFF.resetAfter()),
                value(DaemonKeys.BACKOFF.jitter()));
    }
}
