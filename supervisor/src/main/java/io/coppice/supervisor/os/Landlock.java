package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;
import static io.coppice.supervisor.os.Kernel.SYSCALL_4;

import java.lang.ref.Reference;
import jnr.ffi.Pointer;

/**
 * The kernel's Landlock (landlock(7), Documentation/userspace-api/landlock.rst): restrictions that a thread puts on itself without
 * privilege, that all inherit which it starts, and that nobody takes off again. Any thread.
 *
 * <p>Each ABI is what the one before is and more. What this kernel's lacks is left out of what is put in force, and told by {@link
 * Restriction#gaps}.
 */
public final class Landlock {
    /**
     * <strong>Tests only.</strong> A system property: the highest ABI that this process is to believe in, 0 for none. Looked at each
     * time.
     */
    public static final String ABI_PROPERTY = "coppice.test.landlock.abi";

    private static final long CREATE_RULESET_VERSION = 1;
    private static final long RULE_PATH_BENEATH = 1;

    /** struct landlock_ruleset_attr: handled_access_fs, handled_access_net from ABI 4, scoped from ABI 6. */
    private static final int ATTRIBUTE_BYTES = 3 * Long.BYTES;

    private static final int SCOPED_OFFSET = 2 * Long.BYTES;

    /** struct landlock_path_beneath_attr, packed: allowed_access, parent_fd. */
    private static final int PATH_BENEATH_BYTES = Long.BYTES + Integer.BYTES;

    private static final int PARENT_FD_OFFSET = Long.BYTES;

    private Landlock() {}

    /**
     * The ABI of this kernel, 1 or more; 0 if it has no Landlock (older than Linux 5.13, or not among the modules of {@code lsm=}), or if
     * a filter around this process refuses it.
     */
    public static int abi() {
        int masked = Integer.getInteger(ABI_PROPERTY, Integer.MAX_VALUE);
        return Math.min(masked, abiOfTheKernel());
    }

    private static int abiOfTheKernel() {
        long abi = SYSCALL_4.syscall(Syscall.LANDLOCK_CREATE_RULESET, 0, 0, CREATE_RULESET_VERSION, 0);
        if (abi >= 0) {
            return (int) abi;
        }
        int errno = Errno.last();
        if (errno == Errno.ENOSYS || errno == Errno.EOPNOTSUPP || errno == Errno.EPERM) {
            return 0;
        }
        throw Kernel.broken("landlock_create_ruleset for the ABI", errno);
    }

    /**
     * Makes a ruleset of what the ABI knows of {@code ruleset}. May block for as long as the file systems of its paths need.
     *
     * @param abi 1 or more
     * @return a close-on-exec descriptor, the caller's to close
     * @throws OsException naming the call and the path; nothing is left open then
     */
    static int open(LandlockRuleset ruleset, int abi) throws OsException {
        long handled = LandlockRight.bits(ruleset.handled(), abi);
        int fd = create(handled, abi < LandlockScope.SINCE_ABI ? 0 : LandlockScope.bits(ruleset.scopes()), abi);
        boolean done = false;
        Pointer rule = Kernel.allocate(PATH_BENEATH_BYTES);
        try {
            for (LandlockRuleset.Rule each : ruleset.rules()) {
                add(fd, each, rule, abi);
            }
            done = true;
            return fd;
        } finally {
            if (!done) {
                Fds.close(fd);
            }
        }
    }

    private static int create(long handled, long scoped, int abi) throws OsException {
        Pointer attributes = Kernel.allocate(ATTRIBUTE_BYTES);
        try {
            attributes.putLong(0, handled);
            attributes.putLong(SCOPED_OFFSET, scoped);
            // A kernel takes a longer struct than its own if the rest is 0: no size by ABI is needed.
            long fd = SYSCALL_4.syscall(Syscall.LANDLOCK_CREATE_RULESET, attributes.address(), ATTRIBUTE_BYTES, 0, 0);
            if (fd < 0) {
                throw Fds.exhausted("landlock_create_ruleset (ABI " + abi + ")", Errno.last());
            }
            return (int) fd;
        } finally {
            Reference.reachabilityFence(attributes);
        }
    }

    private static void add(int ruleset, LandlockRuleset.Rule rule, Pointer memory, int abi) throws OsException {
        String path = rule.path().toString();
        int fd = PathCalls.open(path, Kernel.O_PATH | Kernel.O_NOFOLLOW, 0);
        if (fd < 0) {
            if (rule.optional() && isOutOfReach(-fd)) {
                return;
            }
            throw refused("open", path, -fd);
        }
        try {
            int kind = kindOf(fd, path);
            if (kind == Kernel.S_IFLNK) {
                if (rule.optional()) {
                    return;
                }
                throw refused("open", path, Errno.ELOOP);
            }
            long allowed = LandlockRight.bits(rule.rights(), abi);
            if (kind != Kernel.S_IFDIR) {
                allowed &= LandlockRight.bitsForFiles();
            }
            if (allowed == 0) {
                return; // The kernel takes no rule that allows nothing.
            }
            memory.putLong(0, allowed);
            memory.putInt(PARENT_FD_OFFSET, fd);
            if (SYSCALL_4.syscall(Syscall.LANDLOCK_ADD_RULE, ruleset, RULE_PATH_BENEATH, memory.address(), 0) != 0) {
                throw refused("landlock_add_rule", path, Errno.last());
            }
        } finally {
            Fds.close(fd);
        }
    }

    /** What we cannot reach, our child of the same user cannot either. */
    private static boolean isOutOfReach(int errno) {
        return errno == Errno.ENOENT || errno == Errno.ENOTDIR || errno == Errno.EACCES;
    }

    private static int kindOf(int fd, String path) throws OsException {
        Pointer stat = Kernel.allocate(Kernel.STAT_BYTES);
        try {
            if (LIBC.fstat(fd, stat) != 0) {
                throw refused("fstat", path, Errno.last());
            }
            return stat.getInt(Kernel.STAT_MODE_OFFSET) & Kernel.S_IFMT;
        } finally {
            Reference.reachabilityFence(stat);
        }
    }

    private static OsException refused(String call, String path, int errno) {
        String advice = switch (errno) {
            case Errno.ENOENT -> "Its restriction has a rule for it, so it must be there";
            case Errno.ELOOP -> "Its restriction has a rule for it, and a symbolic link is not followed";
            case Errno.EMFILE, Errno.ENFILE -> "Raise the limit of open files";
            default -> "";
        };
        return OsException.of(call + " " + path, errno, advice);
    }
}
