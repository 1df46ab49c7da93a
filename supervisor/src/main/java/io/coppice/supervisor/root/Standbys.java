package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.PipeOfAnother;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.os.SpawnResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The shell's part in the life of standbys. A standby is a worker that is held like every other; its first line tells it that it is on
 * record as a standby. From then on the end of its pipe does not end it, so that it outlives the root, and a successor writes into that
 * very pipe. The line that lets it go is the same as every worker's.
 *
 * <p>Duty-cycle thread only; no call blocks.
 */
final class Standbys {
    /** Where a worker has the pipe that it is let go by, and the one that it hints through. */
    static final int HOLD_FD = 0;

    static final int HINT_FD = 3;

    private static final byte[] WARM_LINE = "standby\n".getBytes(StandardCharsets.US_ASCII);

    private final ChildTable children;
    private final StandbyTable table;
    private final Launcher launcher;
    private final ProcessTable processes;
    private final Epoll epoll;
    private final Funerals funerals;
    private final ArchiveWishes archives;
    private final LaunchLimits limits;
    private final WorkerUsers users;
    private final Sandboxes sandboxes;
    private final Console console;
    private final Consumer<Event> follows;
    private final byte[] hintBytes = new byte[16];

    /** @param follows takes what a command brought about at once */
    Standbys(
            ChildTable children,
            StandbyTable table,
            Launcher launcher,
            ProcessTable processes,
            Epoll epoll,
            Funerals funerals,
            ArchiveWishes archives,
            LaunchLimits limits,
            WorkerUsers users,
            Sandboxes sandboxes,
            Console console,
            Consumer<Event> follows) {
        this.children = children;
        this.table = table;
        this.launcher = launcher;
        this.processes = processes;
        this.epoll = epoll;
        this.funerals = funerals;
        this.archives = archives;
        this.limits = limits;
        this.users = users;
        this.sandboxes = sandboxes;
        this.console = console;
        this.follows = follows;
    }

    void spawn(Command.SpawnStandby command) {
        ChildProcess child = children.get(command.child());
        StandbyProcess standby = table.add(child, command.standby());
        try {
            launcher.spawn(standby, child.plan, Launcher.standbyToken(standby.slot, standby.id), false);
            standby.pipeInode = PipeOfAnother.inode(standby.holdWriteFd);
        } catch (OsException | IOException e) {
            table.remove(standby);
            follows.accept(new Event.StandbySpawnFailed(
                    command.child(), command.standby(), String.valueOf(e.getMessage()), System.nanoTime()));
        }
    }

    void warm(Command.WarmStandby command) {
        StandbyProcess standby = table.find(command.child(), command.standby());
        if (standby != null) {
            // What cannot hear it any more is dead, or about to be.
            Fds.write(standby.holdWriteFd, WARM_LINE, WARM_LINE.length);
        }
    }

    void pause(Command.PauseStandby command) {
        StandbyProcess standby = table.find(command.child(), command.standby());
        if (standby != null) {
            send(standby, command.paused() ? "STOP" : "CONT");
        }
    }

    void end(Command.EndStandby command) {
        StandbyProcess standby = table.find(command.child(), command.standby());
        if (standby != null) {
            standby.abandoned = true;
            if (standby.pidFd != null) {
                standby.closeHold();
                send(standby, "KILL");
            }
        }
    }

    private void send(StandbyProcess standby, String signal) {
        PidFd pidFd = standby.pidFd;
        if (pidFd == null || standby.dead || (standby.adopted && pidFd.signal(0) != 0)) {
            return;
        }
        processes.signalGroup(pidFd.pid(), SignalNumbers.of(signal));
    }

