package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.plan.WorkerOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * The complete command of a JVM that runs a transaction. The same for all slots of a daemon, so that one that is kept in reserve can
 * take any of them: which one it is, and what it is to do, it is told when it is released.
 *
 * @param daemon whose transactions these are; of a replica its own name
 * @param stateBytes of each slot's segment
 * @param mainClass the daemon's, which names the tasks that a standby has to have ready
 */
record TransactionCommandLine(
        WorkerJvm jvm, InstanceDirectory directory, String daemon, String mainClass, long stateBytes) {
    List<String> argv() {
        List<String> argv = new ArrayList<>(jvm.argv(directory, SlotName.logName(SlotName.of(daemon, 1))));
        argv.add(WorkerOptions.TRANSACTION_MAIN_CLASS);
        argv.addAll(List.of("--instance", directory.instance(), "--daemon", daemon));
        argv.addAll(List.of("--requests", directory.segment(daemon).toString()));
        argv.addAll(List.of("--segments", directory.slotPrefix(daemon)));
        argv.addAll(List.of("--locks", directory.slotPrefix(daemon)));
        argv.addAll(List.of("--root", directory.rootSegment().toString()));
        argv.addAll(List.of("--main", mainClass));
        argv.addAll(List.of("--size", String.valueOf(stateBytes)));
        argv.add("--");
        return List.copyOf(argv);
    }
}
