package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.io.File;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.ToIntFunction;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The one blocking call that makes a child: posix_spawnp(3), which returns once the child has executed its program or
 * could not. In glibc it is clone(CLONE_VM | CLONE_VFORK): no page of the root is copied, and no Java code runs in the
 * child.
 *
 * <p>The child is clean whatever the root is like: no signal blocked, each at its default (also SIGPIPE, and SIGHUP under
 * nohup), a session and with it a process group of its own, no descriptor above the wanted ones. The session takes the
 * terminal from it, and the right to wake (SIGCONT) what is in the root's session. Spawner thread only.
 */
final class SpawnCall {
    /** More than glibc's posix_spawnattr_t (336), posix_spawn_file_actions_t (80) and sigset_t (128) on both machines. */
    private static final int OPAQUE_BYTES = 512;

    private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final short POSIX_SPAWN_SETSID = 0x80;
    private static final int LOG_FLAGS = Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_APPEND | Kernel.O_NOFOLLOW;
    private static final int LOG_MODE = 0600;
    private static final int NO_FD = -1;

    /** What a child reads that waits to be admitted. */
    static final int ADMISSION_FD = 4;

    private static final byte[] ADMITTED = {'\n'};
    private static final int SIGKILL = 9;
    private static final int P_PID = 1;
    private static final int WEXITED = 4;

    private final Pointer attributes = Kernel.allocate(OPAQUE_BYTES);
    private final Pointer actions = Kernel.allocate(OPAQUE_BYTES);
    private final Pointer devNull = NativeStrings.of("/dev/null");
    private final Pointer pid = Kernel.allocate(Integer.BYTES);
    private final Pointer info = Kernel.allocate(OPAQUE_BYTES); // siginfo_t: 128
    private boolean rehearsed;

    SpawnCall() {
        Pointer signals = Kernel.allocate(OPAQUE_BYTES);
        done("posix_spawnattr_init", LIBC.posix_spawnattr_init(attributes));
        try {
            done("posix_spawnattr_setsigmask", LIBC.posix_spawnattr_setsigmask(attributes, signals)); // none
            // All 64, in the kernel's and glibc's layout. sigfillset leaves out 32 and 33, the C library's own, and
            // posix_spawn would then hand them to the child ignored.
            signals.putLong(0, -1L);
            done("posix_spawnattr_setsigdefault", LIBC.posix_spawnattr_setsigdefault(attributes, signals));
        } finally {
            Reference.reachabilityFence(signals);
        }
        short flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
        done("posix_spawnattr_setflags", LIBC.posix_spawnattr_setflags(attributes, flags));
    }

    /**
     * Starts the program of {@code request} with these copies of its descriptors, which must be 100 or more.
     *
     * @param notifyFd -1 for none
     * @throws IOException if its preparation refused to start it
     */
    SpawnResult spawn(SpawnRequest request, int holdFd, int notifyFd) throws IOException {
        Admission admission = request.admission();
        if (admission == null) {
            return spawn(request, holdFd, notifyFd, NO_FD);
        }
        Pipe pipe;
        try {
            pipe = Pipe.create();
        } catch (OsException e) {
            return new SpawnResult.Failed(
                    request.token(),
                    e.errno(),
                    "Cannot start '" + request.argv().get(0) + "': " + e.getMessage());
        }
        SpawnResult result;
        try {
            result = spawn(request, holdFd, notifyFd, pipe.readFd());
            if (result instanceof SpawnResult.Spawned spawned) {
                admit(spawned.pid(), admission, pipe);
            }
        } finally {
            Fds.close(pipe.readFd());
            Fds.close(pipe.writeFd());
        }
        return result;
    }

    /** @throws IOException if it is not admitted; nothing is left of it then */
    private void admit(int child, Admission admission, Pipe pipe) throws IOException {
        boolean admitted = false;
        try {
            admission.admit(child);
            admitted = true;
        } finally {
            if (!admitted) {
                end(child);
            }
        }
        // Of one that has ended meanwhile its status tells.
        Fds.write(pipe.writeFd(), ADMITTED, ADMITTED.length);
    }

    /** It has executed a shell that waits, and does nothing else; so it goes at once. */
    private void end(int child) {
        Kernel.JNR_POSIX.kill(child, SIGKILL);
        while (LIBC.waitid(P_PID, child, info, WEXITED) != 0) {
            if (Errno.last() != Errno.EINTR) {
                throw Kernel.broken("waitid of process " + child, Errno.last());
            }
        }
    }

