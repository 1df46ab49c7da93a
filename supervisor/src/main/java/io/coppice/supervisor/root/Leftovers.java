package io.coppice.supervisor.root;

import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SignalNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Children of a root that died which its successor does not go on with: the manifest no longer has them, or has something else
 * by their name. They are stopped (TERM, then KILL), and nothing is started before the kernel has confirmed each death, so that
 * nothing ever has two owners. So is what they have started, which is killed as with every other death. Their state is in their segments.
 *
 * <p>Identity is pid, start time and boot id, and the inode of the pidfd where that is unique, pinned by a pidfd before anything is sent: a recycled pid is left alone.
 */
final class Leftovers {
    /** How long leftovers may take to end by themselves after TERM. */
    private static final long GRACE_NS = 10_000_000_000L;

    /** How long the kernel may take to end what was killed; after that something holds it and a person must look. */
    private static final long KILL_TIMEOUT_NS = 30_000_000_000L;

    private static final int LOOK_AGAIN_MS = 10;
    private static final long NANOS_PER_MS = 1_000_000;

    private record Leftover(String name, PidFd pidFd) {}

    /**
     * A process that a root of this boot and pid namespace recorded.
     *
     * @param pidfdInode 0 where the kernel did not tell
     */
    record OnRecord(String name, int pid, long startTicks, long pidfdInode) {
        /** @throws OsException if it cannot be told */
        boolean isAlive(ProcessTable processes) throws OsException {
            return isThere(processes) && !processes.isZombie(pid);
        }

        private boolean isThere(ProcessTable processes) throws OsException {
            return processes.startTicks(pid) == startTicks;
        }

        boolean is(PidFd pidFd, ProcessTable processes) throws OsException {
            return isThere(processes) && (pidfdInode == 0 || pidFd.inode() == 0 || pidFd.inode() == pidfdInode);
        }
    }

    /**
     * Such a process and what it has started, be it alive itself or not.
     *
     * @param session that it is in
     */
    record Group(OnRecord leader, long session) {
        int killRest(ProcessTable processes) {
            return processes.killRemnants(leader.pid(), session, leader.startTicks());
        }
    }

    private Leftovers() {}

    /**
     * Ends every leftover, then what is left of its group, and waits for the kernel's word.
     *
     * @param teller is told of each, before anything is done to it
     * @throws StartupRefused if one cannot be ended; what was ended stays ended
     */
    static void stop(List<Group> groups, ProcessTable processes, Consumer<String> teller)
            throws StartupRefused, OsException {
        List<Leftover> leftovers = new ArrayList<>();
        try (Epoll epoll = Epoll.create()) {
            for (Group group : groups) {
                OnRecord child = group.leader();
                PidFd pidFd = pin(child, processes);
                if (pidFd == null) {
                    continue;
                }
                teller.accept(child.name() + ": pid " + child.pid()
                        + " is left over from a root that died, and the manifest no longer has it; stopping it before anything is"
                        + " started");
                epoll.add(pidFd.fd(), leftovers.size());
                leftovers.add(new Leftover(child.name(), pidFd));
            }
            signalAll(leftovers, processes, "TERM");
            if (!awaitAll(leftovers, epoll, GRACE_NS)) {
                signalAll(leftovers, processes, "KILL");
                if (!awaitAll(leftovers, epoll, KILL_TIMEOUT_NS)) {
                    throw new StartupRefused(1, stillAlive(leftovers));
                }
            }
            for (Group group : groups) {
                stopRest(group, processes, epoll, teller);
            }
        } finally {
            for (Leftover leftover : leftovers) {
                leftover.pidFd().close();
            }
        }
    }

