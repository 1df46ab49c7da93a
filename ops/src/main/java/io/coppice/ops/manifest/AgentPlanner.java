package io.coppice.ops.manifest;

import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the key {@code agent} makes of a command, and whether the command is one that can have it. */
final class AgentPlanner {
    /** Of the segment: its figures are one small record. */
    static final long STATE_BYTES = DaemonKeys.MIN_STATE_BYTES;

    /**
     * A program that was not written for it shows signs of life in its own time: a pool may wait long for a database. So it is given more
     * than a daemon of ours.
     */
    static final long HEARTBEAT_MS = 30_000;

    private static final String JAVA = "java";

    /** The agent is compiled for it. */
    private static final int OLDEST = 17;

    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"?([0-9]{1,4})");

    private final InstanceDirectory directory;
    private final Replicas replicas;
    private final Problems problems;

    AgentPlanner(InstanceDirectory directory, Replicas replicas, Problems problems) {
        this.directory = directory;
        this.replicas = replicas;
        this.problems = problems;
    }

    /** What the segment of such a command takes on its file system. */
    static long segmentBytes() {
        return SegmentSpec.lengthFor(STATE_BYTES, 0);
    }

    /**
     * What makes a command line under the agent of the command's own; null where something is wrong, which has been told then.
     *
     * @param command the command's own, its program resolved
     * @param agentJars the agent's jar; none if that has been told to be missing
     */
    @Nullable
    AgentCommandLine line(
            DaemonSpec daemon,
            List<String> command,
            SortedMap<String, String> environment,
            List<Path> agentJars,
            List<Path> libraries) {
        Located<Command> stated = daemon.own().get(DaemonKeys.COMMAND);
        if (stated == null || agentJars.isEmpty()) {
            return null;
        }
        Located<String> program = stated.value().words().get(0);
        if (stated.value().shell()) {
            problems.add(
                    program,
                    "`agent` on a text for /bin/sh, in which nobody finds the JVM",
                    "a list that starts with java, such as [java, -jar, app.jar]",
                    "");
            return null;
        }
        Path name = Path.of(program.value()).getFileName();
        if (name == null || !name.toString().equals(JAVA)) {
            problems.add(
                    program,
                    "`agent` needs a command that starts with java, not with " + Problems.quoted(program.value()),
                    "a list such as [java, -jar, app.jar]",
                    "`umask`, `nice`, `ulimits` and `environment` are keys of their own");
            return null;
        }
        Path jar = agentJars.get(0);
        if (jar.toString().indexOf('=') >= 0) {
            problems.addElsewhere(
                    CompileOptions.WORKER_LIB_PROPERTY,
                    jar + " has a `=` in its path, which -javaagent cannot name; move Coppice elsewhere");
        }
        Located<AgentRule> rule = daemon.own().get(DaemonKeys.AGENT);
        if (rule != null && !rule.value().ports().isEmpty() && replicas.isShared(daemon, DaemonKeys.AGENT)) {
            problems.warn(
                    rule.at(),
                    rule.path(),
                    "each replica asks this port, where any of them may answer; `$((8080 + " + ReplicaSet.VARIABLE
                            + "))` is one of its own");
        }
        int feature = featureOf(command.get(0), environment);
        if (feature != 0 && feature < OLDEST) {
            problems.add(
                    program,
                    "its JDK is older than " + OLDEST,
                    "one of version " + OLDEST + " or newer, for `agent`",
                    "");
        }
        return new AgentCommandLine(
                jar,
                libraries,
                feature,
                directory,
                daemon.planName(),
                daemon.heartbeatMs(),
                daemon.value(DaemonKeys.AGENT));
    }

    /** The feature version of the JDK that a program belongs to; 0 if there is nothing that says it. */
    private static int featureOf(String java, SortedMap<String, String> environment) {
        Path program = java.indexOf('/') >= 0
                ? Path.of(java)
                : Programs.find(java, environment.getOrDefault("PATH", Programs.DEFAULT_PATH));
        Path release = program == null ? null : releaseBeside(program);
        if (release == null) {
            return 0;
        }
        try {
            Matcher version = VERSION.matcher(Files.readString(release, StandardCharsets.UTF_8));
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0; // No JDK has to have such a file; then nothing is added for its version.
        }
    }

    private static @Nullable Path releaseBeside(Path program) {
        try {
            Path bin = program.toRealPath().getParent();
            Path home = bin == null ? null : bin.getParent();
            return home == null ? null : home.resolve("release");
        } catch (IOException e) {
            return null;
        }
    }
}
