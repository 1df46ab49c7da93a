package io.coppice.supervisor.root;

import io.coppice.supervisor.os.ArgvPreparation;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.Restriction;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it, where workers have users of their own, that each process of a daemon's slots has one that no other has, and that the files of
 * a slot are its process's. A daemon's own processes, standbys included, are all the daemon's user.
 *
 * <p>Duty-cycle thread only, but for what {@link #preparation} gives. File operations are a handful for each launch, of files in memory as a rule; a file system that hangs would have stopped
 * the workers, which are mapped from it, too.
 */
final class WorkerUsers {
    private final ChildTable children;
    private final StandbyTable standbys;
    private final Function<String, Path> segments;

    /** @param segments where the segment of a child of that name is */
    WorkerUsers(ChildTable children, StandbyTable standbys, Function<String, Path> segments) {
        this.children = children;
        this.standbys = standbys;
        this.segments = segments;
    }

    /** What one who had the user before has left, in a session of its own, is killed; after that something holds it. */
    private static final int MOST_LOOKS = 200;

    private static final long LOOK_AGAIN_NS = 5_000_000;

    /**
     * Before a launch: chooses the user of a slot's process, and gives the ends of the pipes that the process will have to whom it will
     * be, since it opens them once more by their names in /proc.
     *
     * @param owner whether it is to have the child's segment, as opposed to a standby
     * @throws IOException if all of the daemon's users are taken, or files cannot be given away
     * @throws OsException if the pipes cannot
     */
    void prepare(LaunchedProcess process, ChildPlan plan, boolean owner) throws IOException, OsException {
        Identity identity = plan.identity();
        if (identity == null || !plan.kind().hasSegment()) {
            return;
        }
        int uid = identity.uid();
        if (plan.slot() > 0) {
            uid = free(process, plan, identity);
            process.uid = uid;
        }
        if (owner && plan.slot() == 0) {
            give(plan, uid);
        }
        Fds.give(process.holdReadFd, uid, identity.gid());
        Fds.give(process.hintWriteFd, uid, identity.gid());
    }

    /**
     * What the spawner does before it starts a slot's process: ends whatever is left of one that had the same user before, as it could do to this one
     * what that may do to itself. Only then the slot's files are given to that user. May be carried out by any thread, and takes a second at most.
     *
     * @param others what is to be done anyway; null for nothing
     */
    @Nullable
    ArgvPreparation preparation(
            LaunchedProcess process, ChildPlan plan, boolean owner, @Nullable ArgvPreparation others) {
        int uid = process.uid;
        if (uid == LaunchedProcess.NO_UID) {
            return others;
        }
        return argv -> {
            endAllOf(uid, plan);
            if (owner) {
                give(plan, uid);
            }
            return others == null ? argv : others.prepare(argv);
        };
    }

    /** What the process may never do; null for nothing: a slot's stays in its group, so that nothing of it is left when that was killed. */
    @Nullable
    Restriction restriction(LaunchedProcess process) {
        return process.uid == LaunchedProcess.NO_UID ? null : Restriction.IN_GROUP;
    }

    private static void endAllOf(int uid, ChildPlan plan) throws IOException {
        ProcessTable processes = new ProcessTable();
        int left = processes.killAllOf(uid);
        for (int looks = 1; left > 0 && looks < MOST_LOOKS; looks++) {
            LockSupport.parkNanos(LOOK_AGAIN_NS);
            left = processes.killAllOf(uid);
        }
        if (left > 0) {
            throw new IOException("user " + uid + ", whose turn it is among those of " + plan.daemon()
                    + "'s slots, has processes that do not end by SIGKILL, " + left
                    + " at the last look: another one beside them would be at their mercy");
        }
    }

    /** A standby has become the process of a slot: the slot's files are its user's from now on, before it is told so. */
    void handOver(ChildProcess child) throws IOException {
        if (child.uid != LaunchedProcess.NO_UID) {
            give(child.plan, child.uid);
        }
    }

    /** Makes what was made anew of a child's files its user's. */
    void giveAgain(ChildProcess child) throws IOException {
        Identity identity = child.plan.identity();
        if (identity != null && child.hasSegment()) {
            give(child.plan, child.uid == LaunchedProcess.NO_UID ? identity.uid() : child.uid);
        }
    }

    private void give(ChildPlan plan, int uid) throws IOException {
        Identity identity = plan.identity();
        Path segment = segments.apply(plan.name());
        if (identity != null && plan.slot() > 0) {
            Ownership.handOver(identity, segment, uid);
        } else {
            Ownership.prepare(plan, segment);
        }
    }

    private int free(LaunchedProcess process, ChildPlan plan, Identity identity) throws IOException {
        for (int uid = identity.uid(); identity.hasUid(uid); uid++) {
            if (!isTaken(uid, process)) {
                return uid;
            }
        }
        throw new IOException(
                "all " + identity.uids() + " users of the processes of " + plan.daemon() + "'s slots are taken");
    }

    /** Also by what is dead and not buried: something of it may still be there. */
    private boolean isTaken(int uid, LaunchedProcess by) {
        for (ChildProcess child : children.all()) {
            if (child != by && child.uid == uid) {
                return true;
            }
        }
        return standbys.hasUser(uid, by);
    }

    /**
     * The user of a slot's process that was taken over. Whoever has the slot owns its segment: that says who it is also while it has not
     * become that user yet.
     */
    int ofOwner(ChildPlan plan) {
        return known(plan.identity(), plan, segments.apply(plan.name()));
    }

    /** The user of a standby that was taken over. */
    int ofStandby(ChildPlan plan, int pid) {
        return known(plan.identity(), plan, Path.of("/proc/" + pid));
    }

    private static int known(@Nullable Identity identity, ChildPlan plan, Path file) {
        if (identity == null || plan.slot() == 0) {
            return LaunchedProcess.NO_UID;
        }
        try {
            int uid = (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            return identity.hasUid(uid) ? uid : LaunchedProcess.NO_UID;
        } catch (IOException e) {
            return LaunchedProcess.NO_UID; // It is gone: it has none.
        }
    }
}
