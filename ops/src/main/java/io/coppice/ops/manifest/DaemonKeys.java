package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.plan.ExitSet;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.Poison;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.RestartPolicy;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All keys of a daemon, and their defaults: the one table of both. */
final class DaemonKeys {
    /** What a heap must hold at least: the JDK's and our own start-up classes need about 3 MiB of it. */
    static final long MIN_HEAP_BYTES = 8L << 20;

    /** Far beyond every machine, and far below where sums of sizes would overflow. */
    static final long MAX_HEAP_BYTES = 1L << 40;

    /** Smallest segment: header 4 KiB, undo log 16 KiB, publish slots 36 KiB, arena 8 KiB. */
    static final long MIN_STATE_BYTES = 64L << 10;

    /** A worker bumps its heartbeat at a third of the timeout; below 100 ms an ordinary scheduling delay would kill. */
    private static final long MIN_HEARTBEAT_MS = 100;

    private static final long MAX_TIMEOUT_MS = 24L * 3_600_000;

    /** The value of {@link #FENCE} that lets a successor go on before the kernel has given its predecessor's lock back. */
    static final String FENCE_WORD = "word";

    /** The key that stands for all of {@code poison.*}: {@code poison: none}. */
    static final String POISON_GROUP = "poison";

    static final KeyTable TABLE = new KeyTable("of a daemon", Set.of(BackoffKeys.GROUP, POISON_GROUP));

    static final Setting<String> MAIN = key("main", Scope.MAIN, false, ClassName::read, null);
    static final Setting<List<Located<String>>> CLASSPATH =
            key("classpath", Scope.MAIN, true, ValueReaders.texts("a list of jars such as [lib/*.jar]", 1), null);
    static final Setting<Long> HEAP =
            key("jvm.heap", Scope.MAIN, true, ValueReaders.size(MIN_HEAP_BYTES, MAX_HEAP_BYTES), 64L << 20);
    static final Setting<List<Located<String>>> JVM_OPTIONS = key(
            "jvm.options",
            Scope.MAIN,
            true,
            ValueReaders.texts("a list of JVM options such as [\"-XX:+UseParallelGC\"]", 0),
            List.of());
    static final Setting<String> JVM_ARCHIVE =
            key("jvm.archive", Scope.MAIN, true, StateRules.oneOf("auto", "none"), "auto");
    static final Setting<Long> STATE =
            key("state", Scope.MAIN, true, ValueReaders.size(MIN_STATE_BYTES, PlanBounds.MAX_STATE_BYTES), 1L << 20);
    static final Setting<Integer> CHECKPOINTS =
            key("checkpoints", Scope.MAIN, true, StateRules.number(0, SegmentSpec.MAX_CHECKPOINTS), 0);
    static final Setting<StateRules.Every> CHECKPOINT_EVERY =
            key("checkpoint_every", Scope.MAIN, true, StateRules::every, StateRules.Every.NEVER);
    static final Setting<String> RESUME =
            key("resume", Scope.MAIN, true, StateRules.oneOf("resume", "zero", "ask"), "resume");
    static final Setting<String> EVOLVE =
            key("evolve", Scope.MAIN, true, StateRules.oneOf("refuse", "zero", "migrate"), "refuse");
    static final Setting<String> CHECKSUM =
            key("checksum", Scope.MAIN, true, StateRules.oneOf("none", "arena"), "none");
    static final Setting<Integer> POISON_CRASHES =
            key("poison.crashes", Scope.MAIN, true, StateRules.number(1, PlanBounds.MAX_POISON_CRASHES), 5);
    static final Setting<List<Poison.Fallback>> POISON_THEN =
            key("poison.then", Scope.MAIN, true, PoisonRule::then, List.of());
    static final Setting<Long> HEARTBEAT_TIMEOUT = key(
            "heartbeat.timeout", Scope.BEATING, true, ValueReaders.duration(MIN_HEARTBEAT_MS, MAX_TIMEOUT_MS), 5_000L);
    static final Setting<Long> START_TIMEOUT =
            key("start.timeout", Scope.BEATING, true, ValueReaders.duration(100, MAX_TIMEOUT_MS), 60_000L);
    static final Setting<Long> RECOVER_TIMEOUT =
            key("recover.timeout", Scope.MAIN, true, ValueReaders.duration(100, MAX_TIMEOUT_MS), 60_000L);
    static final Setting<Long> MIGRATE_TIMEOUT =
            key("migrate.timeout", Scope.MAIN, true, ValueReaders.duration(100, MAX_TIMEOUT_MS), 300_000L);
    static final Setting<List<Located<String>>> READS =
            key("reads", Scope.MAIN, true, ValueReaders.texts("a list of daemons such as [rates]", 0), null);
    static final Setting<RestartPolicy> RESTART =
            key("restart", Scope.ANY, true, ValueReaders::restart, RestartPolicy.ON_FAILURE);
    static final Setting<ExitSet> SUCCESS_EXITS =
            key("success_exit_status", Scope.ANY, true, ExitStatuses::read, ExitSet.EMPTY);
    static final Setting<ExitSet> PREVENT_EXITS =
            key("restart_prevent_exit_status", Scope.ANY, true, ExitStatuses::read, ExitSet.EMPTY);
    static final Setting<ExitSet> FORCE_EXITS =
            key("restart_force_exit_status", Scope.ANY, true, ExitStatuses::read, ExitSet.EMPTY);
    static final Setting<Integer> MAX_RESTARTS = key("max_restarts", Scope.ANY, true, ValueReaders::maxRestarts, 5);
    static final Setting<Long> PERIOD =
            key("period", Scope.ANY, true, ValueReaders.duration(1, PlanBounds.MAX_DURATION_MS), 60_000L);
    static final BackoffKeys BACKOFF = BackoffKeys.in(TABLE, true);
    static final Setting<String> ON_GIVE_UP =
            key("on_give_up", Scope.ANY, true, StateRules.oneOf(GroupKeys.FAIL, GroupKeys.ESCALATE), null);
    static final Setting<Boolean> SIGNIFICANT = key("significant", Scope.ANY, false, ValueReaders::truth, false);
    static final Setting<List<Located<Requirement>>> DEPENDS_ON =
            key("depends_on", Scope.ANY, false, DependsOn::read, List.of());
    static final Setting<Integer> REPLICAS =
            key("replicas", Scope.ANY, false, StateRules.number(0, PlanBounds.MAX_REPLICAS), null);
    static final Setting<Integer> STANDBY =
            key("standby", Scope.MAIN, true, StateRules.number(0, PlanBounds.MAX_STANDBYS), 0);
    static final TransactionKeys TRANSACTIONS = TransactionKeys.in(TABLE);
    static final Setting<String> FENCE = key("fence", Scope.MAIN, true, StateRules.oneOf("lock", FENCE_WORD), "lock");
    static final Setting<String> SHUTDOWN_SIGNAL =
            key("shutdown.signal", Scope.ANY, true, ValueReaders::signal, "TERM");
    static final Setting<Long> SHUTDOWN_TIMEOUT =
            key("shutdown.timeout", Scope.ANY, true, ValueReaders.duration(0, PlanBounds.MAX_DURATION_MS), 10_000L);
    static final Setting<Command> SHUTDOWN_COMMAND =
            key("shutdown.command", Scope.ANY, true, ValueReaders::command, null);
    static final Setting<List<Located<String>>> ARGS = key(
            "args",
            Scope.MAIN,
            true,
            ValueReaders.texts("a list of arguments such as [--topic, orders]", 0),
            List.of());
    static final Setting<Map<String, Located<String>>> ENVIRONMENT =
            key("environment", Scope.ANY, true, ValueReaders::environment, Map.of());
    static final Setting<List<Located<String>>> ENV_FILE = key(
            "env_file",
            Scope.ANY,
            true,
            ValueReaders.textOrTexts("a file of NAME=VALUE lines, or a list of such files"),
            List.of());
    static final Setting<Command> COMMAND = key("command", Scope.COMMAND, false, ValueReaders::command, null);
    static final Setting<AgentRule> AGENT = key("agent", Scope.COMMAND, false, AgentRule::read, AgentRule.OFF);
    static final Setting<String> WORKING_DIR =
            key("working_dir", Scope.ANY, true, ValueReaders.text("a directory"), null);
    static final Setting<String> USER = key("user", Scope.ANY, true, ProcessRules::user, null);
    static final Setting<String> ISOLATION = key("isolation", Scope.ANY, false, IsolationKeys.ofDaemon(), null);
    static final Setting<String> UMASK = key("umask", Scope.ANY, true, ProcessRules::umask, null);
    static final Setting<Integer> NICE = key("nice", Scope.ANY, true, ProcessRules::nice, null);
    static final Map<Ulimit, Setting<Ulimit.Limits>> ULIMITS = ulimits();
    static final LimitKeys LIMITS = LimitKeys.in(TABLE, LimitKeys.GROUP, Scope.ANY);

