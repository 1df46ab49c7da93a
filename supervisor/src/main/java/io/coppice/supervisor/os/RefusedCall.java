package io.coppice.supervisor.os;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The system calls that {@link SeccompFilter} refuses, wholly or by an argument, and why. A call that is not here is allowed. Of a transaction
 * {@link GroupFilter} refuses some of them, whatever else restricts it.
 *
 * <p>Numbers: x86-64 from arch/x86/entry/syscalls/syscall_64.tbl, aarch64 from include/uapi/asm-generic/unistd.h (from 424 on the two agree),
 * of Linux 6.18; {@link Machine#NONE} where the machine has no such call.
 *
 * <p>An argument of type int, unsigned int or pid_t is compared by its lower 32 bits: the kernel ignores the others.
 */
@SuppressWarnings("ImmutableEnumChecker") // nobody writes into the arrays of a condition
enum RefusedCall {
    // Modes, owners, times and attributes of files. Landlock has no right for them, and one user owns all files here:
    // any worker could
    // shut a peer out of its own segment, or backdate what a start archive is checked by. A filter sees no paths, so a
    // worker cannot
    // change its own files either; the mode that open(2) and mkdir(2) give at birth is not touched by this.
    CHMOD(90, Machine.NONE, always()),
    FCHMOD(91, 52, always()),
    FCHMODAT(268, 53, always()),
    FCHMODAT2(452, 452, always()),
    CHOWN(92, Machine.NONE, always()),
    FCHOWN(93, 55, always()),
    LCHOWN(94, Machine.NONE, always()),
    FCHOWNAT(260, 54, always()),
    UTIME(132, Machine.NONE, always()),
    UTIMES(235, Machine.NONE, always()),
    FUTIMESAT(261, Machine.NONE, always()),
    UTIMENSAT(280, 88, always()),
    SETXATTR(188, 5, always()),
    LSETXATTR(189, 6, always()),
    FSETXATTR(190, 7, always()),
    SETXATTRAT(463, 463, always()),
    REMOVEXATTR(197, 14, always()),
    LREMOVEXATTR(198, 15, always()),
    FREMOVEXATTR(199, 16, always()),
    REMOVEXATTRAT(466, 466, always()),
    FILE_SETATTR(469, 469, always()),
    /**
     * The commands that change a file through a descriptor that is open for reading only: flags (FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR), verity, which
     * makes a file unwritable for ever (FS_IOC_ENABLE_VERITY), encryption; and those that freeze and thaw a file system. Then the ones that type
     * into a terminal, and so into the shell that the root was started from (TIOCSTI, TIOCLINUX).
     */
    IOCTL(
            16,
            29,
            ifArgument(1, -1, 0x40086602, 0x401c5820, 0x40806685, 0x800c6613, 0xc0045877, 0xc0045878, 0x5412, 0x541c)),
    /** F_SETLEASE: who may read a file can have its next opener wait 45 s (/proc/sys/fs/lease-break-time). */
    FCNTL(72, 25, ifArgument(1, -1, 1024)),

    // What works on other processes. With 0 for the process these are about the caller, and allowed.
    /** By process only, and only the caller: a process may join another's group, so a group is not its own. */
    SETPRIORITY(141, 140, unlessArguments(0, 0, 1, 0)),
    /** As {@link #SETPRIORITY}; IOPRIO_WHO_PROCESS is 1. */
    IOPRIO_SET(251, 30, unlessArguments(0, 1, 1, 0)),
    SCHED_SETAFFINITY(203, 122, unlessArguments(0, 0)),
    SCHED_SETSCHEDULER(144, 119, unlessArguments(0, 0)),
    SCHED_SETPARAM(142, 118, unlessArguments(0, 0)),
    SCHED_SETATTR(314, 274, unlessArguments(0, 0)),
    PRLIMIT64(302, 261, unlessArguments(0, 0)),
    MOVE_PAGES(279, 239, unlessArguments(0, 0)),
    MIGRATE_PAGES(256, 238, unlessArguments(0, 0)),
    PTRACE(101, 117, always()),
    PROCESS_VM_READV(310, 270, always()),
    PROCESS_VM_WRITEV(311, 271, always()),
    PROCESS_MADVISE(440, 440, always()),
    PIDFD_GETFD(438, 438, always()),
    KCMP(312, 272, always()),
    PERF_EVENT_OPEN(298, 241, always()),

    // Keys belong to the user, not to the process.
    ADD_KEY(248, 217, always()),
    REQUEST_KEY(249, 218, always()),
    KEYCTL(250, 219, always()),

    // Shared memory, semaphores and message queues, of System V and of POSIX, belong to the user, and have names or
    // numbers that everybody sees
    // (/proc/sysvipc): a worker could attach a peer's, change it and remove it. A queue that was opened by its name in
    // a file system is one, too.
    SHMGET(29, 194, always()),
    SHMAT(30, 196, always()),
    SHMCTL(31, 195, always()),
    SEMGET(64, 190, always()),
    SEMOP(65, 193, always()),
    SEMTIMEDOP(220, 192, always()),
    SEMCTL(66, 191, always()),
    MSGGET(68, 186, always()),
    MSGSND(69, 189, always()),
    MSGRCV(70, 188, always()),
    MSGCTL(71, 187, always()),
    MQ_OPEN(240, 180, always()),
    MQ_UNLINK(241, 181, always()),
    MQ_TIMEDSEND(242, 182, always()),
    MQ_TIMEDRECEIVE(243, 183, always()),
    MQ_NOTIFY(244, 184, always()),

    // Another view of files or processes than the one that the rules were made for, and a way to capabilities.
    MOUNT(165, 40, always()),
    UMOUNT2(166, 39, always()),
    PIVOT_ROOT(155, 41, always()),
    MOVE_MOUNT(429, 429, always()),
    OPEN_TREE(428, 428, always()),
    OPEN_TREE_ATTR(467, 467, always()),
    FSOPEN(430, 430, always()),
    FSCONFIG(431, 431, always()),
    FSMOUNT(432, 432, always()),
    FSPICK(433, 433, always()),
    MOUNT_SETATTR(442, 442, always()),
    SETNS(308, 268, always()),
    /** All flags CLONE_NEW*. */
    UNSHARE(272, 97, ifAnyBit(0, Machine.NEW_NAMESPACES | Machine.CLONE_NEWTIME)),
    /** All flags CLONE_NEW* but the one that is part of the exit signal here; CLONE_PARENT, which makes the root a parent unasked. */
    CLONE(56, 220, ifAnyBit(0, Machine.NEW_NAMESPACES | Machine.CLONE_PARENT)),
    /** Its flags are in memory, where a filter does not see. C libraries go on with {@link #CLONE} at this error, and only at this one. */
    CLONE3(435, 435, absent()),

    // Ways around this filter, or into the kernel, that no ordinary program needs.
    /** Its operations are no system calls. */
    IO_URING_SETUP(425, 425, always()),
    BPF(321, 280, always()),
    USERFAULTFD(323, 282, always()),

    // In place of the right to truncate where Landlock has none (ABI 1 and 2, so Debian 12's Linux 6.1): there, every
    // file of the user's could be
    // emptied by its name, or by opening it for reading. What may be opened for writing may still be shortened.
    TRUNCATE(76, 45, always(), true),
    /** O_TRUNC without write access: mode 0, and 3, which is none to Landlock either. */
    OPEN(2, Machine.NONE, ifArgument(1, 0x203, 0x200, 0x203), true),
    /** As {@link #OPEN}. */
    OPENAT(257, 56, ifArgument(2, 0x203, 0x200, 0x203), true),
    /** Its flags are in memory. */
    OPENAT2(437, 437, absent(), true);

    /**
     * Those that let others at a file, or keep them from it: its mode, owner, group and lists, and what its flags are. Times change no rights.
     *
     * <p>What may change a file's rights beside them takes io_uring, or a capability.
     */
    static final Set<RefusedCall> CHANGE_RIGHTS = Collections.unmodifiableSet(EnumSet.of(
            CHMOD,
            FCHMOD,
            FCHMODAT,
            FCHMODAT2,
            CHOWN,
            FCHOWN,
            LCHOWN,
            FCHOWNAT,
            SETXATTR,
            LSETXATTR,
            FSETXATTR,
            SETXATTRAT,
            REMOVEXATTR,
            LREMOVEXATTR,
            FREMOVEXATTR,
            REMOVEXATTRAT,
            FILE_SETATTR,
            IOCTL));

    /** What is refused of a call. */
    sealed interface Condition {
        /** Every call, with this error. */
        record Always(int errno) implements Condition {}

        /** If the argument, by this mask, is one of these. */
        record IfArgument(int argument, int mask, int... values) implements Condition {}

        /** If the argument has one of these bits. */
        record IfAnyBit(int argument, int bits) implements Condition {}

        /** Unless each argument is the value that follows it. */
        record UnlessArguments(int... argumentsAndValues) implements Condition {}
    }

    private final int onX8664;
    private final int onAarch64;
    private final Condition condition;
    private final boolean forTruncation;

    RefusedCall(int onX8664, int onAarch64, Condition condition) {
        this(onX8664, onAarch64, condition, false);
    }

    RefusedCall(int onX8664, int onAarch64, Condition condition, boolean forTruncation) {
        this.onX8664 = onX8664;
        this.onAarch64 = onAarch64;
        this.condition = condition;
        this.forTruncation = forTruncation;
    }

    /** Whether it is refused only where Landlock does not know {@link LandlockRight#TRUNCATE}. */
    boolean forTruncation() {
        return forTruncation;
    }

    Condition condition() {
        return condition;
    }

    /** Its number, or {@link Machine#NONE}. */
    int number(Machine machine) {
        return machine == Machine.X86_64 ? onX8664 : onAarch64;
    }

    /** Writes it into a filter; nothing, if the machine has no such call. */
    void addTo(BpfProgram program, Machine machine) {
        int number = number(machine);
        if (number == Machine.NONE) {
            return;
        }
        if (condition instanceof Condition.Always always) {
            program.answer(number, always.errno());
        } else if (condition instanceof Condition.IfArgument argument) {
            program.refuseIf(number, argument.argument(), argument.mask(), argument.values());
        } else if (condition instanceof Condition.IfAnyBit bits) {
            program.refuseIfAnyBit(number, bits.argument(), bits.bits());
        } else if (condition instanceof Condition.UnlessArguments unless) {
            program.refuseUnless(number, unless.argumentsAndValues());
        } else {
            throw new IllegalArgumentException("condition: expected one of Condition, not " + condition);
        }
    }

    /** The two sets of numbers. */
    enum Machine {
        /** AUDIT_ARCH_X86_64 of include/uapi/linux/audit.h. */
        X86_64(0xc000003e),
        /** AUDIT_ARCH_AARCH64. */
        AARCH64(0xc00000b7);

        static final int NONE = -1;
        /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET of include/uapi/linux/sched.h. */
        static final int NEW_NAMESPACES = 0x7e020000;

        static final int CLONE_NEWTIME = 0x80;
        static final int CLONE_PARENT = 0x8000;

        private final int audit;

        Machine(int audit) {
            this.audit = audit;
        }

        static Machine ofThis() {
            return Kernel.X86_64 ? X86_64 : AARCH64;
        }

        /** How the kernel names it to a filter. */
        int audit() {
            return audit;
        }
    }

    private static Condition always() {
        return new Condition.Always(Errno.EPERM);
    }

    private static Condition absent() {
        return new Condition.Always(Errno.ENOSYS);
    }

    private static Condition ifArgument(int argument, int mask, int... values) {
        return new Condition.IfArgument(argument, mask, values);
    }

    private static Condition ifAnyBit(int argument, int bits) {
        return new Condition.IfAnyBit(argument, bits);
    }

    private static Condition unlessArguments(int... argumentsAndValues) {
        return new Condition.UnlessArguments(argumentsAndValues);
    }
}
