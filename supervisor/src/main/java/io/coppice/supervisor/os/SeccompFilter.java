package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.SYSCALL_4;

import io.coppice.supervisor.os.RefusedCall.Machine;
import java.lang.ref.Reference;
import jnr.ffi.Pointer;

/**
 * The filter of system calls that a restricted child runs under (seccomp(2), Documentation/userspace-api/seccomp_filter.rst): a program for the
 * kernel's classic BPF machine that refuses what {@link RefusedCall} lists with EPERM and allows the rest.
 *
 * <p>It closes what Landlock has no right for. Both look at one user's processes among themselves: what a mode, an owner, a time, a priority, an
 * affinity or a limit of a peer is worth to an attacker is that the peer no longer starts, no longer runs in time or is killed (RLIMIT_CPU of 0).
 * Since a filter sees numbers and no paths, a worker loses these calls for its own files too: {@code Files.setPosixFilePermissions}, {@code
 * setLastModifiedTime} and copying attributes fail, so do tar and unzip where they restore modes, and jcmd and jstack find no answer, as the JVM
 * gives its socket a mode.
 *
 * <p>A JVM needs none of what is refused: HotSpot 17 and 25 limit and bind nothing but themselves, by number 0. -XX:+UseSHM alone asks for
 * shared memory of System V, and HotSpot goes on without. Only -XX:ThreadPriorityPolicy has it
 * set priorities by thread number; that is refused, and HotSpot ignores it.
 *
 * <p>A call of another architecture (a 32-bit program) ends the process by SIGSYS, since its numbers mean other calls; one of x32 does not exist.
 *
 * <p>Cost: the kernel (5.11) remembers the numbers that are allowed whatever their arguments; the others run a few hundred compiled instructions.
 */
final class SeccompFilter {
    /** <strong>Tests only.</strong> A system property: {@code true} for a kernel without filters. Looked at each time. */
    static final String ABSENT_PROPERTY = "coppice.test.seccomp.absent";

    static final long SET_MODE_FILTER = 1;
    private static final long GET_ACTION_AVAIL = 2;

    private SeccompFilter() {}

    /** Whether this kernel takes filters that answer with an error. */
    static boolean isAvailable() {
        if (Boolean.getBoolean(ABSENT_PROPERTY)) {
            return false;
        }
        Pointer action = Kernel.allocate(Integer.BYTES);
        try {
            action.putInt(0, BpfProgram.RET_ERRNO);
            return SYSCALL_4.syscall(Syscall.SECCOMP, GET_ACTION_AVAIL, 0, action.address(), 0) == 0;
        } finally {
            Reference.reachabilityFence(action);
        }
    }

    /**
     * The program, one instruction each: struct sock_filter in little-endian order.
     *
     * @param landlockTruncates whether Landlock knows {@link LandlockRight#TRUNCATE}
     */
    static long[] program(Machine machine, boolean landlockTruncates) {
        BpfProgram program = new BpfProgram();
        program.startFor(machine);
        for (RefusedCall call : RefusedCall.values()) {
            if (!(call.forTruncation() && landlockTruncates)) {
                call.addTo(program, machine);
            }
        }
        program.allow();
        return program.instructions();
    }

    /** The program of this machine and kernel as seccomp(2) takes it. */
    static LoadedFilter load() {
        return new LoadedFilter(program(Machine.ofThis(), Landlock.abi() >= LandlockRight.TRUNCATE.sinceAbi()));
    }
}
