package io.coppice.supervisor.root;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.limits.ProcessGroup;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SignalNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * From the kernel's word that a child is dead to the moment when nothing of it is left. The order is what keeps it safe:
 *
 * <ol>
 *   <li>SIGKILL to its process group, while the unreaped leader still keeps the group's number from being used again;
 *   <li>the leader is reaped and its status taken;
 *   <li>the group is looked at until it is empty. A member that is left keeps the number in use, so the look cannot meet
 *       a stranger's group as long as one is there.
 * </ol>
 *
 * Only then does the core hear of the death, so that no successor starts beside a remnant. A process that has called
 * setsid has left the group and is not found this way; but it is in the child's control group, if that has one, which is killed, and
 * looked at, likewise. What comes of a slot's process may have the slot's segment open, which is the next one's. It cannot leave the group: the
 * filter that it is started with refuses that. For a kernel without such a filter, all that a slot's user has is looked for and killed.
 *
 * <p>Duty-cycle thread only.
 */
final class Funerals {
    /** Of a child whose group has no number here. */
    static final int NO_GROUP = 0;

    private static final long FIRST_LOOK_AGAIN_NS = 1_000_000;
    private static final long LONGEST_PAUSE_NS = 1_000_000_000L;

    /** A close look reads all of /proc: not before the cheap one has failed for about an eighth of a second. */
    private static final int LOOKS_BEFORE_A_CLOSE_LOOK = 7;

    /** A process that was killed and does not die in that time may not die for long. */
    private static final long LONGEST_WAIT_FOR_OTHERS_NS = 500_000_000L;

    /** For the kernel's word about another's child that is not shown to us, once its parent has reaped it. */
    private static final long LONGEST_WAIT_FOR_STATUS_NS = 1_000_000_000L;

    /** After that long an event says what is being waited for. */
    private static final long WORTH_A_WORD_NS = 5_000_000_000L;

    private static final class Funeral {
        LaunchedProcess process;
        final @Nullable PidFd pidFd;
        final int group;
        final LeftBehind left;
        final long sinceNs;

        @Nullable
        ExitStatus status;

        /** Of one whose control group is somebody else's concern. */
        @Nullable
        String killedFor;

        long pauseNs = FIRST_LOOK_AGAIN_NS;
        long nextLookNs;
        int looks;
        boolean told;

        Funeral(LaunchedProcess process, @Nullable PidFd pidFd, int group, LeftBehind left, long nowNs) {
            this.process = process;
            this.pidFd = pidFd;
            this.group = group;
            this.left = left;
            this.sinceNs = nowNs;
            this.nextLookNs = nowNs;
        }
    }

    private final ProcessTable processes;
    private final Incidents incidents;
    private final Predicate<LaunchedProcess> losesDependency;
    private final Consumer<ProcessGroup> groups;
    private final List<Funeral> open = new ArrayList<>();

    /** Held processes that could not be watched: they end by themselves, and are nothing but bodies to be taken. */
    private final List<Integer> unwatched = new ArrayList<>();

    private long unwatchedPauseNs;
    private long nextUnwatchedNs = Long.MAX_VALUE;

    /**
     * Of no process yet.
     *
     * @param losesDependency whether something that its child depends on is dead or dying, and the core has not been told of it
     * @param groups takes control groups of which nobody needs anything any more
     */
    Funerals(
            ProcessTable processes,
            Incidents incidents,
            Predicate<LaunchedProcess> losesDependency,
            Consumer<ProcessGroup> groups) {
        this.processes = processes;
        this.incidents = incidents;
        this.losesDependency = losesDependency;
        this.groups = groups;
    }

    /** The kernel said that this child is dead, and this is what it left in its segment. Its first look is due at once. */
    void begin(LaunchedProcess child, PidFd pidFd, LeftBehind left, long nowNs) {
        Funeral funeral = new Funeral(child, pidFd, pidFd.pid(), left, nowNs);
        if (!child.adopted) {
            processes.signalGroup(pidFd.pid(), SignalNumbers.of("KILL"));
        }
        if (child.group != null) {
            child.group.kill();
        }
        inOrder(funeral);
    }

