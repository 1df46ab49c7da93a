package io.coppice.supervisor.root;

/** What a dead root recorded of a child says nothing to this release: it must not be guessed. */
final class UnknownRecordException extends Exception {
    private static final long serialVersionUID = 1;

    UnknownRecordException(String message) {
        super(message);
    }
}
