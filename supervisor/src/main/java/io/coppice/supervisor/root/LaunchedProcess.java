package io.coppice.supervisor.root;

import io.coppice.supervisor.archive.ArchivedLaunch;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.limits.ProcessGroup;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the shell holds of one process that this root launched, or took over: the descriptors by which it is watched, let go and heard.
 * No process at all before its spawn and after its burial.
 *
 * <p>Duty-cycle thread only.
 */
abstract class LaunchedProcess {
    static final int NO_FD = -1;
    static final int NO_UID = -1;

    @Nullable
    PidFd pidFd;

    int holdWriteFd = NO_FD;
    int holdReadFd = NO_FD;
    int hintReadFd = NO_FD;
    int hintWriteFd = NO_FD;

    /** Which tells of {@link #hintReadFd}; null while nothing does. */
    private @Nullable Epoll listener;

    /** The kernel has said that it is dead: its pid may soon be somebody else's, so nothing is sent to it any more. */
    boolean dead;

    /** It is known to be dead, by whatever, and the core has not been told yet. */
    boolean untold;

    /** It was launched by a root that died: it is no child of ours, and its group's number is not kept by our reaping it. */
    boolean adopted;

    /** The session it is in, which is its own if this release launched it, and when that was, in clock ticks since boot. */
    long session;

    long startTicks;

    /** In which it and all that comes of it is, and its limits hold; null if it has none. */
    @Nullable
    ProcessGroup group;

    /** The user that it has been given, of those of its daemon's slots; {@link #NO_UID} of all but a slot's, and without such users. */
    int uid = NO_UID;

    /** In which it finds its segment when it has one; null of what is in no sandbox. */
    @Nullable
    Path folder;

    /** By which its launch looks for an archive; null for a command, where there are none, and of an adopted one. */
    @Nullable
    ArchivedLaunch archivedLaunch;

    /** The command that asks it to end, while that runs: its end is not over before that of the command. */
    Errands.@Nullable Errand shutdownCommand;

    /** Its end was asked for while the spawn was still under way. */
    boolean abandoned;

    /** The child's place in the plan. */
    abstract int index();

    /** What the core is told when nothing of it is left. */
    abstract Event exited(ExitStatus status, @Nullable String lastWords, StepProgress progress, long nowNs);

    /** Nothing is known of a process any more: one is to be spawned. */
    void clear() {
        closeAll();
        uid = NO_UID;
        folder = null;
        archivedLaunch = null;
        group = null;
        abandoned = false;
        dead = false;
        untold = false;
        adopted = false;
    }

    /**
     * Has its hints told of.
     *
     * @throws OsException if the kernel has no room for that
     */
    void listen(Epoll epoll, long token) throws OsException {
        epoll.addOneShot(hintReadFd, token);
        listener = epoll;
    }

    /** Whether its hints are told of: not between its launch and what the spawner says of that. */
    boolean isListenedTo() {
        return listener != null;
    }

    /** Everything that another holds of its process; that one has none any more. */
    void takeFrom(LaunchedProcess other) {
        closeAll();
        pidFd = other.pidFd;
        holdWriteFd = other.holdWriteFd;
        hintReadFd = other.hintReadFd;
        listener = other.listener;
        dead = other.dead;
        adopted = other.adopted;
        session = other.session;
        startTicks = other.startTicks;
        uid = other.uid;
        folder = other.folder;
        other.folder = null;
        archivedLaunch = other.archivedLaunch;
        group = other.group;
        other.group = null;
        abandoned = false;
        other.pidFd = null;
        other.holdWriteFd = NO_FD;
        other.hintReadFd = NO_FD;
        other.listener = null;
        other.closeAll();
    }

    /** The child's ends of the pipes. */
    void closeChildEnds() {
        holdReadFd = close(holdReadFd);
        hintWriteFd = close(hintWriteFd);
    }

    /** Without a line before it, the end of the pipe makes a held child exit. */
    void closeHold() {
        holdWriteFd = close(holdWriteFd);
    }

    /**
     * And has nothing told of it any more. To close it does not suffice: a process that is being spawned has it open, too, until it has
     * closed what it inherits, and the kernel tells of a pipe as long as anybody has that end of it.
     */
    void closeHints() {
        if (listener != null) {
            listener.remove(hintReadFd);
            listener = null;
        }
        hintReadFd = close(hintReadFd);
    }

    /** All that belongs to the process that has ended. */
    void closeAll() {
        closeChildEnds();
        closeHold();
        closeHints();
        if (pidFd != null) {
            pidFd.close();
            pidFd = null;
        }
    }

    private static int close(int fd) {
        if (fd != NO_FD) {
            Fds.close(fd);
        }
        return NO_FD;
    }
}
