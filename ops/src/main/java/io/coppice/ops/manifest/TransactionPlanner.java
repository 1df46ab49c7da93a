package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.plan.StartPrefix;
import io.coppice.supervisor.plan.StartTimeouts;
import io.coppice.supervisor.plan.WorkerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the plans of the slots in which a daemon's transactions run. */
final class TransactionPlanner {
    private final InstanceDirectory directory;
    private final Problems problems;

    TransactionPlanner(InstanceDirectory directory, Problems problems) {
        this.directory = directory;
        this.problems = problems;
    }

    /**
     * The slots of one child that the daemon is: started as that is, in its directory, with its environment, limits and log.
     *
     * @param jvm of each of them
     * @param backoff how long a retry waits; null where that could not be read
     * @param launch their launch number
     * @return none if there cannot be any, which has been told then
     */
    List<ChildPlan> slots(DaemonSpec daemon, ChildPlan child, WorkerJvm jvm, @Nullable Backoff backoff, long launch) {
        TransactionRules rules = TransactionRules.of(daemon);
        List<String> names = rules.slotsOf(child.name());
        List<ChildPlan> slots = new ArrayList<>(names.size());
        if (!PlanBounds.isChildName(names.get(names.size() - 1))) {
            return slots;
        }
        List<String> argv = new ArrayList<>(child.argv().subList(0, StartPrefix.lengthIn(child.argv())));
        String main =
                Objects.requireNonNull(WorkerOptions.value(child.argv(), "--main"), "a worker's command line names it");
        argv.addAll(new TransactionCommandLine(jvm, directory, child.name(), main, rules.stateBytes()).argv());
        ChildPlanBuilder slot = new ChildPlanBuilder(names.get(0), ChildPlan.Kind.TRANSACTION)
                .argv(argv)
                .environment(child.environment())
                .workingDirectory(child.workingDirectory())
                .log(child.log())
                .stateBytes(rules.stateBytes())
                .startTimeouts(StartTimeouts.of(daemon.value(DaemonKeys.START_TIMEOUT)))
                .restart(RestartPolicy.ON_FAILURE)
                .maxRestarts(rules.retries())
                .backoff(backoff == null ? Backoff.NONE : backoff)
                .shutdown(Shutdown.bySignal(
                        daemon.value(DaemonKeys.SHUTDOWN_SIGNAL), daemon.value(DaemonKeys.SHUTDOWN_TIMEOUT)))
                .dependsOn(List.of(new Dependency(child.name(), Dependency.Condition.STARTED)))
                .launch(launch)
                .timeoutMs(rules.timeoutMs())
                .limits(DaemonKeys.TRANSACTIONS.limits().of(daemon));
        try {
            for (String name : names) {
                slots.add(slot.name(name)
                        .standbys(SlotName.numberOf(name) == 1 ? rules.standbys() : 0)
                        .plan());
            }
        } catch (IllegalArgumentException e) {
            // A bound of the plan that no key alone breaks, such as a class path of more than 64 KiB.
            problems.addText(daemon.name().at(), daemon.name().path(), String.valueOf(e.getMessage()));
            slots.clear();
        }
        return slots;
    }
}
