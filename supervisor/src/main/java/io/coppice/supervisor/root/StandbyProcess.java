package io.coppice.supervisor.root;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.StepProgress;
import org.jspecify.annotations.Nullable;

/**
 * What the shell holds of one standby. When it is assigned, its child takes over all of it.
 *
 * <p>Duty-cycle thread only.
 */
final class StandbyProcess extends LaunchedProcess {
    /** Whose standby it is. */
    final ChildProcess child;

    /** The core's name for it, among those of its child. */
    final long id;

    /** What its descriptors and a spawn under way know it by: see {@link StandbyTable}. */
    final int slot;

    /** Of the pipe that lets it go, by which a successor finds that again; 0 if it is not known. */
    long pipeInode;

    long pidfdInode;

    StandbyProcess(ChildProcess child, long id, int slot) {
        this.child = child;
        this.id = id;
        this.slot = slot;
    }

    @Override
    int index() {
        return child.index;
    }

    @Override
    Event exited(ExitStatus status, @Nullable String lastWords, StepProgress progress, long nowNs) {
        return new Event.StandbyExited(child.index, id, status, nowNs);
    }
}
