package io.coppice.supervisor.archive;

/** A worker that starts without an archive, as long as its command line or its class path is what it is. */
final class NotArchivableException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message one clause for people: why */
    NotArchivableException(String message) {
        super(message);
    }
}
