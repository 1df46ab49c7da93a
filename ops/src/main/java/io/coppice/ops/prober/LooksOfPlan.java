package io.coppice.ops.prober;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import java.util.Map;

/** The looks that plans ask for. */
final class LooksOfPlan {
    private static final long NANOS_PER_MS = 1_000_000;

    private final InstanceDirectory instance;
    private final ProcFileSystem proc;
    private final Map<String, String> mark;
    private final ProbeSandboxes sandboxes;

    /** @param mark what the processes that it starts have in their environment beside their child's, by which all that comes of them is told */
    LooksOfPlan(InstanceDirectory instance, ProcFileSystem proc, Map<String, String> mark, ProbeSandboxes sandboxes) {
        this.instance = instance;
        this.proc = proc;
        this.mark = mark;
        this.sandboxes = sandboxes;
    }

    /** The plan that is in force now, before {@link #of} its children. */
    void follow(Plan plan) {
        sandboxes.follow(plan);
    }

    /** Of one child. */
    Looks of(ChildPlan child) {
        return (probe, process) -> look(child, probe, process);
    }

    private Look look(ChildPlan child, Probe probe, Seen process) {
        long timeoutNs = probe.timeoutMs() * NANOS_PER_MS;
        ProbeCheck check = probe.check();
        if (check instanceof ProbeCheck.Exec exec) {
            return new ExecLook(
                    exec.argv(),
                    child.environment(),
                    mark,
                    child.workingDirectory(),
                    timeoutNs,
                    proc,
                    sandboxes.of(child, process.spawnedAtNs()));
        } else if (check instanceof ProbeCheck.Http http) {
            return new HttpLook(http, timeoutNs);
        } else if (check instanceof ProbeCheck.Tcp tcp) {
            return new TcpLook(tcp, timeoutNs);
        } else if (check instanceof ProbeCheck.LogLine line) {
            return new LogLineLook(instance.log(child.name()), process.logStartBytes(), line.pattern());
        }
        throw new IllegalStateException("a check of no known kind: " + check);
    }
}
