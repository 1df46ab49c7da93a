package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import io.coppice.ops.manifest.Setting.ValueReader;
import io.coppice.supervisor.plan.PlanBounds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a daemon's transactions. A daemon has some if it says how many slots there are; all else may also be in {@code
 * defaults:}, for those that do.
 *
 * @param queue null where the manifest says nothing: as many as there are slots
 * @param heap null where the manifest says nothing: what the daemon has; likewise the next two
 * @param limits of each process of its slots; the daemon's own are not theirs
 */
record TransactionKeys(
        Setting<Integer> slots,
        Setting<Long> state,
        Setting<Integer> retries,
        Setting<Long> timeout,
        Setting<Integer> standby,
        Setting<Integer> queue,
        Setting<Long> input,
        Setting<Integer> quarantine,
        Setting<Long> heap,
        Setting<List<Located<String>>> options,
        Setting<String> archive,
        LimitKeys limits) {
    static final String GROUP = "transactions";

    /** Waiting requests of one daemon. */
    static final int MAX_QUEUE = 1024;

    /** Requests that are kept after all their attempts have failed. */
    static final int MAX_QUARANTINE = 256;

    /** Below it a size would rather be a slip. */
    private static final long MIN_INPUT_BYTES = 64;

    /** An undo log, which has to hold all that a step submits, has 8 MiB at most. */
    private static final long MAX_INPUT_BYTES = 4L << 20;

    /** Adds them to the keys of a daemon. */
    static TransactionKeys in(KeyTable table) {
        return new TransactionKeys(
                key(table, "slots", false, StateRules.number(1, PlanBounds.MAX_SLOTS), null),
                key(
                        table,
                        "state",
                        true,
                        ValueReaders.size(DaemonKeys.MIN_STATE_BYTES, PlanBounds.MAX_STATE_BYTES),
                        1L << 20),
                key(table, "retries", true, StateRules.number(0, PlanBounds.MAX_RETRIES), 3),
                key(table, "timeout", true, ValueReaders.duration(1, PlanBounds.MAX_DURATION_MS), 30_000L),
                key(table, "standby", true, StateRules.number(0, PlanBounds.MAX_STANDBYS), 0),
                key(table, "queue", true, StateRules.number(0, MAX_QUEUE), null),
                key(table, "input", true, ValueReaders.size(MIN_INPUT_BYTES, MAX_INPUT_BYTES), 64L << 10),
                key(table, "quarantine", true, StateRules.number(0, MAX_QUARANTINE), 8),
                key(
                        table,
                        "jvm.heap",
                        true,
                        ValueReaders.size(DaemonKeys.MIN_HEAP_BYTES, DaemonKeys.MAX_HEAP_BYTES),
                        null),
                key(
                        table,
                        "jvm.options",
                        true,
                        ValueReaders.texts("a list of JVM options such as [\"-XX:+UseParallelGC\"]", 0),
                        null),
                key(table, "jvm.archive", true, StateRules.oneOf("auto", "none"), null),
                LimitKeys.in(table, GROUP + "." + LimitKeys.GROUP, Scope.MAIN));
    }

    private static <T> Setting<T> key(
            KeyTable table, String name, boolean inDefaults, ValueReader<T> reader, @Nullable T fallback) {
        return table.add(new Setting<>(GROUP + "." + name, Scope.MAIN, inDefaults, reader, fallback));
    }
}
