package io.coppice.supervisor.root;

import io.coppice.supervisor.archive.ArchiverMain;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.LastExits;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.Pipe;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.Restricting;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.os.SpawnRequest;
import io.coppice.supervisor.os.SpawnResult;
import io.coppice.supervisor.os.Spawner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Processes that do something for the root and end: not supervised, not on record, each with a session and a process group of its own, which is killed
 * with its leader. What a root that dies leaves of them, its successor kills: {@link #endLeft}.
 *
 * <p>Duty-cycle thread only; no call blocks but {@link #close}. Allocates for each of them, and only then.
 */
final class Errands implements AutoCloseable {
    /** Among the tokens of spawns: a bit that no incarnation reaches. */
    private static final long SPAWN_TOKEN = 1L << 62;

    /** And which process it was that was sent: what it starts itself inherits both. */
    private static final String MARK_OF_LEADER = "COPPICE_ERRAND_PID=";

    /** The descriptor that a plain spawn hands down for holding it is none of the program's. */
    private static final String WITHOUT_HOLD = "exec 3<&-; export " + MARK_OF_LEADER + "$$; exec \"$@\"";

    /** Of one that may take as long as it likes. */
    static final long NO_TIMEOUT = Long.MAX_VALUE;

    private static final long NANOS_PER_MS = 1_000_000;
    private static final int END_MS = 1_000;
    private static final int POLL_MS = 5;

    /** Hears of an end. */
    @FunctionalInterface
    interface End {
        /**
         * It is over, and nothing of its group is meant to go on.
         *
         * @param status null if it was never run
         * @param failure why not, or why it was killed; else empty
         */
        void ended(@Nullable ExitStatus status, String failure, long nowNs);
    }

    /** One that has not ended. */
    final class Errand {
        private final int slot;
        private final End end;
        private final long timeoutNs;
        private long deadlineNs;
        private @Nullable PidFd pidFd;
        private boolean unwanted;
        private String failure = "";

        private Errand(int slot, long timeoutNs, End end) {
            this.slot = slot;
            this.timeoutNs = timeoutNs;
            this.end = end;
            long nowNs = System.nanoTime();
            this.deadlineNs = timeoutNs >= Long.MAX_VALUE - nowNs ? Long.MAX_VALUE : nowNs + timeoutNs;
        }

        /** Kills it; its end is told as any. */
        void kill() {
            unwanted = true;
            PidFd known = pidFd;
            if (known != null) {
                processes.signalGroup(known.pid(), SignalNumbers.of("KILL"));
            }
        }
    }

    private final Path directory;
    private final Spawner spawner;
    private final Epoll epoll;
    private final ProcessTable processes;
    private final List<@Nullable Errand> slots = new ArrayList<>();

    /** @param directory the instance's */
    Errands(Path directory, Spawner spawner, Epoll epoll, ProcessTable processes) {
        this.directory = directory;
        this.spawner = spawner;
        this.epoll = epoll;
        this.processes = processes;
    }

    /**
     * Sends one. Its end is told in a later turn, always.
     *
     * @param argv a program and its arguments; looked up as that of a plain command
     * @param environment all of it, {@code NAME=VALUE} each
     * @param log takes what it says
     * @param restriction what it may do; null for everything
     * @param timeoutNs after which it is killed with its group; {@link #NO_TIMEOUT}
     * @throws OsException if there is no descriptor for it; nothing was started then, and nothing is told
     */
    Errand send(
            List<String> argv,
            List<String> environment,
            String workingDirectory,
            Path log,
            @Nullable Restricting restriction,
            long timeoutNs,
            End end)
            throws OsException {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", WITHOUT_HOLD, "coppice-errand"));
        words.addAll(argv);
        int slot = slots.indexOf(null);
        if (slot < 0) {
            slot = slots.size();
            slots.add(null);
        }
        Pipe unused = Pipe.create();
        try {
            spawner.submit(new SpawnRequest(
                    SPAWN_TOKEN | slot,
                    words,
                    marked(environment),
                    workingDirectory,
                    log.toString(),
                    null,
                    unused.readFd(),
                    -1,
                    false,
                    null,
                    null,
                    restriction));
        } finally {
            Fds.close(unused.readFd());
            Fds.close(unused.writeFd());
        }
        Errand errand = new Errand(slot, timeoutNs, end);
        slots.set(slot, errand);
        return errand;
    }

    /** The same, and it may do everything. */
    Errand send(List<String> argv, List<String> environment, String workingDirectory, Path log, long timeoutNs, End end)
            throws OsException {
        return send(argv, environment, workingDirectory, log, null, timeoutNs, end);
    }

    private List<String> marked(List<String> environment) {
        List<String> all = new ArrayList<>(environment);
        all.add(mark(directory));
        return all;
    }

    /**
     * Kills those that a root which died had sent, each with its group: nobody hears of their ends, and one that asks a process to end
     * would ask its successor. What one has left in a group or session of that process's own is none. Before anything is adopted; reads all of
     * /proc.
     */
    static void endLeft(Path directory, ProcessTable processes) throws OsException {
        String mark = mark(directory);
        for (MarkedLeaders.Leader left :
                MarkedLeaders.find(processes, leader -> isErrand(leader.pid(), leader.environment(), mark))) {
            processes.signalGroup(left.pid(), SignalNumbers.of("KILL"));
        }
    }

    /** For an instant it is still the shell, which does not have its number in its own environment. */
    private static boolean isErrand(int pid, List<String> environment, String mark) {
        return environment.contains(mark)
                && (environment.contains(MARK_OF_LEADER + pid)
                        || environment.stream().noneMatch(entry -> entry.startsWith(MARK_OF_LEADER)));
    }

    /** How one ended, for texts. */
    static String words(@Nullable ExitStatus status, String failure) {
        return status == null || !failure.isEmpty() ? failure : LastExits.statusText(status);
    }

    private static String mark(Path directory) {
        return ArchiverMain.ERRAND_MARK + "=" + directory;
    }

    /** Whether a spawn's result is that of an errand. */
    static boolean isOne(SpawnResult result) {
        return result.token() >= SPAWN_TOKEN;
    }

    void onResult(SpawnResult result, long nowNs) {
        Errand errand = slots.get((int) (result.token() - SPAWN_TOKEN));
        if (errand == null) {
            return;
        }
        if (result instanceof SpawnResult.Failed failed) {
            over(errand, null, failed.reason(), nowNs);
        } else if (result instanceof SpawnResult.Spawned spawned) {
            try {
                PidFd pidFd = PidFd.open(spawned.pid());
                errand.pidFd = pidFd;
                epoll.add(pidFd.fd(), Tokens.of(Tokens.ERRAND, errand.slot));
                if (errand.unwanted) {
                    errand.kill();
                }
            } catch (OsException e) {
                // Nobody would hear of its end.
                processes.signalGroup(spawned.pid(), SignalNumbers.of("KILL"));
                close(errand);
                over(errand, null, "pid " + spawned.pid() + " cannot be watched: " + e.getMessage(), nowNs);
            }
        }
    }

    /** The one in this slot is dead. */
    void onDeath(int slot, long nowNs) {
        Errand errand = slots.get(slot);
        PidFd pidFd = errand == null ? null : errand.pidFd;
        if (errand == null || pidFd == null) {
            return;
        }
        epoll.remove(pidFd.fd());
        // What it may have left of its group: before it is reaped, so that the number is nobody else's.
        errand.kill();
        ExitStatus status = pidFd.tryReap();
        close(errand);
        over(errand, status, status == null ? "its status cannot be had" : errand.failure, nowNs);
    }

    /** When the next of them has had its time; {@link Long#MAX_VALUE} if none is bounded. Allocates nothing. */
    long nextDeadlineNs() {
        long nextNs = Long.MAX_VALUE;
        for (int i = 0; i < slots.size(); i++) {
            Errand errand = slots.get(i);
            if (errand != null) {
                nextNs = Math.min(nextNs, errand.deadlineNs);
            }
        }
        return nextNs;
    }

    /** Kills those that have had their time. */
    void onDeadline(long nowNs) {
        for (int i = 0; i < slots.size(); i++) {
            Errand errand = slots.get(i);
            if (errand != null && errand.deadlineNs <= nowNs) {
                errand.deadlineNs = Long.MAX_VALUE;
                errand.failure = "was not done within " + errand.timeoutNs / NANOS_PER_MS + " ms, and was killed";
                errand.kill();
            }
        }
    }

    private void over(Errand errand, @Nullable ExitStatus status, String failure, long nowNs) {
        slots.set(errand.slot, null);
        errand.end.ended(status, failure, nowNs);
    }

    /** Whether a process is one, whose status is taken here. */
    boolean isOne(int pid) {
        for (int i = 0; i < slots.size(); i++) {
            Errand errand = slots.get(i);
            if (errand != null && errand.pidFd != null && errand.pidFd.pid() == pid) {
                return true;
            }
        }
        return false;
    }

    /** Whether there may be one whose pid is not known yet. */
    boolean areAwaited() {
        for (int i = 0; i < slots.size(); i++) {
            Errand errand = slots.get(i);
            if (errand != null && errand.pidFd == null) {
                return true;
            }
        }
        return false;
    }

    private static void close(Errand errand) {
        PidFd pidFd = errand.pidFd;
        if (pidFd != null) {
            pidFd.close();
            errand.pidFd = null;
        }
    }

    /** Ends those that are at work. Waits for them, for a second at most, so that whoever waited for this root may remove its files. */
    @Override
    public void close() {
        for (Errand errand : slots) {
            if (errand != null) {
                errand.kill();
            }
        }
        for (int waitedMs = 0; waitedMs < END_MS && anyLives(); waitedMs += POLL_MS) {
            LockSupport.parkNanos(POLL_MS * 1_000_000L);
        }
        for (Errand errand : slots) {
            if (errand != null) {
                close(errand);
            }
        }
    }

    private boolean anyLives() {
        for (Errand errand : slots) {
            if (errand != null && errand.pidFd != null && processes.groupHasLiveMember(errand.pidFd.pid())) {
                return true;
            }
        }
        return false;
    }
}