    private SpawnResult spawn(SpawnRequest request, int holdFd, int notifyFd, int admissionFd) throws IOException {
        ArgvPreparation preparation = request.preparation();
        List<String> argv = preparation == null ? request.argv() : preparation.prepare(request.argv());
        Restricting restricting = request.restriction();
        Restriction restriction = restricting == null ? null : restricting.restriction();
        ProgramSearch.Found program = ProgramSearch.find(request);
        int errno = program.errno();
        String refusal = null;
        long logStartBytes = lengthOf(request.logFile());
        if (program.ok()) {
            JournalStream journal = request.journal();
            int journalFd = journal == null ? NO_FD : journal.open();
            try {
                errno = call(request, argv, restriction, program.path(), holdFd, notifyFd, journalFd, admissionFd);
            } catch (OsException e) {
                return new SpawnResult.Failed(
                        request.token(), e.errno(), "Cannot start '" + argv.get(0) + "' restricted: " + e.getMessage());
            } finally {
                closeIfOpen(journalFd);
            }
            if (journal != null && journalFd < 0) {
                refusal = journal.explain(-journalFd, request.logFile());
            }
        }
        if (errno == 0) {
            return new SpawnResult.Spawned(request.token(), pid.getInt(0), refusal, logStartBytes);
        }
        return new SpawnResult.Failed(request.token(), errno, reason(request, program, errno));
    }

    private static String reason(SpawnRequest request, ProgramSearch.Found program, int errno) {
        String reason = ProgramSearch.explain(request, program, errno);
        boolean anyRules = request.restriction() != null && request.restriction() != Restriction.IN_GROUP;
        return !anyRules || errno != Errno.EACCES || !program.ok()
                ? reason
                : reason + ". Its restriction must let it execute " + program.path() + " and its interpreter or loader";
    }

    private static void closeIfOpen(int fd) {
        if (fd >= 0) {
            Fds.close(fd);
        }
    }

    private static long lengthOf(String file) {
        // Of a file that cannot be looked at as well: whoever wants to know begins at its beginning then.
        return new File(file).length();
    }

    /**
     * The error number, 0 for a child.
     *
     * @param journalFd negative for the log file
     * @throws OsException if a restriction could not be put in force; nothing was started then
     */
    private int call(
            SpawnRequest request,
            List<String> arguments,
            @Nullable Restriction restriction,
            String program,
            int holdFd,
            int notifyFd,
            int journalFd,
            int admissionFd)
            throws OsException {
        if (restriction == null) {
            return call(request, arguments, program, holdFd, notifyFd, journalFd, NO_FD, admissionFd, this::spawn);
        }
        // A restricted child opens under its restriction, also what it opens before it executes its program. So that no
        // rule needs to let it
        // open its log, it gets both opened.
        int outputFd = NO_FD;
        int inputFd = NO_FD;
        try {
            if (journalFd < 0) {
                outputFd = openHigh(request.logFile(), LOG_FLAGS, LOG_MODE);
                if (outputFd < 0) {
                    return -outputFd;
                }
            }
            if (!request.holdOnStdin()) {
                inputFd = openHigh("/dev/null", Kernel.O_RDONLY, 0);
                if (inputFd < 0) {
                    throw OsException.of("open /dev/null", -inputFd, "");
                }
            }
            rehearseOnce();
            int output = journalFd < 0 ? outputFd : journalFd;
            return call(
                    request,
                    arguments,
                    program,
                    holdFd,
                    notifyFd,
                    output,
                    inputFd,
                    admissionFd,
                    (file, argv, envp) -> RestrictedLaunch.spawn(restriction, () -> spawn(file, argv, envp)));
        } finally {
            closeIfOpen(outputFd);
            closeIfOpen(inputFd);
        }
    }

    private static int openHigh(String path, int flags, int mode) {
        int fd = PathCalls.open(path, flags, mode);
        if (fd < 0) {
            return fd;
        }
        int high = Fds.copyHigh(fd);
        Fds.close(fd);
        return high;
    }

    /** The last call, with all that it points to prepared. */
    private interface Launch {
        int spawn(Pointer file, Pointer argv, Pointer envp) throws OsException;
    }

