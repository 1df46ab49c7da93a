package io.coppice.ops.view;

import java.util.Optional;

/**
 * Whether a root holds the instance's lock, found out without touching the lock: its holder wrote its pid and start time
 * into the file, and the kernel frees the lock at death. So the lock is held as long as that very process lives.
 */
public sealed interface RootLiveness {
    /**
     * A root runs.
     *
     * @param sinceEpochMs when it took the lock
     */
    record Running(long pid, long startTicks, long sinceEpochMs) implements RootLiveness {}

    /**
     * No root runs.
     *
     * @param lastPid of the last one; 0 if nobody knows
     */
    record NotRunning(long lastPid) implements RootLiveness {}

    /** Looks at the lock file alone: enough to tell which instances run. */
    static RootLiveness of(InstanceDirectory directory, ProcFileSystem proc) {
        Optional<RootLockFile> holder = RootLockFile.read(directory.rootLock());
        if (holder.isEmpty()) {
            return new NotRunning(0);
        }
        RootLockFile root = holder.get();
        return proc.lives(root.pid(), root.startTicks())
                ? new Running(root.pid(), root.startTicks(), root.sinceEpochMs())
                : new NotRunning(root.pid());
    }

    /** Whether a root runs. */
    default boolean running() {
        return this instanceof Running;
    }

    /** What to say of it in one clause: {@code runs as pid 12} or {@code is not running (pid 12 died)}. */
    default String words() {
        if (this instanceof Running running) {
            return "runs as pid " + running.pid();
        }
        long lastPid = ((NotRunning) this).lastPid();
        return "is not running" + (lastPid == 0 ? "" : " (pid " + lastPid + " is gone)");
    }
}