    /** Its descriptors become those of its child's process. */
    void assign(Command.AssignStandby command) {
        ChildProcess child = children.get(command.child());
        StandbyProcess standby = table.find(command.pool(), command.standby());
        if (standby == null) {
            throw new IllegalStateException("assigned a standby that is not there: " + command);
        }
        child.takeFrom(standby);
        // If its death is known already, and not told yet, it is the child's now.
        funerals.passOn(standby, child);
        child.incarnation = command.incarnation();
        child.hints = 0;
        child.assigned = true;
        child.wordHeld = 0;
        child.falseAlarms = 0;
        table.remove(standby);
        try {
            users.handOver(child);
        } catch (IOException e) {
            // It will say that it cannot open its segment, and end.
            console.warn(child.plan.name() + ": " + e.getMessage());
        }
        if (child.pidFd != null && !child.dead) {
            // If it has died meanwhile, that is told under its new name.
            epoll.rename(child.pidFd.fd(), Tokens.of(Tokens.CHILD_DEATH, child.slot));
        }
        if (child.isListenedTo()) {
            epoll.rearm(child.hintReadFd, Tokens.of(Tokens.CHILD_HINT, child.slot));
        }
    }

    /** The spawner has one for us, or has none. */
    void onSpawned(SpawnResult result) {
        StandbyProcess standby = table.inSlot(Launcher.standbySlotOf(result.token()));
        if (standby == null) {
            throw new IllegalStateException("a standby was spawned in slot " + Launcher.standbySlotOf(result.token())
                    + ", where none was asked for");
        }
        if (result instanceof SpawnResult.Spawned spawned) {
            onSpawned(standby, spawned.pid());
        } else if (result instanceof SpawnResult.Failed failed) {
            lost(standby, failed.reason());
        }
    }

    private void lost(StandbyProcess standby, String reason) {
        limits.discard(standby);
        sandboxes.discard(standby);
        table.remove(standby);
        follows.accept(new Event.StandbySpawnFailed(standby.child.index, standby.id, reason, System.nanoTime()));
    }

    private void onSpawned(StandbyProcess standby, int pid) {
        try {
            standby.startTicks = processes.startTicks(pid);
            standby.pidFd = PidFd.open(pid);
            standby.pidfdInode = standby.pidFd.inode();
            standby.session = pid;
            epoll.add(standby.pidFd.fd(), Tokens.of(Tokens.STANDBY_DEATH, standby.slot));
            standby.listen(epoll, Tokens.of(Tokens.STANDBY_HINT, standby.slot));
        } catch (OsException e) {
            // It is held and never told anything: it owns nothing, and the end of its pipe ends it.
            funerals.beginUnwatched(pid, System.nanoTime());
            lost(standby, "pid " + pid + " cannot be watched: " + e.getMessage());
            return;
        }
        archives.onLaunched(standby, System.nanoTime());
        follows.accept(
                new Event.StandbySpawned(standby.child.index, standby.id, pid, standby.startTicks, System.nanoTime()));
    }

    /** It has said something, or closed its end. */
    void onHint(int slot) {
        StandbyProcess standby = table.inSlot(slot);
        if (standby != null
                && standby.hintReadFd != LaunchedProcess.NO_FD
                && Fds.readSome(standby.hintReadFd, hintBytes) > 0) {
            follows.accept(new Event.StandbyParked(standby.child.index, standby.id, System.nanoTime()));
        }
    }

    /** The kernel said that it is dead. What is left of its group follows, and then the core is told. */
    void onDeath(int slot) {
        StandbyProcess standby = table.inSlot(slot);
        PidFd pidFd = standby == null ? null : standby.pidFd;
        if (standby == null || pidFd == null || standby.dead || !pidFd.isDead()) {
            return;
        }
        epoll.remove(pidFd.fd());
        standby.dead = true;
        funerals.begin(standby, pidFd, LeftBehind.NOTHING, System.nanoTime());
    }

    /** After its burial. */
    void forget(int child, long id) {
        StandbyProcess standby = table.find(child, id);
        if (standby != null) {
            sandboxes.discard(standby);
            table.remove(standby);
        }
    }

    /** Whether there may be one of which only the spawner knows yet. */
    static boolean areAwaited(ChildState child) {
        for (Standby standby : child.standbys().standbys()) {
            if (!standby.hasProcess()) {
                return true;
            }
        }
        return false;
    }
}
