package io.coppice.supervisor.os;

import io.coppice.supervisor.os.RefusedCall.Machine;

/**
 * The filter of system calls that keeps a child, all that comes of it, and what it may open, in the process group and the session that it was started
 * in: then one kill(2) of the group reaches all of them at one moment, whatever they do, as the kernel lets no fork pass meanwhile.
 *
 * <p>setpgid(2) is refused with EPERM. setsid(2) is not so simple: it takes no argument that a filter could look at, and posix_spawn itself makes
 * one, in the child, before it executes the program. So it waits for the word of the {@link SessionGate}, which lets one pass and is shut; from then
 * on it is ENOSYS. Of two filters that ask, the kernel asks the newer one's listener, so a listener of its own is refused to the child: with it it
 * could give itself leave.
 *
 * <p>Nor may it hand what it has open to a process that is in another group: a descriptor goes from one process to another over a socket of AF_UNIX
 * (SCM_RIGHTS), and a filter cannot see what a message holds. So such sockets are refused with EPERM, and io_uring, which makes and uses sockets past
 * every filter, does not exist. Pairs of connected sockets stay, which reach nobody but each other, and which the JDK makes when it opens its first file;
 * but not of datagrams, which can be sent to anybody with a name.
 *
 * <p>Nor may it open its files to such a process by other rights than they were given with: who has one open keeps it, so a file that changes hands
 * later would be open to somebody who had no part in it. So modes, owners, groups, access control lists and flags of files cannot be changed ({@link
 * RefusedCall#CHANGE_RIGHTS}); a filter sees no paths, so of no file. The rights that a file is made with are not touched by this.
 *
 * <p>What it costs the child: whoever is asked through such a socket is not asked (a database on this machine is, by TCP; names are looked up in files
 * and by DNS); timeout(1) without --foreground signals its whole process group, which now is the child's; a shell has no job control; setsid(1) fails; modes of its own files cannot be set.
 * As with {@link SeccompFilter}, a program of another architecture is ended.
 *
 * <p>Linux 5.5. Any thread.
 */
final class GroupFilter {
    /** <strong>Tests only.</strong> A system property: {@code true} for a kernel that cannot. Looked at each time. */
    static final String ABSENT_PROPERTY = "coppice.test.groupFilter.absent";

    /** SECCOMP_FILTER_FLAG_NEW_LISTENER of include/uapi/linux/seccomp.h. */
    static final int NEW_LISTENER = 8;

    private static final int SECCOMP_FLAGS_ARGUMENT = 1;

    /** Of socket(2). */
    private static final int AF_UNIX = 1;

    private static final int SOCKET_TYPE_ARGUMENT = 1;

    /** SOCK_TYPE_MASK of include/linux/net.h; the other bits are flags. */
    private static final int TYPE_MASK = 0xf;

    private static final int SOCK_DGRAM = 2;

    /** To AF_UNIX the same. */
    private static final int SOCK_RAW = 3;

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
        program.refuseIf(x86 ? 41 : 198, 0, -1, AF_UNIX); // socket
        program.refuseIf(
                x86 ? 53 : 199,
                SOCKET_TYPE_ARGUMENT,
                TYPE_MASK,
                SOCK_DGRAM,
                SOCK_RAW); // socketpair, which only AF_UNIX has
        program.answer(425, Errno.ENOSYS); // io_uring_setup
        for (RefusedCall call : RefusedCall.CHANGE_RIGHTS) {
            call.addTo(program, machine);
        }
        program.allow();
        return program.instructions();
    }

    /** The program of this machine as seccomp(2) takes it. */
    static LoadedFilter load() {
        return new LoadedFilter(program(Machine.ofThis()));
    }
}
