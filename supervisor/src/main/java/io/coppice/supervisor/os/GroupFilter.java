package io.coppice.supervisor.os;

import io.coppice.supervisor.os.RefusedCall.Machine;

/**
 * The filter of system calls that keeps a child, and all that comes of it, in the process group and the session that it was started in: then one
 * kill(2) of the group reaches all of them at one moment, whatever they do, as the kernel lets no fork pass meanwhile.
 *
 * <p>setpgid(2) is refused with EPERM. setsid(2) is not so simple: it takes no argument that a filter could look at, and posix_spawn itself makes
 * one, in the child, before it executes the program. So it waits for the word of the {@link SessionGate}, which lets one pass and is shut; from then
 * on it is ENOSYS. Of two filters that ask, the kernel asks the newer one's listener, so a listener of its own is refused to the child: with it it
 * could give itself leave.
 *
 * <p>What it costs the child: timeout(1) without --foreground signals its whole process group, which now is the child's; a shell has no job control;
 * setsid(1) fails. As with {@link SeccompFilter}, a program of another architecture is ended.
 *
 * <p>Linux 5.5. Any thread.
 */
final class GroupFilter {
    /** <strong>Tests only.</strong> A system property: {@code true} for a kernel that cannot. Looked at each time. */
    static final String ABSENT_PROPERTY = "coppice.test.groupFilter.absent";

    /** SECCOMP_FILTER_FLAG_NEW_LISTENER of include/uapi/linux/seccomp.h. */
    static final int NEW_LISTENER = 8;

    private static final int SECCOMP_FLAGS_ARGUMENT = 1;

    private GroupFilter() {}

    /** Whether this kernel, and what is around this process, lets one be put in force. The first call tries it, which takes about a millisecond. */
    static boolean isAvailable() {
        return !Boolean.getBoolean(ABSENT_PROPERTY) && Tried.WORKS;
    }

    /** A trial, since the error numbers of a kernel that lacks a part are no sure sign, and a listener of one around the root precludes ours. */
    private static final class Tried {
        static final boolean WORKS = SpawnCall.canKeepGroup();
    }

    /** The program, one instruction each: struct sock_filter in little-endian order. */
    static long[] program(Machine machine) {
        boolean x86 = machine == Machine.X86_64;
        BpfProgram program = new BpfProgram();
        program.startFor(machine);
        program.answer(x86 ? 109 : 154, Errno.EPERM); // setpgid
        program.ask(x86 ? 112 : 157); // setsid
        program.refuseIfAnyBit(x86 ? 317 : 277, SECCOMP_FLAGS_ARGUMENT, NEW_LISTENER); // seccomp
        program.allow();
        return program.instructions();
    }

    /** The program of this machine as seccomp(2) takes it. */
    static LoadedFilter load() {
        return new LoadedFilter(program(Machine.ofThis()));
    }
}
