package io.coppice.worker;

/**
 * Another daemon of the instance, seen read-only. Loop thread only.
 *
 * <p>Nothing is opened before the first {@link #access}. A peer's segment stays the same file while the peer dies and
 * restarts, so what was opened stays good; in between it reads as the peer's last commit. If the file is replaced all the
 * same (by a root with {@code --fresh} that this process outlived, or by hand), {@code access} notices.
 */
public interface Peer {
    /** The peer's name in the manifest. */
    String name();

    /**
     * The way to its state, or why there is none now. A peer that was missing or unreadable is tried again, at most every
     * 100 ms; one that is available is looked at again, at most once a second, and answered anew only if its segment is
     * another file now, or none. In between the same answer comes back, and nothing is allocated.
     */
    PeerAccess access();

    /**
     * As {@link #access}, for daemons that cannot do without the peer.
     *
     * @throws PeerUnavailableException if it is missing or unreadable, with the reason
     */
    default PeerAccess.Available readableOrThrow() throws PeerUnavailableException {
        PeerAccess access = access();
        if (access instanceof PeerAccess.Available available) {
            return available;
        }
        String reason = access instanceof PeerAccess.Missing missing
                ? missing.reason()
                : ((PeerAccess.Unreadable) access).reason();
        throw new PeerUnavailableException(name(), reason);
    }
}
