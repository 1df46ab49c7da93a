package io.coppice.ops.view;

import io.coppice.state.root.RootSnapshot;
import java.nio.file.Files;
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
     * No root runs, and nobody knows that the last one ended in order: it died, or there never was one.
     *
     * @param lastPid of the last one; 0 if nobody knows
     */
    record NotRunning(long lastPid) implements RootLiveness {}

    /**
     * No root runs: the last one stopped all its children and ended, as it wrote into its segment. {@link #of} never
     * answers this; it takes the root's segment to know.
     *
     * @param lastPid of that root
     * @param atEpochMs when it said so; 0 if its event has been overwritten
     */
    record Ended(long lastPid, long atEpochMs) implements RootLiveness {}

    /**
     * Looks at the lock file alone: enough to tell which instances run. Who may only look at an instance cannot read that one, as he could take a
     * lock on it then; he is told what the root's segment says.
     */
    static RootLiveness of(InstanceDirectory directory, ProcFileSystem proc) {
        Optional<RootLockFile> holder = RootLockFile.read(directory.rootLock());
        if (holder.isEmpty()) {
            return Files.exists(directory.rootLock()) && !Files.isReadable(directory.rootLock())
                    ? bySegment(directory, proc)
                    : new NotRunning(0);
        }
        RootLockFile root = holder.get();
        return proc.lives(root.pid(), root.startTicks())
                ? new Running(root.pid(), root.startTicks(), root.sinceEpochMs())
                : new NotRunning(root.pid());
    }

    private static RootLiveness bySegment(InstanceDirectory directory, ProcFileSystem proc) {
        try (RootTable table = new RootTable(directory.rootSegment())) {
            Optional<RootSnapshot.RootInfo> root = table.read().snapshot().flatMap(RootSnapshot::root);
            return root.<RootLiveness>map(known -> proc.lives(known.pid(), known.startTicks())
                            ? new Running(known.pid(), known.startTicks(), known.sinceEpochMs())
                            : new NotRunning(known.pid()))
                    .orElse(new NotRunning(0));
        }
    }

    /** Whether a root runs. */
    default boolean running() {
        return this instanceof Running;
    }

    /** What to say of it in one clause: {@code runs as pid 12} or {@code is not running (pid 12 is gone)}. */
    default String words() {
        if (this instanceof Running running) {
            return "runs as pid " + running.pid();
        }
        long lastPid = lastPid();
        if (this instanceof Ended) {
            return "is not running (pid " + lastPid + " ended in order)";
        }
        return "is not running" + (lastPid == 0 ? "" : " (pid " + lastPid + " is gone)");
    }

    /** Pid of the root that runs or was the last to run; 0 if nobody knows. */
    default long lastPid() {
        if (this instanceof Running running) {
            return running.pid();
        }
        return this instanceof Ended ended ? ended.lastPid() : ((NotRunning) this).lastPid();
    }
}