    /** Its leader has ended, now or while nobody watched. */
    private static void stopRest(Group group, ProcessTable processes, Epoll epoll, Consumer<String> teller)
            throws StartupRefused, OsException {
        OnRecord leader = group.leader();
        int left = group.killRest(processes);
        if (left > 0) {
            teller.accept(leader.name() + ": pid " + leader.pid() + " has left processes behind in its group (" + left
                    + "); killing them before anything is started");
        }
        long endNs = System.nanoTime() + KILL_TIMEOUT_NS;
        while (left > 0) {
            if (System.nanoTime() >= endNs) {
                throw new StartupRefused(
                        1,
                        leader.name() + ": processes of the group of pid " + leader.pid()
                                + ", left by a root that died, do not end, not even by SIGKILL. Something holds them in the kernel"
                                + " (a hung file system?); starting others beside them would give what they own two owners.");
            }
            epoll.await(LOOK_AGAIN_MS);
            left = group.killRest(processes);
        }
    }

    /**
     * Takes hold of the process that is on record.
     *
     * @return null if it has ended meanwhile, which is what is wanted of it; its pid may be another process's by now
     */
    static @Nullable PidFd pin(OnRecord child, ProcessTable processes) throws OsException {
        PidFd pidFd = pinOrBody(child, processes);
        if (pidFd != null && pidFd.isDead()) {
            pidFd.close();
            return null;
        }
        return pidFd;
    }

    /**
     * The same, also when it is dead, as long as its parent has not reaped it: there is still somebody to ask how it ended.
     *
     * @return null if nothing of it is left
     */
    static @Nullable PidFd pinOrBody(OnRecord child, ProcessTable processes) throws OsException {
        if (!child.isThere(processes)) {
            return null; // Its number may be a thread's by now, of which no pidfd can be had.
        }
        PidFd pidFd;
        try {
            pidFd = PidFd.open(child.pid());
        } catch (OsException e) {
            if (!child.isThere(processes)) {
                return null;
            }
            throw e;
        }
        boolean found = false;
        try {
            found = child.is(pidFd, processes);
        } finally {
            if (!found) {
                pidFd.close();
            }
        }
        return found ? pidFd : null;
    }

    private static void signalAll(List<Leftover> leftovers, ProcessTable processes, String signal) {
        int number = SignalNumbers.of(signal);
        for (Leftover leftover : leftovers) {
            // The leader is pinned and alive, so its process group's number is still its own.
            if (leftover.pidFd().signal(0) == 0) {
                processes.signalGroup(leftover.pidFd().pid(), number);
            }
        }
    }

    private static boolean awaitAll(List<Leftover> leftovers, Epoll epoll, long timeoutNs) throws OsException {
        long endNs = System.nanoTime() + timeoutNs;
        boolean[] dead = new boolean[leftovers.size()];
        int remaining = 0;
        for (int i = 0; i < dead.length; i++) {
            dead[i] = leftovers.get(i).pidFd().signal(0) != 0;
            remaining += dead[i] ? 0 : 1;
        }
        while (remaining > 0) {
            long leftMs = (endNs - System.nanoTime()) / NANOS_PER_MS;
            if (leftMs <= 0) {
                return false;
            }
            int ready = epoll.await((int) leftMs);
            for (int i = 0; i < ready; i++) {
                int index = (int) epoll.token(i);
                if (!dead[index]) {
                    dead[index] = true;
                    remaining--;
                    epoll.remove(leftovers.get(index).pidFd().fd());
                }
            }
        }
        return true;
    }

    private static String stillAlive(List<Leftover> leftovers) {
        StringBuilder text = new StringBuilder("processes of the root that died do not end, not even by SIGKILL:");
        for (Leftover leftover : leftovers) {
            if (leftover.pidFd().signal(0) == 0) {
                text.append(' ')
                        .append(leftover.name())
                        .append(" (pid ")
                        .append(leftover.pidFd().pid())
                        .append(')');
            }
        }
        return text.append(". Something holds them in the kernel (a hung file system?); starting others beside them"
                        + " would give their segments two owners.")
                .toString();
    }
}
