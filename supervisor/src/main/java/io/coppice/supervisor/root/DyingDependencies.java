package io.coppice.supervisor.root;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.Dependency;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether something that a child depends on is dying and the core has not been told of it. Looks into /proc, and only at a death.
 *
 * <p>Duty-cycle thread only.
 */
final class DyingDependencies implements Predicate<LaunchedProcess> {
    private final ChildTable children;
    private final ProcessTable processes;

    DyingDependencies(ChildTable children, ProcessTable processes) {
        this.children = children;
        this.processes = processes;
    }

    @Override
    public boolean test(LaunchedProcess process) {
        if (!(process instanceof ChildProcess child)) {
            return false; // A standby depends on nothing.
        }
        for (Dependency dependency : child.plan.dependsOn()) {
            ChildProcess other = children.named(dependency.name());
            if (other != null && (other.untold || isDying(other.pidFd))) {
                return true;
            }
        }
        return false;
    }

    /** What cannot be told is not waited for. */
    private boolean isDying(@Nullable PidFd pidFd) {
        try {
            return pidFd != null && processes.isDying(pidFd.pid());
        } catch (OsException e) {
            return false;
        }
    }
}