    static final ProbeKeys STARTUP_PROBE = ProbeKeys.in(TABLE, "startup_probe", true, 1);
    static final ProbeKeys READINESS_PROBE = ProbeKeys.in(TABLE, "readiness_probe", true, Probe.MAX_THRESHOLD);
    static final ProbeKeys LIVENESS_PROBE = ProbeKeys.in(TABLE, "liveness_probe", false, 1);

    static final List<ProbeKeys> PROBES = List.of(STARTUP_PROBE, READINESS_PROBE, LIVENESS_PROBE);
    static final Setting<LogTarget> LOG = key("log", Scope.ANY, true, ValueReaders::log, LogTarget.AUTO);

    private DaemonKeys() {}

    static @Nullable Setting<?> byPath(String path) {
        return TABLE.byPath(path);
    }

    static List<Setting<?>> all() {
        return TABLE.all();
    }

    /** Whether it is a key that the words before a command line come from. */
    static boolean isProcessRule(Setting<?> setting) {
        return setting == USER || setting == UMASK || setting == NICE || ULIMITS.containsValue(setting);
    }

    /** To what a key or all keys of a group apply. */
    static Scope scopeOf(String path) {
        List<Scope> scopes = TABLE.all().stream()
                .filter(setting -> setting.path().equals(path) || setting.path().startsWith(path + "."))
                .map(Setting::scope)
                .toList();
        if (scopes.stream().allMatch(scope -> scope == Scope.MAIN)) {
            return Scope.MAIN;
        }
        return scopes.stream().allMatch(scope -> scope == Scope.BEATING) ? Scope.BEATING : Scope.ANY;
    }

    private static Map<Ulimit, Setting<Ulimit.Limits>> ulimits() {
        Map<Ulimit, Setting<Ulimit.Limits>> settings = new EnumMap<>(Ulimit.class);
        for (Ulimit ulimit : Ulimit.values()) {
            settings.put(ulimit, key("ulimits." + ulimit.text(), Scope.ANY, true, ulimit.reader(), null));
        }
        return settings;
    }

    private static <T> Setting<T> key(
            String path, Scope scope, boolean inDefaults, Setting.ValueReader<T> reader, @Nullable T fallback) {
        return TABLE.add(new Setting<>(path, scope, inDefaults, reader, fallback));
    }
}