    /**
     * @param outputFd negative for the log file, opened by the child
     * @param inputFd negative for /dev/null, opened by the child
     */
    private int call(
            SpawnRequest request,
            List<String> arguments,
            String program,
            int holdFd,
            int notifyFd,
            int outputFd,
            int inputFd,
            int admissionFd,
            Launch launch)
            throws OsException {
        Pointer file = NativeStrings.of(program);
        Pointer log = NativeStrings.of(request.logFile());
        Pointer directory = NativeStrings.of(request.workingDirectory());
        Pointer argv = NativeStrings.vector(arguments);
        Pointer envp = NativeStrings.vector(request.environment());
        done("posix_spawn_file_actions_init", LIBC.posix_spawn_file_actions_init(actions));
        try {
            if (outputFd >= 0) {
                addDup(outputFd, 1);
            } else {
                addOpen(1, log, LOG_FLAGS, LOG_MODE);
            }
            addDup(1, 2);
            int firstUnwanted = 3;
            if (request.holdOnStdin()) {
                addDup(holdFd, 0);
                if (notifyFd >= 0) {
                    addDup(notifyFd, 3);
                    firstUnwanted = 4;
                }
            } else {
                if (inputFd >= 0) {
                    addDup(inputFd, 0);
                } else {
                    addOpen(0, devNull, Kernel.O_RDONLY, 0);
                }
                addDup(holdFd, 3);
                firstUnwanted = 4;
            }
            if (admissionFd >= 0) {
                addDup(admissionFd, ADMISSION_FD);
                firstUnwanted = ADMISSION_FD + 1;
            }
            done("addclosefrom_np", LIBC.posix_spawn_file_actions_addclosefrom_np(actions, firstUnwanted));
            done("addchdir_np", LIBC.posix_spawn_file_actions_addchdir_np(actions, directory));
            return launch.spawn(file, argv, envp);
        } finally {
            // C knows bare addresses only: these keep the collector from freeing what the call reads.
            Reference.reachabilityFence(file);
            Reference.reachabilityFence(log);
            Reference.reachabilityFence(directory);
            Reference.reachabilityFence(argv);
            Reference.reachabilityFence(envp);
            Reference.reachabilityFence(this);
            done("posix_spawn_file_actions_destroy", LIBC.posix_spawn_file_actions_destroy(actions));
        }
    }

    private int spawn(Pointer file, Pointer argv, Pointer envp) {
        return LIBC.posix_spawnp(pid, file, actions, attributes, argv, envp);
    }

    private void rehearseOnce() {
        if (!rehearsed) {
            inVain(RestrictedLaunch::rehearse);
            rehearsed = true;
        }
    }

    /** Whether a launch under {@link GroupFilter} comes as far as its program. Tries it; starts nothing. */
    static boolean canKeepGroup() {
        return SeccompFilter.isAvailable() && tryGroup(SessionGate::letOnePass) == Errno.ENOTDIR;
    }

    /** The error number of a launch under {@link GroupFilter} that comes to nothing. */
    static int tryGroup(RestrictedLaunch.Gate gate) {
        return new SpawnCall().inVain(inVain -> RestrictedLaunch.tryGate(inVain, gate));
    }

    private int inVain(ToIntFunction<RestrictedLaunch.Spawn> launch) {
        Pointer file = NativeStrings.of("/dev/null/no-program");
        Pointer none = NativeStrings.vector(List.of());
        done("posix_spawn_file_actions_init", LIBC.posix_spawn_file_actions_init(actions));
        try {
            return launch.applyAsInt(() -> spawn(file, none, none));
        } finally {
            Reference.reachabilityFence(file);
            Reference.reachabilityFence(none);
            Reference.reachabilityFence(this);
            done("posix_spawn_file_actions_destroy", LIBC.posix_spawn_file_actions_destroy(actions));
        }
    }

    private void addOpen(int fd, Pointer path, int flags, int mode) {
        done("addopen", LIBC.posix_spawn_file_actions_addopen(actions, fd, path, flags, mode));
    }

    private void addDup(int from, int to) {
        done("adddup2", LIBC.posix_spawn_file_actions_adddup2(actions, from, to));
    }

    /** These calls only fill a struct; they fail for lack of memory or a wrong descriptor number. */
    private static void done(String call, int errno) {
        if (errno != 0) {
            throw Kernel.broken(call, errno);
        }
    }
}
