package io.coppice.worker;

/** A peer's segment is missing or cannot be read now; the message says why. Trying again later may help. */
public final class PeerUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    public PeerUnavailableException(String peer, String reason) {
        super("Peer " + peer + " cannot be read: " + reason);
    }
}
