package io.coppice.supervisor.os;

import java.nio.file.Path;

/** Another root runs this instance. It was not touched. */
public final class RootLockHeldException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int pid;
    private final long ageSeconds;

    RootLockHeldException(Path file, int pid, long ageSeconds) {
        super(
                pid < 0
                        ? "Another root is starting: it holds " + file
                                + " and has not written its pid yet. Wait for it, or use another --instance"
                        : "Another root runs: process " + pid + " has held " + file + " for " + ageSeconds
                                + " s. Stop it first, or use another --instance");
        this.pid = pid;
        this.ageSeconds = ageSeconds;
    }

    /** The holder's process number, -1 when it has not written it yet. */
    public int pid() {
        return pid;
    }

    /** For how long it has held the lock, by the wall clock, whole seconds, 0 or more. */
    public long ageSeconds() {
        return ageSeconds;
    }
}
