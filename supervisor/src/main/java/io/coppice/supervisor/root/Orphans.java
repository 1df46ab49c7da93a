package io.coppice.supervisor.root;

import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import java.util.function.IntPredicate;

/**
 * The orphans that a process 1 inherits, as a root is in most containers: whatever double-forked, or outlived its parent. Nobody
 * else takes their status, and dead they would fill the container's process table. Elsewhere there are none.
 *
 * <p>Duty-cycle thread only; looks about once a second, and allocates nothing.
 */
final class Orphans {
    private static final int FIRST_PROCESS = 1;
    private static final long PERIOD_NS = 1_000_000_000L;

    /** Of one look; a storm of orphans is not to hold up the duty cycle. */
    private static final int MOST_AT_ONCE = 256;

    private final ProcessTable processes;
    private final ChildTable children;
    private final StandbyTable standbys;
    private final Remains remains;
    private final Errands errands;
    private final IntPredicate own = this::isOwn;
    private final Chore looking;

    Orphans(
            ProcessTable processes,
            ChildTable children,
            StandbyTable standbys,
            Remains remains,
            Errands errands,
            long ownPid,
            long nowNs) {
        this.processes = processes;
        this.children = children;
        this.standbys = standbys;
        this.remains = remains;
        this.errands = errands;
        this.looking = ownPid == FIRST_PROCESS ? new Chore(PERIOD_NS, nowNs + PERIOD_NS) : Chore.none();
    }

    /** When the next look is due; {@link Long#MAX_VALUE} if this process inherits none. */
    long nextLookNs() {
        return looking.nextNs();
    }

    boolean isDue(long nowNs) {
        return looking.isDue(nowNs);
    }

    /** @param spawning whether there may be a child of our own whose pid is not known yet: then nobody is touched */
    void look(boolean spawning, long nowNs) {
        looking.done(nowNs);
        for (int i = 0; !spawning && i < MOST_AT_ONCE && processes.reapOrphan(own); i++) {
            // reaped
        }
    }

    private boolean isOwn(int pid) {
        if (errands.isOne(pid) || standbys.isOne(pid) || remains.isOne(pid)) {
            return true;
        }
        for (ChildProcess child : children.all()) {
            PidFd pidFd = child.pidFd;
            if (pidFd != null && pidFd.pid() == pid) {
                return true;
            }
        }
        return false;
    }
}
