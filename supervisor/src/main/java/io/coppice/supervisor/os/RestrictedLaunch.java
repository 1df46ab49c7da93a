package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;
import static io.coppice.supervisor.os.Kernel.SYSCALL_2;
import static io.coppice.supervisor.os.Kernel.SYSCALL_4;

import java.lang.ref.Reference;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One call of posix_spawn on a fresh thread that restricts itself first and ends after it: the child inherits, and no other thread of the root is
 * touched (landlock_restrict_self(2), seccomp(2) and no_new_privs are the calling thread's). The spawner's thread makes all that the thread needs and
 * waits for it; so it takes as long as the call does, as without a restriction.
 *
 * <p>Restricted, the thread may open nothing that no rule allows: no class from the root's jars, no library. So everything that it runs must have run
 * before. {@link #rehearse} runs it once, on a thread of the same kind, with arguments that each step refuses; then {@link #run} holds nothing but
 * calls into C that are bound and classes that are loaded, and even its errors are numbers. Nothing here may start a thread, which would inherit.
 */
final class RestrictedLaunch implements Runnable {
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_GET_NO_NEW_PRIVS = 39;
    private static final int PR_CAPBSET_READ = 23;
    private static final int PR_CAPBSET_DROP = 24;
    /** include/uapi/linux/sched.h. */
    private static final long CLONE_FILES = 0x400;

    private static final long NONE = -1;

    /** By number: an enum's own array is made anew by each call for it. */
    private static final int[] DROPPED = Stream.of(DroppedCapability.values())
            .mapToInt(DroppedCapability::number)
            .toArray();

    /** posix_spawnp, ready but for the thread that it is called on. */
    interface Spawn {
        /** The error number, 0 for a child. */
        int call();
    }

    /** Who answers the one call that {@link GroupFilter} asks about. */
    interface Gate {
        /**
         * Returns once the call was answered or will not come. The listener is closed then.
         *
         * @param caller the thread that launches; its child is what calls
         */
        void letOnePass(int listener, Thread caller);
    }

    private enum Step {
        PRIVILEGES("prctl(PR_SET_NO_NEW_PRIVS)"),
        CAPABILITIES("prctl(PR_CAPBSET_DROP)"),
        LANDLOCK("landlock_restrict_self"),
        FILTER("seccomp(SECCOMP_SET_MODE_FILTER)"),
        GROUP("seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER)"),
        TABLE("unshare(CLONE_FILES)"),
        SPAWN("posix_spawn");

        private final String call;

        Step(String call) {
            this.call = call;
        }
    }

    private final boolean rehearsal;
    private final long ruleset;
    private final long filter;
    private final long groupFilter;
    private final boolean user0;
    private final Spawn spawn;
    private final Gate gate;

    /** The thread has come past the group's filter, or has ended. */
    private final CountDownLatch gated = new CountDownLatch(1);

    /** Of the group's filter, {@link #NONE} without; written before {@link #gated}. */
    private long listener = NONE;

    // Written by the thread, read after its end.
    private Step step = Step.PRIVILEGES;
    private int errno;
    private @Nullable Throwable thrown;

    private RestrictedLaunch(
            boolean rehearsal, long ruleset, long filter, long groupFilter, boolean user0, Spawn spawn, Gate gate) {
        this.rehearsal = rehearsal;
        this.ruleset = ruleset;
        this.filter = filter;
        this.groupFilter = groupFilter;
        this.user0 = user0;
        this.spawn = spawn;
        this.gate = gate;
    }

    /**
     * Runs every step in vain. Once, before the first {@link #spawn}.
     *
     * @param inVain a call that starts nothing, and else is as the later ones
     * @return its error number
     */
    static int rehearse(Spawn inVain) {
        RestrictedLaunch launch = new RestrictedLaunch(true, NONE, 0, 0, false, inVain, SessionGate::letOnePass);
        launch.runOnThread();
        if (launch.errno == 0) {
            throw new IllegalStateException("The rehearsal of a restricted launch started something");
        }
        return launch.errno;
    }

    /**
     * Runs the steps of a launch that is kept in its group.
     *
     * @param inVain a call that fails once the child has a session of its own
     * @return its error number, or that of the step that failed before
     */
    static int tryGate(Spawn inVain, Gate gate) {
        LoadedFilter group = GroupFilter.load();
        RestrictedLaunch launch = new RestrictedLaunch(false, NONE, 0, group.address(), false, inVain, gate);
        try {
            launch.runOnThread();
            return launch.errno;
        } finally {
            Reference.reachabilityFence(group);
        }
    }

    /**
     * Calls {@code spawn} under a restriction.
     *
     * @return its error number, 0 for a child
     * @throws OsException if the restriction cannot be put in force, naming the step; nothing was started then
     */
    static int spawn(Restriction restriction, Spawn spawn) throws OsException {
        return carryOut(restriction, spawn, RestrictedLaunch::runOnThread).errno;
    }

    /**
     * Puts a restriction on the calling thread, for as long as it lives, and on all that it starts.
     *
     * @throws OsException naming the step; a part of it may be in force then
     */
    static void restrictThread(Restriction restriction) throws OsException {
        RestrictedLaunch steps = carryOut(restriction, () -> 0, RestrictedLaunch::run);
        if (steps.thrown != null) {
            throw new IllegalStateException("A thread could not be restricted at " + steps.step.call, steps.thrown);
        }
    }

    private static RestrictedLaunch carryOut(Restriction restriction, Spawn spawn, Consumer<RestrictedLaunch> how)
            throws OsException {
        LoadedFilter filter = filterOf(restriction);
        LoadedFilter group = restriction.group() && GroupFilter.isAvailable() ? GroupFilter.load() : null;
        long ruleset = rulesetOf(restriction);
        try {
            RestrictedLaunch launch = new RestrictedLaunch(
                    false,
                    ruleset,
                    filter == null ? 0 : filter.address(),
                    group == null ? 0 : group.address(),
                    LIBC.geteuid() == 0 && (ruleset != NONE || filter != null),
                    spawn,
                    SessionGate::letOnePass);
            how.accept(launch);
            if (launch.thrown == null && launch.step != Step.SPAWN) {
                throw OsException.of(launch.step.call, launch.errno, adviceOn(launch.errno));
            }
            return launch;
        } finally {
            Reference.reachabilityFence(filter);
            Reference.reachabilityFence(group);
            if (ruleset != NONE) {
                Fds.close((int) ruleset);
            }
        }
    }

    private static @Nullable LoadedFilter filterOf(Restriction restriction) throws OsException {
        if (!restriction.filter()) {
            return null;
        }
        if (!SeccompFilter.isAvailable()) {
            throw OsException.of(
                    "seccomp",
                    Errno.ENOSYS,
                    "There is no filter of system calls: the kernel has none (CONFIG_SECCOMP_FILTER), or one around the root refuses it");
        }
        return SeccompFilter.load();
    }

    private static long rulesetOf(Restriction restriction) throws OsException {
        LandlockRuleset ruleset = restriction.ruleset();
        if (ruleset == null) {
            return NONE;
        }
        int abi = Landlock.abi();
        if (abi == 0) {
            throw OsException.of(
                    "landlock_create_ruleset",
                    Errno.ENOSYS,
                    "There is no Landlock: Linux 5.13 or newer is needed, with landlock among the modules of lsm=, and no filter around"
                            + " the root that refuses it (a unit's SystemCallFilter=)");
        }
        return Landlock.open(ruleset, abi);
    }

    private static String adviceOn(int errno) {
        return switch (errno) {
            case Errno.E2BIG ->
                "No more than 16 rulesets may be in force on one process; the root itself runs under some";
            case Errno.EPERM -> "A filter around the root refuses it";
            default -> "";
        };
    }

    /** Waits for the thread whatever happens: it uses memory and descriptors of this one. */
    private void runOnThread() {
        Thread thread = new Thread(this, "coppice-restricted");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        boolean gateShut = false;
        while (true) {
            try {
                if (!gateShut) {
                    gated.await();
                    gateShut = true;
                    if (listener != NONE) {
                        gate.letOnePass((int) listener, thread);
                    }
                }
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // the spawner is being closed, which waits for no launch
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thrown != null) {
            throw new IllegalStateException("A restricted launch failed at " + step.call, thrown);
        }
    }

    @Override
    public void run() {
        try {
            int option = rehearsal ? PR_GET_NO_NEW_PRIVS : PR_SET_NO_NEW_PRIVS;
            if (stops(LIBC.prctl(option, rehearsal ? 0 : 1, 0, 0, 0))) {
                return;
            }
            step = Step.CAPABILITIES;
            if (!dropsCapabilities()) {
                return;
            }
            if (rehearsal || ruleset != NONE) {
                step = Step.LANDLOCK;
                if (stops(SYSCALL_2.syscall(Syscall.LANDLOCK_RESTRICT_SELF, ruleset, 0))) {
                    return;
                }
            }
            if (rehearsal || filter != 0) {
                step = Step.FILTER;
                if (stops(SYSCALL_4.syscall(Syscall.SECCOMP, SeccompFilter.SET_MODE_FILTER, 0, filter, 0))) {
                    return;
                }
            }
            if (rehearsal || groupFilter != 0) {
                step = Step.GROUP;
                long fd = SYSCALL_4.syscall(
                        Syscall.SECCOMP, SeccompFilter.SET_MODE_FILTER, GroupFilter.NEW_LISTENER, groupFilter, 0);
                if (stops(fd < 0 ? fd : 0)) {
                    return;
                }
                listener = fd < 0 ? NONE : fd;
                // A child that waits for an answer would wait for ever once this process is killed, if it had the
                // listener itself. So it is born of a
                // table of descriptors that has none; that of the thread which answers keeps it.
                step = Step.TABLE;
                if (stops(SYSCALL_2.syscall(Syscall.UNSHARE, CLONE_FILES, 0)) || stops(LIBC.close((int) listener))) {
                    return;
                }
            }
            gated.countDown();
            step = Step.SPAWN;
            errno = spawn.call();
        } catch (Throwable e) {
            thrown = e; // told by the thread that waits, which may load what it takes to tell
        } finally {
            gated.countDown();
        }
    }

    /** What is not in the bounding set no program has, whoever runs it; of other users than 0 none has any, with no new privileges. */
    private boolean dropsCapabilities() {
        for (int capability : DROPPED) {
            if (rehearsal || (user0 && LIBC.prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1)) {
                if (stops(LIBC.prctl(rehearsal ? PR_CAPBSET_READ : PR_CAPBSET_DROP, capability, 0, 0, 0))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean stops(long result) {
        errno = result == 0 ? 0 : Errno.last();
        return errno != 0 && !rehearsal;
    }
}