    /** A child of ours is known to be dead, and how; what is left of its process is somebody else's concern. */
    void beginKnown(LaunchedProcess child, ExitStatus status, LeftBehind left, long nowNs) {
        Funeral funeral = new Funeral(child, null, NO_GROUP, left, nowNs);
        funeral.status = status;
        ProcessGroup group = child.group;
        if (group != null) {
            child.group = null;
            funeral.killedFor = group.outOfMemory();
            tellTasks(child, group, nowNs);
            groups.accept(group);
        }
        inOrder(funeral);
    }

    /**
     * A child on record is not there any more, and nobody saw it end.
     *
     * @param group which it led, or {@link #NO_GROUP}
     */
    void beginUnwitnessed(LaunchedProcess child, int group, LeftBehind left, long nowNs) {
        Funeral funeral = new Funeral(child, null, group, left, nowNs);
        funeral.status = new ExitStatus.Unwitnessed();
        inOrder(funeral);
    }

    /** What is being buried is another's process from now on, which may have been assigned without knowing: its end is that one's end. */
    void passOn(LaunchedProcess from, LaunchedProcess to) {
        for (Funeral funeral : open) {
            if (funeral.process == from) {
                funeral.process = to;
                to.untold = true;
            }
        }
    }

    /**
     * Of what is over in one turn, those that others depend on are told of first: who depends on them waits for their successors. And a
     * standby before its child, which else would be given it.
     */
    private void inOrder(Funeral funeral) {
        funeral.process.untold = true;
        Errands.Errand asking = funeral.process.shutdownCommand;
        if (asking != null) {
            asking.kill();
        }
        int at = open.size();
        while (at > 0 && isBefore(funeral.process, open.get(at - 1).process)) {
            at--;
        }
        open.add(at, funeral);
    }

    private static boolean isBefore(LaunchedProcess one, LaunchedProcess other) {
        return one.index() < other.index()
                || (one.index() == other.index() && one instanceof StandbyProcess && other instanceof ChildProcess);
    }

    /** A child of ours was launched, could not be watched, and ends, because nobody holds the other end of its pipe. */
    void beginUnwatched(int pid, long nowNs) {
        unwatched.add(pid);
        unwatchedPauseNs = FIRST_LOOK_AGAIN_NS;
        nextUnwatchedNs = nowNs + unwatchedPauseNs;
    }

    private void reapUnwatched(long nowNs) {
        unwatched.removeIf(processes::reapUnwatched);
        unwatchedPauseNs = Math.min(2 * unwatchedPauseNs, LONGEST_PAUSE_NS);
        nextUnwatchedNs = unwatched.isEmpty() ? Long.MAX_VALUE : nowNs + unwatchedPauseNs;
    }

    /** When the next look is due; {@link Long#MAX_VALUE} when nothing is being buried. */
    long nextLookNs() {
        long nextNs = nextUnwatchedNs;
        for (int i = 0; i < open.size(); i++) {
            nextNs = Math.min(nextNs, open.get(i).nextLookNs);
        }
        return nextNs;
    }

    /** One child of which nothing is left any more, or null when there is none (yet). */
    @Nullable
    Event nextOver(long nowNs) {
        if (nextUnwatchedNs <= nowNs) {
            reapUnwatched(nowNs);
        }
        for (int i = 0; i < open.size(); i++) {
            Funeral funeral = open.get(i);
            if (funeral.nextLookNs > nowNs) {
                continue;
            }
            if (funeral.status == null) {
                funeral.status = status(funeral, nowNs);
            }
            ExitStatus status = funeral.status;
            if (status != null
                    && funeral.process.shutdownCommand == null
                    && isEmpty(funeral)
                    && !comesTooEarly(funeral, nowNs)) {
                open.remove(i);
                funeral.process.untold = false;
                funeral.process.closeAll();
                return over(funeral, status, nowNs);
            }
            lookAgainLater(funeral, nowNs);
        }
        return null;
    }

