package io.coppice.supervisor.archive;

/** Why an archiver made no archive. */
final class ArchiverException extends Exception {
    private static final long serialVersionUID = 1;

    private final ArchiverExit exit;

    ArchiverException(ArchiverExit exit, String message) {
        super(message);
        this.exit = exit;
    }

    ArchiverExit exit() {
        return exit;
    }
}
