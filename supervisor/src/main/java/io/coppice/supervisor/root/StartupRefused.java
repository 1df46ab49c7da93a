package io.coppice.supervisor.root;

/** Why the root does not start. Nothing was started, and nothing that it made is left behind. */
final class StartupRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param exitCode 1 the thing asked for failed, 2 the manifest asks for what is not there
     * @param message what happened, where, and what to do
     */
    StartupRefused(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
