package io.coppice.ops.hosted;

import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.StandbyRecord;
import java.util.Optional;

/**
 * A worker that may be killed: the very process that the root has on record, not another one that has its pid now.
 *
 * @param pid its process id
 * @param startTicks its start time in ticks since boot, which with the pid is its identity
 * @param incarnation of the daemon
 * @param handle made when the process was known to be this one; the JDK checks the start time again before it signals
 */
public record Victim(long pid, long startTicks, long incarnation, ProcessHandle handle) {
    /** The process of a child, if it has one that lives. */
    public static Optional<Victim> of(ChildInfo child, ProcFileSystem processes) {
        return of(child.pid(), child.startTicks(), child.incarnation(), processes);
    }

    /** The process of a standby, if it has one that lives; its incarnation is 0. */
    public static Optional<Victim> of(StandbyRecord standby, ProcFileSystem processes) {
        return of(standby.pid(), standby.startTicks(), 0, processes);
    }

    private static Optional<Victim> of(long pid, long startTicks, long incarnation, ProcFileSystem processes) {
        if (pid <= 0) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid)
                .filter(handle -> processes.lives(pid, startTicks))
                .map(handle -> new Victim(pid, startTicks, incarnation, handle));
    }

    /**
     * Sends SIGKILL, without starting a process for it.
     *
     * @return whether it hit: false if that process was dead already
     */
    public boolean kill(ProcFileSystem processes) {
        return processes.lives(pid, startTicks) && handle.destroyForcibly();
    }
}
