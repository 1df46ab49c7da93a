package io.coppice.supervisor.root;

import io.coppice.state.ReadOnlySegment;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.plan.ChildPlan;
import org.jspecify.annotations.Nullable;

/**
 * What the shell holds of one child beside the core's state: descriptors and mappings of the current process. The core
 * knows why a child is in a state; this class only knows with what to act on it.
 *
 * <p>Duty-cycle thread only.
 */
final class ChildProcess {
    static final int NO_FD = -1;

    /**
     * How many hints of one process are listened to. A worker sends one per change of phase, at most eight before it is
     * ready; one that floods is looked at by the heartbeat scan like everybody else.
     */
    static final int MAX_HINTS = 16;

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

    @Nullable
    PidFd pidFd;

    int holdWriteFd = NO_FD;
    int holdReadFd = NO_FD;
    int hintReadFd = NO_FD;
    int hintWriteFd = NO_FD;
    int hints;

    /** The kernel has said that it is dead: its pid may soon be somebody else's, so nothing is sent to it any more. */
    boolean dead;

    /** It was launched by a root that died: it is no child of ours, and its group's number is not kept by our reaping it. */
    boolean adopted;

    /** The session it was launched in, and when, in clock ticks since boot. */
    long session;

    long startTicks;

    /** AbandonHeld came while the spawn was still under way. */
    boolean abandoned;

    ChildProcess(int index, int slot, ChildPlan plan) {
        this.index = index;
        this.slot = slot;
        this.plan = plan;
    }

    boolean isDaemon() {
        return plan.kind() == ChildPlan.Kind.DAEMON;
    }

    /** The child's ends of the pipes. */
    void closeChildEnds() {
        holdReadFd = close(holdReadFd);
        hintWriteFd = close(hintWriteFd);
    }

    /** Without a line before it, the end of the pipe makes a held child exit. */
    void closeHold() {
        holdWriteFd = close(holdWriteFd);
    }

    void closeHints() {
        hintReadFd = close(hintReadFd);
    }

    /** All that belongs to the process that has ended. */
    void closeAll() {
        closeChildEnds();
        closeHold();
        closeHints();
        if (pidFd != null) {
            pidFd.close();
            pidFd = null;
        }
    }

    private static int close(int fd) {
        if (fd != NO_FD) {
            Fds.close(fd);
        }
        return NO_FD;
    }
}
