package io.coppice.supervisor.root;

import io.coppice.state.ReadOnlySegment;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.plan.ChildPlan;
import org.jspecify.annotations.Nullable;

/**
 * What the shell holds of one child beside the core's state: its current process, and its segment. The core
 * knows why a child is in a state; this class only knows with what to act on it.
 *
 * <p>Duty-cycle thread only.
 */
final class ChildProcess extends LaunchedProcess {
    /**
     * How many hints of one process are listened to. A worker sends one per change of phase, at most eight before it is
     * ready; one that floods is looked at by the heartbeat scan like everybody else.
     */
    static final int MAX_HINTS = 16;

    /** The same of a daemon with transactions, which sends one each time when it asks its slots for something else; within a second. */
    static final int MAX_HINTS_OF_SUBMITS = 4096;

    /** Its place in the plan. */
    int index;

    /** What it keeps when the plan changes: see {@link ChildTable}. */
    final int slot;

    ChildPlan plan;

    /** The worker's segment as everybody but its owner sees it; null for a command, and when it cannot be mapped. */
    @Nullable
    ReadOnlySegment segment;

    /** The incarnation whose process this is, or whose spawn is under way. */
    long incarnation;

    int hints;

    /** Since when those of a daemon with transactions are counted. */
    long hintsSinceNs;

    /** Its process was a standby before: it does not end by the end of its pipe. */
    boolean assigned;

    /** The death word as its present process holds it, 0 while none is watched for it. */
    int wordHeld;

    /** How often its word was woken although it lives. */
    int falseAlarms;

    /** Of an auxiliary child: how long it has said nothing of itself; see {@link AuxiliaryWatch}. */
    long silentNs;

    ChildProcess(int index, int slot, ChildPlan plan) {
        this.index = index;
        this.slot = slot;
        this.plan = plan;
    }

    /**
     * Whether it has read its line from a root that died before it recorded that: taken over without the pipe in which it would wait, which it has
     * closed.
     */
    boolean wasLetGo() {
        return adopted && assigned && holdWriteFd == NO_FD;
    }

    boolean hasSegment() {
        return plan.kind().hasSegment();
    }

    @Override
    int index() {
        return index;
    }

    @Override
    Event exited(ExitStatus status, @Nullable String lastWords, StepProgress progress, long nowNs) {
        return new Event.Exited(index, incarnation, status, lastWords, progress, nowNs);
    }

    @Override
    void clear() {
        super.clear();
        hints = 0;
        assigned = false;
        wordHeld = 0;
        falseAlarms = 0;
        silentNs = 0;
    }
}
