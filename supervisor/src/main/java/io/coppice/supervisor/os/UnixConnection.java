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
