package io.coppice.supervisor.root;

import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SignalNumbers;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes of ours that were told dead at their death word: their successors run already, while the kernel still gives back what they held.
 * Here they are reaped when it has, and their groups looked at until they are empty. Nobody waits for that.
 *
 * <p>Duty-cycle thread only.
 */
final class Remains implements AutoCloseable {
    /** The successor's first milliseconds are its own. */
    private static final long FIRST_LOOK_NS = 8_000_000;

    /** A close look reads all of /proc: not before the cheap one has failed for about a second. */
    private static final int LOOKS_BEFORE_A_CLOSE_LOOK = 7;

    private static final long LONGEST_PAUSE_NS = 1_000_000_000L;

    private static final class Remnant {
        final PidFd pidFd;
        long pauseNs = FIRST_LOOK_NS;
        long nextLookNs;
        int looks;

        Remnant(PidFd pidFd, long nowNs) {
            this.pidFd = pidFd;
            this.nextLookNs = nowNs + pauseNs;
        }
    }

    private final ProcessTable processes;
    private final List<Remnant> remnants = new ArrayList<>();

    Remains(ProcessTable processes) {
        this.processes = processes;
    }

    /** Kills what else is in the group of a child, whose leader keeps its number until it is reaped. The descriptor is this class's from now on. */
    void add(PidFd pidFd, long nowNs) {
        processes.signalGroup(pidFd.pid(), SignalNumbers.of("KILL"));
        remnants.add(new Remnant(pidFd, nowNs));
    }

    /** When the next look is due; {@link Long#MAX_VALUE} when nothing remains. */
    long nextLookNs() {
        long nextNs = Long.MAX_VALUE;
        for (int i = 0; i < remnants.size(); i++) {
            nextNs = Math.min(nextNs, remnants.get(i).nextLookNs);
        }
        return nextNs;
    }

    void look(long nowNs) {
        for (int i = remnants.size() - 1; i >= 0; i--) {
            Remnant remnant = remnants.get(i);
            if (remnant.nextLookNs > nowNs) {
                continue;
            }
            if (remnant.pidFd.tryReap() != null && isEmpty(remnant)) {
                remnant.pidFd.close();
                remnants.remove(i);
            } else {
                remnant.pauseNs = Math.min(2 * remnant.pauseNs, LONGEST_PAUSE_NS);
                remnant.nextLookNs = nowNs + remnant.pauseNs;
            }
        }
    }

    /** As with {@link Funerals}: where nobody reaps, a group may go on existing that consists of the dead only. */
    private boolean isEmpty(Remnant remnant) {
        int group = remnant.pidFd.pid();
        return !processes.groupExists(group)
                || (++remnant.looks > LOOKS_BEFORE_A_CLOSE_LOOK && !processes.groupHasLiveMember(group));
    }

    /** Whether a process is one that this class reaps. */
    boolean isOne(int pid) {
        for (int i = 0; i < remnants.size(); i++) {
            if (remnants.get(i).pidFd.pid() == pid) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        for (Remnant remnant : remnants) {
            remnant.pidFd.close();
        }
        remnants.clear();
    }
}
