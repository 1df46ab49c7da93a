package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.LogTarget;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the manifest says of how a daemon is started, as one number: a running one is started anew when it changes. In it is what the
 * manifest alone decides. What comes from elsewhere is not: the JDK, our own jars and flags, the caller's environment; and who else
 * there is to read, unless {@code reads} says so. So neither an upgrade nor another daemon restarts one.
 *
 * <p>A running root has these numbers on record. Whoever changes the text they are made of has every daemon started anew by the first
 * reload, or restart of the root, after an upgrade.
 */
final class LaunchNumber {
    private LaunchNumber() {}

    /**
     * The number.
     *
     * @param declared the variables that the manifest and its files declare; not those of the caller
     * @param classPath its own entries, resolved; empty for a command
     * @param stateRules its options for its contents
     * @param log where its output goes
     */
    static long of(
            DaemonSpec daemon,
            Map<String, Located<String>> declared,
            Path workingDirectory,
            List<Path> classPath,
            List<String> stateRules,
            LogTarget log) {
        List<String> parts = ofAnyProcess(daemon, declared, workingDirectory, DaemonKeys.LIMITS.statedIn(daemon), log);
        Located<Command> command = daemon.own().get(DaemonKeys.COMMAND);
        if (command != null) {
            add(
                    parts,
                    command.value().shell() ? "shell" : "command",
                    values(command.value().words()));
        }
        if (daemon.isMain()) {
            Located<String> main = daemon.own().get(DaemonKeys.MAIN);
            add(parts, "main", main == null ? List.of() : List.of(main.value()));
            add(parts, "classpath", classPath.stream().map(Path::toString).toList());
            add(parts, "heap", List.of(String.valueOf(daemon.value(DaemonKeys.HEAP))));
            add(parts, "options", values(daemon.value(DaemonKeys.JVM_OPTIONS)));
            add(parts, "state", List.of(String.valueOf(daemon.value(DaemonKeys.STATE))));
            add(parts, "checkpoints", List.of(String.valueOf(daemon.value(DaemonKeys.CHECKPOINTS))));
            add(parts, "rules", stateRules);
            add(parts, "heartbeat", List.of(String.valueOf(daemon.value(DaemonKeys.HEARTBEAT_TIMEOUT))));
            Located<List<Located<String>>> reads = daemon.stated(DaemonKeys.READS);
            if (reads != null) {
                add(parts, "reads", values(reads.value()).stream().sorted().toList());
            }
            add(parts, "args", values(daemon.value(DaemonKeys.ARGS)));
            TransactionRules transactions = TransactionRules.of(daemon);
            if (!transactions.isNone()) {
                add(parts, "transactions", List.of(transactions.inOneWord()));
            }
        }
        if (daemon.hasAgent()) {
            AgentRule rule = daemon.value(DaemonKeys.AGENT);
            add(parts, "agent", List.of(String.valueOf(daemon.heartbeatMs())));
            add(parts, "pools", rule.pools());
            add(
                    parts,
                    "ports",
                    rule.ports().stream().map(AgentRule.Port::argument).toList());
        }
        return digest(parts);
    }

    /**
     * The number of the slots of its transactions.
     *
     * @param classPath the daemon's own entries, resolved
     * @param jvm of the slots
     */
    static long ofTransactions(
            DaemonSpec daemon,
            Map<String, Located<String>> declared,
            Path workingDirectory,
            List<Path> classPath,
            WorkerJvm jvm,
            LogTarget log) {
        List<String> parts = ofAnyProcess(
                daemon,
                declared,
                workingDirectory,
                DaemonKeys.TRANSACTIONS.limits().statedIn(daemon),
                log);
        add(parts, "classpath", classPath.stream().map(Path::toString).toList());
        add(parts, "heap", List.of(String.valueOf(jvm.memory().heapBytes())));
        Located<List<Located<String>>> options = daemon.stated(DaemonKeys.TRANSACTIONS.options());
        add(parts, "options", values(options == null ? daemon.value(DaemonKeys.JVM_OPTIONS) : options.value()));
        add(parts, "state", List.of(String.valueOf(TransactionRules.of(daemon).stateBytes())));
        return digest(parts);
    }

    private static List<String> ofAnyProcess(
            DaemonSpec daemon,
            Map<String, Located<String>> declared,
            Path workingDirectory,
            List<String> limits,
            LogTarget log) {
        List<String> parts = new ArrayList<>();
        add(parts, "working_dir", List.of(workingDirectory.toString()));
        Map<String, String> environment = new TreeMap<>();
        declared.forEach((name, value) -> environment.put(name, value.value()));
        environment.forEach((name, value) -> add(parts, "environment", List.of(name, value)));
        List<String> processRules = ProcessRules.stated(daemon);
        if (!processRules.isEmpty()) {
            add(parts, "process", processRules);
        }
        if (!limits.isEmpty()) {
            add(parts, "limits", limits);
        }
        Located<String> isolation = daemon.stated(DaemonKeys.ISOLATION);
        if (isolation != null) {
            add(parts, "isolation", List.of(isolation.value()));
        }
        if (log != LogTarget.AUTO) {
            add(parts, "log", List.of(log.text()));
        }
        return parts;
    }

    /** Each part with its length, so that no two lists of parts are written the same. */
    private static void add(List<String> parts, String key, List<String> values) {
        parts.add(key);
        parts.add(String.valueOf(values.size()));
        parts.addAll(values);
    }

    private static List<String> values(List<Located<String>> located) {
        return located.stream().map(Located::value).toList();
    }

    private static long digest(List<String> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                digest.update(bytes);
            }
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
