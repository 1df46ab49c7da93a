package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.WorkerOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The complete command of a worker's JVM.
 *
 * @param stateRules the worker's options for its contents as a whole
 * @param size of its segment, as the worker is told it
 * @param peers segments this daemon may read, by the name of their owner
 * @param transactions what it has of them
 */
record WorkerCommandLine(
        WorkerJvm jvm,
        InstanceDirectory directory,
        String name,
        String mainClass,
        long heartbeatTimeoutMs,
        List<String> stateRules,
        String size,
        Map<String, Path> peers,
        TransactionRules transactions,
        List<String> args) {
    /** The same for one of its daemon's replicas, which does not read itself. */
    WorkerCommandLine of(String child) {
        Map<String, Path> others = new LinkedHashMap<>(peers);
        others.remove(child);
        return new WorkerCommandLine(
                jvm, directory, child, mainClass, heartbeatTimeoutMs, stateRules, size, others, transactions, args);
    }

    List<String> argv() {
        List<String> argv = jvm.argv(directory, name);
        argv.add(WorkerOptions.MAIN_CLASS);
        argv.addAll(List.of("--instance", directory.instance(), "--name", name));
        argv.addAll(List.of("--segment", directory.segment(name).toString()));
        argv.addAll(List.of("--lock", directory.segmentLock(name).toString()));
        argv.addAll(List.of("--main", mainClass));
        argv.addAll(List.of("--heartbeat-timeout-ms", String.valueOf(heartbeatTimeoutMs)));
        argv.addAll(stateRules);
        argv.addAll(List.of("--size", size));
        argv.addAll(transactions.optionsOf(name, directory));
        peers.forEach((peer, segment) -> argv.addAll(List.of("--peer", peer + "=" + segment)));
        argv.add("--");
        argv.addAll(args);
        return List.copyOf(argv);
    }
}
