package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.AgentOption;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.StartPrefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a program that runs under the agent: its own, with ours right after {@code java}. What the program says itself
 * comes later and wins. Nothing of it changes what the program can load: the agent brings its libraries in a class loader of its own.
 *
 * @param agentJar the jar that the JVM puts on the program's class path
 * @param libraries the worker's, loaded apart
 * @param javaFeature of the JDK that runs the program; 0 if it is not known. From 23 on a JVM warns when a library uses memory as ours
 *     does, unless it is told not to, and older ones do not know that option
 */
record AgentCommandLine(
        Path agentJar,
        List<Path> libraries,
        int javaFeature,
        InstanceDirectory directory,
        String name,
        long heartbeatMs,
        AgentRule rule) {
    /**
     * The JVM's counters in memory of its own, and in no file below {@code /tmp}: another process of its user could cut that file off, and the
     * JVM would die at its next count. {@code jcmd PID PerfCounter.print} still works; {@code jps} does not list the JVM.
     */
    static final String COUNTERS_IN_NO_FILE = "-XX:+PerfDisableSharedMem";

    private static final String MEMORY_ACCESS = "--sun-misc-unsafe-memory-access=allow";

    /** The same for one of its daemon's replicas. */
    AgentCommandLine of(String child) {
        return new AgentCommandLine(agentJar, libraries, javaFeature, directory, child, heartbeatMs, rule);
    }

    /** @param command the program's own command line, {@code java} first */
    List<String> argv(List<String> command) {
        List<String> argv = new ArrayList<>();
        argv.add(command.get(0));
        argv.add(AgentOption.of(agentJar.toString(), directory.instance(), arguments()));
        argv.add(WorkerJvm.errorFile(directory, name));
        argv.add(COUNTERS_IN_NO_FILE);
        if (javaFeature >= WorkerJvm.UNSAFE_MEMORY_ACCESS_SINCE) {
            argv.add(MEMORY_ACCESS);
        }
        argv.addAll(command.subList(1, command.size()));
        return List.copyOf(argv);
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add("name=" + name);
        arguments.add("segment=" + encoded(directory.segment(name)));
        arguments.add("lock=" + encoded(directory.segmentLock(name)));
        arguments.add("heartbeat-ms=" + heartbeatMs);
        rule.pools().forEach(pool -> arguments.add("pool=" + encoded(pool)));
        rule.ports().forEach(port -> arguments.add(encoded(port.argument())));
        libraries.forEach(jar -> arguments.add("lib=" + encoded(jar)));
        return arguments;
    }

    private static String encoded(Object text) {
        return AgentOption.encoded(text.toString());
    }

    /** The values that the agent is told by that key in one of these. */
    static List<String> values(ChildPlan child, String key) {
        return AgentOption.arguments(child).stream()
                .filter(argument -> argument.startsWith(key + "="))
                .map(argument ->
                        argument.substring(key.length() + 1).replace("%2C", ",").replace("%25", "%"))
                .toList();
    }

    /** The program's own command line in one of these. */
    static List<String> commandIn(ChildPlan child) {
        List<String> argv = StartPrefix.without(child.argv());
        int ours = 4;
        if (argv.size() > ours && argv.get(ours).equals(MEMORY_ACCESS)) {
            ours++;
        }
        List<String> command = new ArrayList<>();
        command.add(argv.get(0));
        command.addAll(argv.subList(ours, argv.size()));
        return command;
    }
}
