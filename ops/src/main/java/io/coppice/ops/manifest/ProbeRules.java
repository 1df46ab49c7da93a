package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.ReplicaSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys {@code startup_probe}, {@code readiness_probe} and {@code liveness_probe}: what they come to together. */
final class ProbeRules {
    /** A prefix of four words has room beside them. */
    private static final int MOST_WORDS = PlanBounds.MAX_LIST_LENGTH - 4;

    private final Programs programs;
    private final Replicas replicas;
    private final Problems problems;

    ProbeRules(Programs programs, Replicas replicas, Problems problems) {
        this.programs = programs;
        this.replicas = replicas;
        this.problems = problems;
    }

    /**
     * The probes of a daemon. What is wrong has been told then, and is left out.
     *
     * @param prefix what stands before its own command line: a program that looks after it runs by the same rules
     * @param environment of the daemon
     */
    Probes of(DaemonSpec daemon, List<String> prefix, Map<String, String> environment) {
        return new Probes(
                ofCommand(daemon, DaemonKeys.STARTUP_PROBE, prefix, environment),
                ofCommand(daemon, DaemonKeys.READINESS_PROBE, prefix, environment),
                probe(daemon, DaemonKeys.LIVENESS_PROBE, prefix, environment));
    }

    /** Where its output goes: a line that is waited for can only be seen in a file. */
    static LogTarget log(DaemonSpec daemon, Probes probes) {
        LogTarget log = daemon.value(DaemonKeys.LOG);
        return probes.readLog() ? LogTarget.FILE : log;
    }

    private @Nullable Probe ofCommand(
            DaemonSpec daemon, ProbeKeys keys, List<String> prefix, Map<String, String> environment) {
        Located<String> first = keys.firstIn(daemon);
        if (first != null && daemon.isMain()) {
            problems.add(
                    first.at(),
                    daemon.name().path() + "." + keys.group(),
                    "`" + keys.group() + "` beside `main`",
                    "it on a plain command",
                    "a daemon says itself when it is up: when its `start` has returned; remove the key");
            return null;
        }
        if (first != null && daemon.hasAgent()) {
            problems.add(
                    first.at(),
                    daemon.name().path() + "." + keys.group(),
                    "`" + keys.group() + "` beside `agent`",
                    "`agent: {http: {port: 8080}}` or `agent: {tcp: {port: 9092}}`",
                    "a program with an agent is ready when that port answers; remove the key");
            return null;
        }
        return probe(daemon, keys, prefix, environment);
    }

    private @Nullable Probe probe(
            DaemonSpec daemon, ProbeKeys keys, List<String> prefix, Map<String, String> environment) {
        Located<String> first = keys.firstIn(daemon);
        if (first == null) {
            return null;
        }
        List<String> kinds = new ArrayList<>();
        for (String kind : keys.checks()) {
            String path = keys.group() + "." + kind;
            if (daemon.own().mentioned().stream()
                    .anyMatch(key -> key.value().equals(path) || key.value().startsWith(path + "."))) {
                kinds.add(kind);
            }
        }
        String one = "one of `" + String.join("`, `", keys.checks()) + "`";
        if (kinds.size() != 1) {
            problems.add(
                    first.at(),
                    daemon.name().path() + "." + keys.group(),
                    kinds.isEmpty() ? "nothing to look at" : "`" + String.join("` and `", kinds) + "`",
                    one);
            return null;
        }
        ProbeCheck check = check(daemon, keys, kinds.get(0), prefix, environment);
        return check == null
                ? null
                : new Probe(
                        check,
                        daemon.value(keys.initialDelay()),
                        daemon.value(keys.period()),
                        daemon.value(keys.timeout()),
                        daemon.value(keys.successThreshold()),
                        daemon.value(keys.failureThreshold()));
    }

    private @Nullable ProbeCheck check(
            DaemonSpec daemon, ProbeKeys keys, String kind, List<String> prefix, Map<String, String> environment) {
        return switch (kind) {
            case "exec" -> exec(daemon.own().get(keys.exec()), prefix, environment);
            case "http" -> {
                Integer port = port(daemon, keys, keys.httpPort());
                yield port == null
                        ? null
                        : new ProbeCheck.Http(
                                daemon.value(keys.httpScheme()).equals(ProbeKeys.HTTPS),
                                daemon.value(keys.httpHost()),
                                port,
                                daemon.value(keys.httpPath()),
                                daemon.value(keys.httpHeaders()));
            }
            case "tcp" -> {
                Integer port = port(daemon, keys, keys.tcpPort());
                yield port == null ? null : new ProbeCheck.Tcp(daemon.value(keys.tcpHost()), port);
            }
            default -> logLine(daemon, keys);
        };
    }

    private @Nullable ProbeCheck exec(
            @Nullable Located<Command> command, List<String> prefix, Map<String, String> environment) {
        if (command == null) {
            return null;
        }
        List<Located<String>> words = command.value().words();
        if (words.size() > MOST_WORDS) {
            problems.add(command, words.size() + " words", "at most " + MOST_WORDS, "");
            return null;
        }
        if (command.value().shell()) {
            return new ProbeCheck.Exec(Stream.concat(
                            prefix.stream(),
                            Stream.of("/bin/sh", "-c", words.get(0).value()))
                    .toList());
        }
        String program = program(words.get(0), environment);
        return program == null
                ? null
                : new ProbeCheck.Exec(Stream.of(
                                prefix.stream(),
                                Stream.of(program),
                                words.stream().skip(1).map(Located::value))
                        .flatMap(part -> part)
                        .toList());
    }

    /** By its path: who runs it searches a path of its own. */
    private @Nullable String program(Located<String> word, Map<String, String> environment) {
        String program = programs.resolve(word, environment);
        if (program == null || program.indexOf('/') >= 0) {
            return program;
        }
        Path found = Programs.find(program, environment.getOrDefault("PATH", Programs.DEFAULT_PATH));
        return found == null ? program : found.toString();
    }

    private @Nullable Integer port(DaemonSpec daemon, ProbeKeys keys, Setting<Integer> setting) {
        Located<Integer> port = daemon.own().get(setting);
        Located<String> first = keys.firstIn(daemon);
        if (port == null && first != null && !daemon.own().mentions(setting)) {
            String path = daemon.name().path() + "." + setting.path();
            problems.add(first.at(), path.substring(0, path.lastIndexOf('.')), "no `port`", "{port: 8080}");
        }
        if (port != null && replicas.isShared(daemon, setting)) {
            problems.warn(
                    port.at(),
                    port.path(),
                    "each replica is asked at this port, where any of them may answer; `$((" + (port.value() - 1)
                            + " + " + ReplicaSet.VARIABLE + "))` is one of its own");
        }
        return port == null ? null : port.value();
    }

    private @Nullable ProbeCheck logLine(DaemonSpec daemon, ProbeKeys keys) {
        Setting<String> setting = keys.logLine();
        Located<String> line = setting == null ? null : daemon.own().get(setting);
        if (line == null) {
            return null;
        }
        if (daemon.value(DaemonKeys.LOG) == LogTarget.JOURNAL) {
            problems.add(
                    line, "`log: journal` beside it, and the line is looked for in the log file", "`log: file`", "");
            return null;
        }
        return new ProbeCheck.LogLine(line.value());
    }
}