    private Event over(Funeral funeral, ExitStatus status, long nowNs) {
        LaunchedProcess process = funeral.process;
        String killedFor = funeral.killedFor;
        ProcessGroup group = process.group;
        if (group != null) {
            process.group = null;
            killedFor = group.outOfMemory();
            tellTasks(process, group, nowNs);
            groups.accept(group);
        }
        LeftBehind left = funeral.left;
        Event event = process.exited(left.status(status), left.words(status), left.progress(), nowNs);
        if (killedFor == null) {
            return event;
        }
        if (event instanceof Event.Exited exited) {
            return exited.killedFor(killedFor);
        }
        incidents.tell(
                Incidents.Kind.LIMIT_REACHED,
                process.index(),
                nowNs,
                "a standby of it was killed by the kernel: " + killedFor);
        return event;
    }

    /** Nothing follows from it: what became of it, its program has decided. */
    private void tellTasks(LaunchedProcess process, ProcessGroup group, long nowNs) {
        String met = group.tasksMet();
        if (met != null) {
            incidents.tell(Incidents.Kind.TASKS_LIMIT_MET, process.index(), nowNs, met);
        }
    }

    /**
     * When many die at once, the kernel tells of them in any order. A child that depends on one of which it tells a moment later would be
     * launched beside a dependency that is not there.
     */
    private boolean comesTooEarly(Funeral funeral, long nowNs) {
        return nowNs - funeral.sinceNs < LONGEST_WAIT_FOR_OTHERS_NS && losesDependency.test(funeral.process);
    }

    /**
     * The status of another's child is to be read off its body while that lies there, and told by the kernel once its parent has taken it. A parent that never does is not
     * waited for.
     */
    private @Nullable ExitStatus status(Funeral funeral, long nowNs) {
        PidFd pidFd = funeral.pidFd;
        if (pidFd == null) {
            return null;
        }
        ExitStatus status = pidFd.tryReap();
        if (!funeral.process.adopted || (status != null && !(status instanceof ExitStatus.Unknown))) {
            return status;
        }
        ExitStatus ofBody = statusOfBody(pidFd, funeral.process.startTicks);
        if (ofBody != null) {
            return ofBody;
        }
        return nowNs - funeral.sinceNs > LONGEST_WAIT_FOR_STATUS_NS ? new ExitStatus.Unknown() : status;
    }

    private @Nullable ExitStatus statusOfBody(PidFd pidFd, long startTicks) {
        try {
            // The first thread of a process may be dead before the others.
            return pidFd.isDead() ? processes.statusOfUnreaped(pidFd.pid(), startTicks) : null;
        } catch (OsException e) {
            return null; // No descriptor is left to look with now.
        }
    }

    /**
     * In a container whose first process reaps nobody, a group may go on existing that consists of the dead only. The leader of
     * an adopted child's group does not keep its number: its parent reaps it when it likes.
     */
    private boolean isEmpty(Funeral funeral) {
        int uid = funeral.process.uid;
        return isGroupEmpty(funeral)
                && (uid == LaunchedProcess.NO_UID || funeral.group == NO_GROUP || processes.killAllOf(uid) == 0);
    }

    private boolean isGroupEmpty(Funeral funeral) {
        int group = funeral.group;
        LaunchedProcess child = funeral.process;
        // Before the process group, so that what has left that one is killed at once, too.
        if (child.group != null && child.group.kill() > 0) {
            return false;
        }
        if (group == NO_GROUP) {
            return true;
        }
        if (child.adopted) {
            return processes.killRemnants(group, child.session, child.startTicks) == 0;
        }
        return !processes.groupExists(group)
                || (++funeral.looks > LOOKS_BEFORE_A_CLOSE_LOOK && !processes.groupHasLiveMember(group));
    }

    private void lookAgainLater(Funeral funeral, long nowNs) {
        funeral.nextLookNs = nowNs + funeral.pauseNs;
        funeral.pauseNs = Math.min(2 * funeral.pauseNs, LONGEST_PAUSE_NS);
        if (!funeral.told && nowNs - funeral.sinceNs > WORTH_A_WORD_NS) {
            funeral.told = true;
            incidents.tell(
                    Incidents.Kind.GROUP_REMAINS,
                    funeral.process.index(),
                    nowNs,
                    "pid " + funeral.group
                            + (funeral.process.shutdownCommand == null
                                    ? " is dead, but processes of its group do not end by SIGKILL; its successor waits for them"
                                    : " is dead, but its shutdown command does not end by SIGKILL; its successor waits for that"));
        }
    }
}
