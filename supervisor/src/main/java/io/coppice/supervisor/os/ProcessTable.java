package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import io.coppice.supervisor.core.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The system's processes by number. One thread per instance; the instance's own buffers keep {@link #startTicks}, {@link
 * #signalGroup} and {@link #groupExists} free of allocation.
 */
public final class ProcessTable {
    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int P_PGID = 2;
    private static final int SIGKILL = 9;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int SIGINFO_BYTES = 128;
    private static final int SI_PID_OFFSET = 16;

    /** SIGSTOP to SIGTTOU: none of them ends a process. */
    private static final int FIRST_STOP_SIGNAL = 19;

    private static final int LAST_STOP_SIGNAL = 22;

    private static final long KILL_PENDING = 1L << (9 - 1);

    private static final byte[] END = {0};

    private final ProcessPath path = new ProcessPath();
    private final ProcessStat stat = new ProcessStat();
    private final Pointer info = Kernel.allocate(SIGINFO_BYTES);
    private final Pointer file = Kernel.allocate(Kernel.STAT_BYTES);

    /** By the look for remnants that is under way: of the group, whether it fits or not. */
    private boolean memberSeen;

    /** A view with buffers of its own; costs 3 KiB of native memory. */
    public ProcessTable() {}

    /**
     * When the process started, in clock ticks since boot: with the pid and {@link #bootId} it names a process for good.
     * A dead child that has not been reaped still has it.
     *
     * @return field 22 of /proc/PID/stat, or -1 when there is no such process
     * @throws OsException when that cannot be told now: there is no descriptor left to read it with
     */
    public long startTicks(int pid) throws OsException {
        return stat.read(pid) ? stat.number(ProcessStat.START_TICKS) : -1;
    }

    /**
     * The arguments of a process, each ended by NUL; empty of one that is dead. Allocates.
     *
     * @return null when there is no such process
     */
    public @Nullable String commandLine(int pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Whether a process is dead and waits for its parent to take its status: it owns nothing any more.
     *
     * @return false also when there is no such process
     * @throws OsException if it cannot be told
     */
    public boolean isZombie(int pid) throws OsException {
        if (!stat.read(pid)) {
            return false;
        }
        return !stat.isAlive();
    }

    /**
     * Whether a process is dead or about to be: its first thread has ended, or has been sent a SIGKILL that it has not taken yet, or the
     * kernel says how it will have ended. The kernel tells of a death only when the last of its threads is gone, some milliseconds later.
     *
     * @return false also when there is no such process
     * @throws OsException if it cannot be told
     */
    public boolean isDying(int pid) throws OsException {
        if (!stat.read(pid)) {
            return false;
        }
        return stat.hasFirstThreadEnded()
                || (stat.number(ProcessStat.PENDING_SIGNALS) & KILL_PENDING) != 0
                || inevitableEnd() != null;
    }

    /**
     * How a process will have ended whose end cannot be stopped any more, although some of its threads may still be in the kernel: none of
     * them returns from there.
     *
     * @return null while it lives; of one that ends with exit code 0; where the kernel tells nobody, or not this process; and when there
     *     is no such process
     * @throws OsException if it cannot be told
     */
    public @Nullable ExitStatus inevitableEnd(int pid) throws OsException {
        return stat.read(pid) ? inevitableEnd() : null;
    }

    private @Nullable ExitStatus inevitableEnd() {
        int wait = (int) stat.number(ProcessStat.EXIT_CODE);
        int signal = wait & 0x7f;
        if (wait == 0 || (signal >= FIRST_STOP_SIGNAL && signal <= LAST_STOP_SIGNAL)) {
            return null;
        }
        return ExitStatus.ofWait(wait);
    }

    /**
     * How a process ended that is dead as a whole, and whose parent, another, has not taken its status yet. That may be late, or never: an orphan's parent is a process 1 or a subreaper.
     * Allocates.
     *
     * @param startTicks of the process that is meant
     * @return null if its body is not there, or the kernel does not show it to this process, of another user
     * @throws OsException if it cannot be told
     */
    public @Nullable ExitStatus statusOfUnreaped(int pid, long startTicks) throws OsException {
        if (!isBody(pid, startTicks)) {
            return null;
        }
        ExitStatus status = ExitStatus.ofWait((int) stat.number(ProcessStat.EXIT_CODE));
        // Who may not see it is shown a 0, too. A body that is there afterwards was there when it was asked.
        boolean shown = stat.number(ProcessStat.EXIT_CODE) != 0 || (mayLookInto(pid) && isBody(pid, startTicks));
        return shown ? status : null;
    }

    private boolean isBody(int pid, long startTicks) throws OsException {
        return stat.read(pid) && stat.number(ProcessStat.START_TICKS) == startTicks && stat.state() == 'Z';
    }

    /** Of a body: it has no working directory, but who may not look into it is told that first. */
    private static boolean mayLookInto(int pid) {
        try {
            Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd"));
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Whether a process that is not dead leads its process group.
     *
     * @throws OsException if it cannot be told
     */
    public boolean leadsItsGroup(int pid) throws OsException {
        if (!stat.read(pid)) {
            return false;
        }
        return stat.isAlive() && stat.number(ProcessStat.GROUP) == pid;
    }

    /**
     * Kills what is left of a process group whose leader is gone, or may be: the number may be another group's by then. It is, if
     * a process of that number was started at another time, as the kernel gives no number anew that a group or a session has. Only
     * members of that session count, started when the leader was or later: both hold for all that it has left. The group is killed as a
     * whole, so that no fork outruns it, while a pidfd holds a member that was looked at, be it dead. A group of which none can be looked at
     * consists of what is always a new process, and is killed, too. Reads all of /proc, so it costs milliseconds and allocates.
     *
     * @param pgid 2 or more
     * @param leaderTicks when the leader was started
     * @return how many of them were not dead yet; 1 or more while that cannot be told for lack of descriptors
     */
    public int killRemnants(int pgid, long session, long leaderTicks) {
        if (signalGroup(pgid, 0) == Errno.ESRCH || isAnothers(pgid, leaderTicks)) {
            return 0;
        }
        String[] names = entriesOfProc();
        if (names == null) {
            return 1;
        }
        memberSeen = false;
        int left = 0;
        for (String name : names) {
            if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
                left += killRemnant(Integer.parseInt(name), pgid, session, leaderTicks) ? 1 : 0;
            }
        }
        // A leader that is there and is not shown may be a stranger.
        if (left == 0 && !memberSeen && Kernel.JNR_POSIX.kill(pgid, 0) != 0) {
            signalGroup(pgid, SIGKILL);
        }
        return left;
    }

    private boolean isAnothers(int pid, long startTicks) {
        try {
            long ticks = startTicks(pid);
            return ticks >= 0 && ticks != startTicks;
        } catch (OsException e) {
            return false; // no descriptor left: nothing is found below, and it is asked again
        }
    }

    /** Null when there is no descriptor left to list it with. */
    private static String @Nullable [] entriesOfProc() {
        return Path.of("/proc").toFile().list();
    }

    private boolean killRemnant(int pid, int pgid, long session, long notBeforeTicks) {
        try {
            return isRemnant(pid, pgid, session, notBeforeTicks) && killPinned(pid, pgid, session, notBeforeTicks);
        } catch (OsException e) {
            return e.errno() != Errno.ESRCH; // no descriptor left: it is asked again
        }
    }

    private boolean killPinned(int pid, int pgid, long session, long notBeforeTicks) throws OsException {
        try (PidFd pinned = PidFd.open(pid)) {
            // Once more: it is this very process from here on.
            if (!isRemnant(pid, pgid, session, notBeforeTicks)) {
                return false;
            }
            boolean alive = stat.isAlive();
            pinned.signal(SIGKILL);
            signalGroup(pgid, SIGKILL);
            return alive;
        }
    }

    private boolean isRemnant(int pid, int pgid, long session, long notBeforeTicks) throws OsException {
        if (!stat.read(pid) || stat.number(ProcessStat.GROUP) != pgid) {
            return false;
        }
        memberSeen = true;
        return stat.number(ProcessStat.SESSION) == session && stat.number(ProcessStat.START_TICKS) >= notBeforeTicks;
    }

    /**
     * Kills every process of a user, whatever group or session it is in, and with each its group, so that no fork outruns it. A pidfd that was
     * opened before it was looked at holds it meanwhile. Reads all of /proc, so it costs milliseconds and allocates.
     *
     * @param uid above 0
     * @return how many of them were not dead yet; 1 or more while that cannot be told for lack of descriptors
     */
    public int killAllOf(int uid) {
        if (uid <= 0) {
            throw new IllegalArgumentException("user " + uid + ": expected 1 or more");
        }
        String[] names = entriesOfProc();
        if (names == null) {
            return 1;
        }
        int left = 0;
        for (String name : names) {
            if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
                left += killIfOf(Integer.parseInt(name), uid) ? 1 : 0;
            }
        }
        return left;
    }

    private boolean killIfOf(int pid, int uid) {
        try {
            if (!isAliveAs(pid, uid)) {
                return false;
            }
            try (PidFd pinned = PidFd.open(pid)) {
                // Once more: it is this very process from here on.
                if (!isAliveAs(pid, uid)) {
                    return false;
                }
                pinned.signal(SIGKILL);
                long group = stat.number(ProcessStat.GROUP);
                if (group > 1 && group != Kernel.JNR_POSIX.getpgid()) {
                    signalGroup((int) group, SIGKILL);
                }
                return true;
            }
        } catch (OsException e) {
            return e.errno() != Errno.ESRCH; // no descriptor left: it is asked again
        }
    }

    private boolean isAliveAs(int pid, int uid) throws OsException {
        path.put(path.startWith(pid), END);
        if (LIBC.stat(path.bytes(), file) != 0 || file.getInt(Kernel.STAT_UID_OFFSET) != uid || !stat.read(pid)) {
            return false;
        }
        return stat.isAlive();
    }

    /** The inode of this process's pid namespace, which names it for as long as it exists; 0 where /proc does not show it. */
    public long pidNamespace() {
        try {
            return (Long) Files.getAttribute(Path.of("/proc/self/ns/pid"), "unix:ino");
        } catch (IOException e) {
            return 0;
        }
    }

    /** The kernel's random name of this boot, 36 characters. */
    public String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the boot id; is /proc mounted?", e);
        }
    }

    /**
     * Sends a signal to every member of a process group.
     *
     * @param pgid 2 or more
     * @return 0 when at least one member got it, or the error number: ESRCH (3) when there is no member, EPERM (1) when
     *     none may be signalled
     */
    public int signalGroup(int pgid, int signo) {
        return Kernel.JNR_POSIX.kill(-checkedGroup(pgid), signo) == 0 ? 0 : Kernel.JNR_POSIX.errno();
    }

    /**
     * Whether a process group has a member. Members that died as children of this process, other than the group's
     * leader, are reaped first: a root that is process 1 or a subreaper inherits them, and a dead member that nobody
     * reaps would keep the group in being for ever. The leader's status is left to its {@link PidFd}, and until that has
     * taken it the group exists.
     *
     * @param pgid 2 or more
     */
    public boolean groupExists(int pgid) {
        while (signalGroup(pgid, 0) != Errno.ESRCH) {
            if (!reapInherited(pgid)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a process group has a member that is not dead. For a group that goes on existing after a SIGKILL: in a
     * container whose process 1 reaps nobody it may consist of dead members only. Reads all of /proc, so it costs
     * milliseconds and allocates.
     *
     * @param pgid 2 or more
     * @return true also while that cannot be told for lack of descriptors
     */
    public boolean groupHasLiveMember(int pgid) {
        checkedGroup(pgid);
        String[] names = entriesOfProc();
        if (names == null) {
            return true;
        }
        try {
            for (String name : names) {
                if (name.charAt(0) >= '1' && name.charAt(0) <= '9' && isLiveMember(Integer.parseInt(name), pgid)) {
                    return true;
                }
            }
            return false;
        } catch (OsException e) {
            return true;
        }
    }

    private boolean isLiveMember(int pid, int pgid) throws OsException {
        if (!stat.read(pid) || stat.number(ProcessStat.GROUP) != pgid) {
            return false;
        }
        return stat.isAlive();
    }

    /**
     * Takes the status of a child of this process that nobody watches.
     *
     * @return false while it lives
     */
    public boolean reapUnwatched(int pid) {
        info.putInt(SI_PID_OFFSET, 0);
        // An error is ECHILD: somebody has taken it already.
        return LIBC.waitid(P_PID, pid, info, WEXITED | WNOHANG) != 0 || info.getInt(SI_PID_OFFSET) != 0;
    }

    /**
     * Takes the status of a dead child that this process has inherited: a process 1 is given every orphan.
     *
     * @param own says of which processes the status is not to be taken
     * @return whether there may be more
     */
    public boolean reapOrphan(IntPredicate own) {
        info.putInt(SI_PID_OFFSET, 0);
        if (LIBC.waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) != 0) {
            return false; // ECHILD: there is no child
        }
        int pid = info.getInt(SI_PID_OFFSET);
        if (pid == 0 || own.test(pid)) {
            return false;
        }
        return LIBC.waitid(P_PID, pid, info, WEXITED | WNOHANG) == 0;
    }

    private boolean reapInherited(int pgid) {
        info.putInt(SI_PID_OFFSET, 0);
        if (LIBC.waitid(P_PGID, pgid, info, WEXITED | WNOHANG | WNOWAIT) != 0) {
            return false; // ECHILD: no member is a child of ours
        }
        int pid = info.getInt(SI_PID_OFFSET);
        if (pid == 0 || pid == pgid) {
            return false;
        }
        return LIBC.waitid(P_PID, pid, info, WEXITED | WNOHANG) == 0;
    }

    private static int checkedGroup(int pgid) {
        if (pgid < 2) {
            // kill(2): 0 is our own group, -1 is every process there is, and group 1 is the system's or a container's
            // first process.
            throw new IllegalArgumentException("process group " + pgid + ": expected 2 or more");
        }
        return pgid;
    }
}
