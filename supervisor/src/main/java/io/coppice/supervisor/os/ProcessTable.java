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

    /** Longer than any /proc/PID/stat: 52 numbers of up to 20 digits and a name of up to 64 bytes. */
    private static final int STAT_BYTES = 2048;

    private static final byte[] STAT = {'/', 's', 't', 'a', 't', 0};

    /** Fields of proc_pid_stat(5), counted from 1. */
    private static final int STATE_FIELD = 3;

    private static final int GROUP_FIELD = 5;
    private static final int SESSION_FIELD = 6;
    private static final int START_TICKS_FIELD = 22;

    /** Of the first thread, signals 1 to 31; the kernel marks SIGKILL in each thread of a process that is to die of it. */
    private static final int PENDING_SIGNALS_FIELD = 31;

    /** Of the process as a whole once it is ending; else of its first thread, or the signal that stopped it. */
    private static final int EXIT_CODE_FIELD = 52;

    /** SIGSTOP to SIGTTOU: none of them ends a process. */
    private static final int FIRST_STOP_SIGNAL = 19;

    private static final int LAST_STOP_SIGNAL = 22;

    private static final long KILL_PENDING = 1L << (9 - 1);

    private static final byte[] END = {0};

    private final ProcessPath path = new ProcessPath();
    private final Pointer stat = Kernel.allocate(STAT_BYTES);
    private final Pointer info = Kernel.allocate(SIGINFO_BYTES);
    private final Pointer file = Kernel.allocate(Kernel.STAT_BYTES);
    private int statLength;

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
        return readStat(pid) ? number(START_TICKS_FIELD) : -1;
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
        if (!readStat(pid)) {
            return false;
        }
        byte state = stat.getByte(fieldStart(STATE_FIELD));
        return state == 'Z' || state == 'X';
    }

    /**
     * Whether a process is dead or about to be: its first thread has ended, or has been sent a SIGKILL that it has not taken yet, or the
     * kernel says how it will have ended. The kernel tells of a death only when the last of its threads is gone, some milliseconds later.
     *
     * @return false also when there is no such process
     * @throws OsException if it cannot be told
     */
    public boolean isDying(int pid) throws OsException {
        if (!readStat(pid)) {
            return false;
        }
        byte state = stat.getByte(fieldStart(STATE_FIELD));
        return state == 'Z'
                || state == 'X'
                || (number(PENDING_SIGNALS_FIELD) & KILL_PENDING) != 0
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
        return readStat(pid) ? inevitableEnd() : null;
    }

    private @Nullable ExitStatus inevitableEnd() {
        int wait = (int) number(EXIT_CODE_FIELD);
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
        ExitStatus status = ExitStatus.ofWait((int) number(EXIT_CODE_FIELD));
        // Who may not see it is shown a 0, too. A body that is there afterwards was there when it was asked.
        boolean shown = number(EXIT_CODE_FIELD) != 0 || (mayLookInto(pid) && isBody(pid, startTicks));
        return shown ? status : null;
    }

    private boolean isBody(int pid, long startTicks) throws OsException {
        return readStat(pid) && number(START_TICKS_FIELD) == startTicks && stat.getByte(fieldStart(STATE_FIELD)) == 'Z';
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
        if (!readStat(pid)) {
            return false;
        }
        byte state = stat.getByte(fieldStart(STATE_FIELD));
        return state != 'Z' && state != 'X' && number(GROUP_FIELD) == pid;
    }

    /**
     * Kills what is left of a process group whose leader is gone, or may be: the number may be another group's by then. It is, if
     * a process of that number was started at another time, as the kernel gives no number anew that a group or a session has. Only
     * members of that session count, started when the leader was or later: both hold for all that it has left. Each is killed
     * by a pidfd that was opened before it was looked at. Reads all of /proc, so it costs milliseconds and allocates.
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
        int left = 0;
        for (String name : names) {
            if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
                left += killRemnant(Integer.parseInt(name), pgid, session, leaderTicks) ? 1 : 0;
            }
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
            pinned.signal(SIGKILL);
            return true;
        }
    }

    private boolean isRemnant(int pid, int pgid, long session, long notBeforeTicks) throws OsException {
        if (!readStat(pid)
                || number(GROUP_FIELD) != pgid
                || number(SESSION_FIELD) != session
                || number(START_TICKS_FIELD) < notBeforeTicks) {
            return false;
        }
        byte state = stat.getByte(fieldStart(STATE_FIELD));
        return state != 'Z' && state != 'X';
    }

    /**
     * Kills every process of a user, whatever group or session it is in. Each by a pidfd that was opened before it was looked at. Reads all of
     * /proc, so it costs milliseconds and allocates.
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
                return true;
            }
        } catch (OsException e) {
            return e.errno() != Errno.ESRCH; // no descriptor left: it is asked again
        }
    }

    private boolean isAliveAs(int pid, int uid) throws OsException {
        path.put(path.startWith(pid), END);
        if (LIBC.stat(path.bytes(), file) != 0 || file.getInt(Kernel.STAT_UID_OFFSET) != uid || !readStat(pid)) {
            return false;
        }
        byte state = stat.getByte(fieldStart(STATE_FIELD));
        return state != 'Z' && state != 'X';
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
        if (!readStat(pid) || number(GROUP_FIELD) != pgid) {
            return false;
        }
        byte state = stat.getByte(fieldStart(STATE_FIELD));
        return state != 'Z' && state != 'X';
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

    private boolean readStat(int pid) throws OsException {
        if (pid <= 0) {
            throw new IllegalArgumentException("pid " + pid + ": expected 1 or more");
        }
        path.put(path.startWith(pid), STAT);
        int fd = LIBC.open(path.bytes(), Kernel.O_RDONLY | Kernel.O_CLOEXEC, 0);
        if (fd < 0) {
            int errno = Errno.last();
            if (errno == Errno.ENOENT || errno == Errno.ESRCH) {
                return false;
            }
            if (errno == Errno.EMFILE || errno == Errno.ENFILE || errno == Errno.ENOMEM) {
                throw Fds.exhausted("Cannot open /proc/" + pid + "/stat", errno);
            }
            throw Kernel.broken("Cannot open /proc/" + pid + "/stat", errno);
        }
        long read = LIBC.read(fd, stat, STAT_BYTES);
        int errno = read < 0 ? Errno.last() : 0;
        Fds.close(fd);
        if (read < 0 && errno != Errno.ESRCH) {
            throw Kernel.broken("Cannot read /proc/" + pid + "/stat", errno);
        }
        statLength = (int) Math.max(0, read);
        return statLength > 0;
    }

    /** Where the n-th field starts, n from 3: the name before it may hold spaces and parentheses of its own. */
    private int fieldStart(int field) {
        int at = statLength - 1;
        while (at >= 0 && stat.getByte(at) != ')') {
            at--;
        }
        for (int seen = STATE_FIELD - 1; at >= 0 && at < statLength; at++) {
            if (stat.getByte(at) == ' ' && ++seen == field) {
                return at + 1;
            }
        }
        throw new IllegalStateException("/proc/PID/stat has no field " + field);
    }

    private long number(int field) {
        long value = 0;
        for (int at = fieldStart(field); at < statLength; at++) {
            byte b = stat.getByte(at);
            if (b < '0' || b > '9') {
                break;
            }
            value = 10 * value + (b - '0');
        }
        return value;
    }
}
