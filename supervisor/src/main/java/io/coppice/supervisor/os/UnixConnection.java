package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.lang.ref.Reference;
import java.util.Objects;
import jnr.ffi.Pointer;

/**
 * One accepted connection, non-blocking, with the kernel's word on who is at the other end. One thread; {@link #read} and
 * {@link #write} allocate nothing.
 */
public final class UnixConnection implements AutoCloseable {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;

    /** asm-generic, since Linux 6.5. */
    private static final int SO_PEERPIDFD = 77;

    /** struct ucred: pid, uid, gid. */
    private static final int UCRED_BYTES = 12;

    private static final int UCRED_UID_OFFSET = 4;
    private static final int UCRED_GID_OFFSET = 8;

    private final int fd;
    private final int peerPid;
    private final int peerUid;
    private final int peerGid;

    private UnixConnection(int fd, int peerPid, int peerUid, int peerGid) {
        this.fd = fd;
        this.peerPid = peerPid;
        this.peerUid = peerUid;
        this.peerGid = peerGid;
    }

    /** Takes over a connected descriptor; closes it if its peer cannot be told. */
    static UnixConnection of(int fd) throws OsException {
        Pointer credentials = Kernel.allocate(UCRED_BYTES);
        Pointer length = Kernel.allocate(Integer.BYTES);
        length.putInt(0, UCRED_BYTES);
        int errno;
        try {
            errno = LIBC.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length) == 0 ? 0 : Errno.last();
        } finally {
            Reference.reachabilityFence(length);
        }
        if (errno != 0) {
            Fds.close(fd);
            throw OsException.of("Cannot tell who connected (SO_PEERCRED)", errno, "");
        }
        return new UnixConnection(
                fd, credentials.getInt(0), credentials.getInt(UCRED_UID_OFFSET), credentials.getInt(UCRED_GID_OFFSET));
    }

    /** The descriptor to watch for reading. */
    public int fd() {
        return fd;
    }

    /** The effective user id that the peer had when it connected. */
    public int peerUid() {
        return peerUid;
    }

    /** The effective group id that the peer had when it connected; {@link PeerGroups} has the others. */
    public int peerGid() {
        return peerGid;
    }

    /** The process that connected; its number may be another's by now. 0 when it is in a pid namespace out of sight. */
    public int peerPid() {
        return peerPid;
    }

    /**
     * Whether the process that connected lives, so that {@link #peerPid} has been its number all the time. Takes a descriptor for a
     * moment.
     *
     * <p>Before Linux 6.5 the kernel does not tell, and it is whether any process has that number.
     *
     * @throws OsException when no descriptor is left
     */
    public boolean peerLives() throws OsException {
        if (peerPid <= 0) {
            return false;
        }
        Pointer found = Kernel.allocate(Integer.BYTES);
        Pointer length = Kernel.allocate(Integer.BYTES);
        length.putInt(0, Integer.BYTES);
        int errno;
        try {
            errno = LIBC.getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, found, length) == 0 ? 0 : Errno.last();
        } finally {
            Reference.reachabilityFence(length);
        }
        switch (errno) {
            case 0 -> {
                return lives(PidFd.of(found.getInt(0), peerPid));
            }
            case Errno.ENOPROTOOPT -> {
                return livesByNumber();
            }
            case Errno.EMFILE, Errno.ENFILE -> throw Fds.exhausted("SO_PEERPIDFD of process " + peerPid, errno);
            default -> {
                return false; // EINVAL: it has been reaped
            }
        }
    }

    private boolean livesByNumber() throws OsException {
        try {
            return lives(PidFd.open(peerPid));
        } catch (OsException e) {
            if (e.errno() == Errno.ESRCH) {
                return false;
            }
            throw e;
        }
    }

    private static boolean lives(PidFd peer) {
        try (peer) {
            return !peer.isDead();
        }
    }

    /**
     * Reads what is there into {@code dst} from index {@code from} on.
     *
     * @param from less than {@code dst.length}: reading into no room would look like the end
     * @return how many bytes, 0 when the peer has ended, or the negative error number: -EAGAIN (-11) when nothing is
     *     there now
     */
    public int read(byte[] dst, int from) {
        Objects.checkIndex(from, dst.length);
        return Fds.read(fd, dst, from, dst.length - from);
    }

    /**
     * Writes what fits of {@code len} bytes from index {@code from} on.
     *
     * @return how many bytes were taken, or the negative error number: -EAGAIN (-11) when none fit now, -EPIPE (-32) when
     *     the peer is gone
     */
    public int write(byte[] src, int from, int len) {
        Objects.checkFromIndexSize(from, len, src.length);
        return Fds.send(fd, src, from, len);
    }

    @Override
    public void close() {
        Fds.close(fd);
    }
}
