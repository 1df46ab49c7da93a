package io.coppice.supervisor.root;

import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Carries out the core's commands, which the root has committed by then. What a command brings about at once comes back
 * as an event through {@code follows}; nothing here decides.
 *
 * <p>Duty-cycle thread only; no call blocks.
 */
final class CommandExecutor implements Command.Handler {
    private static final int NOT_YET = -1;

    /** By which a shutdown command knows whom to ask. */
    private static final String PID_VARIABLE = "COPPICE_PID";

    private final ChildTable children;
    private final Launcher launcher;
    private final Standbys standbys;
    private final KeptPidFds kept;
    private final InstanceWatch files;
    private final Sandboxes sandboxes;
    private final ProcessTable processes;
    private final ControlServer control;
    private final StatusPublisher publisher;
    private final Consumer<Event> follows;
    private final Errands errands;
    private final Consumer<Event> late;
    private final Notices notices;
    private int exitCode = NOT_YET;

    /**
     * Of one root.
     *
     * @param follows takes what a command has brought about at once
     * @param late takes what becomes of one in a later turn
     */
    CommandExecutor(
            ChildTable children,
            Launcher launcher,
            Standbys standbys,
            KeptPidFds kept,
            InstanceWatch files,
            Sandboxes sandboxes,
            ProcessTable processes,
            ControlServer control,
            StatusPublisher publisher,
            Consumer<Event> follows,
            Errands errands,
            Consumer<Event> late,
            Notices notices) {
        this.children = children;
        this.launcher = launcher;
        this.standbys = standbys;
        this.kept = kept;
        this.files = files;
        this.sandboxes = sandboxes;
        this.processes = processes;
        this.control = control;
        this.publisher = publisher;
        this.follows = follows;
        this.errands = errands;
        this.late = late;
        this.notices = notices;
    }

    /** The root's exit code once the core has commanded it, negative before. */
    int exitCode() {
        return exitCode;
    }

    @Override
    public void spawn(Command.Spawn command) {
        ChildProcess child = children.get(command.child());
        try {
            child.incarnation = command.incarnation();
            launcher.spawn(child, child.plan, Launcher.token(child.slot, command.incarnation()), true);
        } catch (OsException | IOException e) {
            follows.accept(new Event.SpawnFailed(
                    command.child(), command.incarnation(), String.valueOf(e.getMessage()), System.nanoTime()));
        }
    }

    @Override
    public void release(Command.Release command) {
        ChildProcess child = children.get(command.child());
        if (!child.adopted) {
            // An adopted one may have had its line from the root before, and own its segment by now.
            files.prepareOwner(child);
        }
        sandboxes.handOver(child);
        if (child.incarnation == command.incarnation()
                && (child.wasLetGo()
                        || Launcher.release(
                                child,
                                // What a slot's last process did with another request is no business of this one's.
                                command.attempt() == 1 ? null : publisher.lastExit(command.child()),
                                publisher.lastExitEpochMs(command.child()),
                                command))) {
            follows.accept(new Event.Released(command.child(), command.incarnation(), System.nanoTime()));
        }
        if (child.assigned && child.pidFd != null && !child.adopted) {
            // Not before the line: somebody waits for that.
            kept.keep(child.plan.name(), child.incarnation, child.pidFd);
        }
    }

    @Override
    public void spawnStandby(Command.SpawnStandby command) {
        standbys.spawn(command);
    }

    @Override
    public void warmStandby(Command.WarmStandby command) {
        standbys.warm(command);
    }

    @Override
    public void pauseStandby(Command.PauseStandby command) {
        standbys.pause(command);
    }

    @Override
    public void assignStandby(Command.AssignStandby command) {
        standbys.assign(command);
    }

    @Override
    public void endStandby(Command.EndStandby command) {
        standbys.end(command);
    }

    @Override
    public void abandonHeld(Command.AbandonHeld command) {
        ChildProcess child = children.get(command.child());
        if (child.incarnation == command.incarnation()) {
            child.abandoned = true;
            if (child.pidFd != null) {
                child.closeHold();
            }
            if (child.assigned) {
                send(command.child(), command.incarnation(), SignalNumbers.of("KILL"), true);
            }
        }
    }

    @Override
    public void signal(Command.Signal command) {
        send(command.child(), command.incarnation(), SignalNumbers.of(command.signal()), command.wholeGroup());
    }

    @Override
    public void runShutdownCommand(Command.RunShutdownCommand command) {
        ChildProcess child = children.get(command.child());
        PidFd pidFd = child.pidFd;
        if (child.incarnation != command.incarnation() || pidFd == null || child.dead) {
            return;
        }
        long incarnation = command.incarnation();
        List<String> environment = launcher.environment(child.plan);
        environment.add(PID_VARIABLE + "=" + pidFd.pid());
        try {
            child.shutdownCommand = errands.send(
                    child.plan.shutdown().command(),
                    environment,
                    child.plan.workingDirectory(),
                    launcher.log(child.plan),
                    sandboxes.besides(child),
                    // The process that it asks to end has one, and when that is dead, so is this.
                    Errands.NO_TIMEOUT,
                    (status, failure, nowNs) -> {
                        child.shutdownCommand = null;
                        boolean asked = status instanceof ExitStatus.Exited exited && exited.code() == 0;
                        late.accept(new Event.ShutdownCommandEnded(
                                child.index, incarnation, asked ? null : Errands.words(status, failure), nowNs));
                    });
        } catch (OsException e) {
            follows.accept(new Event.ShutdownCommandEnded(
                    command.child(), incarnation, String.valueOf(e.getMessage()), System.nanoTime()));
        }
    }

    @Override
    public void killGroup(Command.KillGroup command) {
        send(command.child(), command.incarnation(), SignalNumbers.of("KILL"), true);
    }

    @Override
    public void dumpThreads(Command.DumpThreads command) {
        // The JVM writes its threads to its standard output on SIGQUIT; any other program would die of it.
        if (children.get(command.child()).hasSegment()) {
            send(command.child(), command.incarnation(), SignalNumbers.of("QUIT"), false);
            if (children.get(command.child()).plan.kind() == ChildPlan.Kind.TRANSACTION) {
                // It is judged by its timeout also while it is stopped by a signal, and shows nothing until it goes on.
                send(command.child(), command.incarnation(), SignalNumbers.of("CONT"), false);
            }
        }
    }

    private void send(int index, long incarnation, int signal, boolean wholeGroup) {
        ChildProcess child = children.get(index);
        PidFd pidFd = child.pidFd;
        if (child.incarnation != incarnation || pidFd == null || child.dead) {
            return;
        }
        // An error here is ESRCH: it is dead already, and its death is on the way to us.
        if (wholeGroup) {
            if (child.adopted && pidFd.signal(0) != 0) {
                return; // Its new parent has reaped it, and the group's number may be another's.
            }
            // The process is not reaped, so its group's number is its own.
            processes.signalGroup(pidFd.pid(), signal);
        } else {
            pidFd.signal(signal);
        }
    }

    @Override
    public void reply(Command.Reply command) {
        if (command.requestId() != Event.NO_REQUEST) {
            control.reply(command.requestId(), ControlEvents.replyText(command.outcome()));
        }
    }

    /** Written together with the state, before the commands: see {@link StatusPublisher}. */
    @Override
    public void recordEvent(Command.RecordEvent command) {
        notices.onEvent(command);
    }

    @Override
    public void exitRoot(Command.ExitRoot command) {
        exitCode = command.code();
    }
}
