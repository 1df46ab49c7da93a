package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import jnr.ffi.Pointer;

/**
 * The groups that a peer had when it connected, its own and the supplementary ones, in the kernel's words (SO_PEERCRED and SO_PEERGROUPS). One
 * buffer, filled anew for each peer; one thread. {@link #read} and {@link #contain} allocate nothing.
 */
public final class PeerGroups {
    /** Supplementary groups that there is room for. A process may have 65,536; few have more than a hundred. */
    public static final int MAX_GROUPS = 1024;

    private static final int SOL_SOCKET = 1;

    /** asm-generic, since Linux 4.13. */
    private static final int SO_PEERGROUPS = 59;

    private final Pointer buffer = Kernel.allocate(MAX_GROUPS * Integer.BYTES);
    private final Pointer length = Kernel.allocate(Integer.BYTES);
    private int own;
    private int count;
    private boolean tooMany;

    /** What a peer has. Where the kernel does not tell, or there are more than {@link #MAX_GROUPS}, only its own group is known. */
    public void read(UnixConnection peer) {
        own = peer.peerGid();
        count = 0;
        length.putInt(0, MAX_GROUPS * Integer.BYTES);
        boolean known = LIBC.getsockopt(peer.fd(), SOL_SOCKET, SO_PEERGROUPS, buffer, length) == 0;
        tooMany = !known && Errno.last() == Errno.ERANGE;
        if (known) {
            count = Math.min(length.getInt(0) / Integer.BYTES, MAX_GROUPS);
        }
    }

    /** Whether the peer that was read last is in a group, as far as is known. */
    public boolean contain(long gid) {
        if (gid == Integer.toUnsignedLong(own)) {
            return true;
        }
        for (int i = 0; i < count; i++) {
            if (gid == Integer.toUnsignedLong(buffer.getInt((long) i * Integer.BYTES))) {
                return true;
            }
        }
        return false;
    }

    /** Whether it has more than there is room for, of which none counts. */
    public boolean areTooMany() {
        return tooMany;
    }
}
