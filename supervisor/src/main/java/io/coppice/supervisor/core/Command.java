package io.coppice.supervisor.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the shell shall do, after it has committed the state. {@code child} is an index; a command whose incarnation is
 * not the one that the shell knows under that index has no addressee any more and is skipped.
 */
public sealed interface Command {
    /** Calls the handler's method for this type, so that a new command cannot compile unhandled. */
    void carryOutWith(Handler handler);

    /** The shell. Duty-cycle thread only. */
    interface Handler {
        void spawn(Spawn command);

        void release(Release command);

        void spawnStandby(SpawnStandby command);

        void warmStandby(WarmStandby command);

        void pauseStandby(PauseStandby command);

        void assignStandby(AssignStandby command);

        void endStandby(EndStandby command);

        void abandonHeld(AbandonHeld command);

        void signal(Signal command);

        void runShutdownCommand(RunShutdownCommand command);

        void killGroup(KillGroup command);

        void dumpThreads(DumpThreads command);

        void reply(Reply command);

        void recordEvent(RecordEvent command);

        void exitRoot(ExitRoot command);
    }

    /** Spawn it, held. Answered by Spawned or SpawnFailed, always. */
    record Spawn(int child, long incarnation) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.spawn(this);
        }
    }

    /** Spawn a standby of it, held. Answered by StandbySpawned or StandbySpawnFailed, always. */
    record SpawnStandby(int child, long standby) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.spawnStandby(this);
        }
    }

    /** Tell it, by a line, that it is on record: to warm up and to wait for another line. Answered by StandbyParked. */
    record WarmStandby(int child, long standby) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.warmStandby(this);
        }
    }

    /** Stop its whole group where it is, or let it go on. */
    record PauseStandby(int child, long standby, boolean paused) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.pauseStandby(this);
        }
    }

    /** From now on it is the child's process, and no standby. The Release that lets it go follows. */
    record AssignStandby(int child, int pool, long standby, long incarnation) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.assignStandby(this);
        }
    }

    /** Send KILL to its whole process group; nothing to do if it has no process yet. Answered by StandbyExited. */
    record EndStandby(int child, long standby) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.endStandby(this);
        }
    }

    /**
     * Write its line into the pipe and close it. Of an assigned standby that a dead root perhaps let go already, a second line says
     * the same and is never read. Answered by Released, or by Exited if it is dead already.
     *
     * @param fallback what the line tells a worker to fall back to before it starts, null for nothing
     * @param request what the line tells a transaction to work on, {@link Work#NO_REQUEST} of all others
     * @param attempt which attempt at that it is, from 1; 0 of all others
     */
    record Release(int child, long incarnation, @Nullable Fallback fallback, long request, int attempt)
            implements Command {
        static Release of(ChildDraft child) {
            Work work = child.work;
            return new Release(child.index(), child.incarnation, child.poison.due(), work.served(), work.attempts());
        }

        @Override
        public void carryOutWith(Handler handler) {
            handler.release(this);
        }
    }

    /**
     * Close the pipe without a word, also of a spawn still in flight: the child exits by itself. A standby that was assigned does
     * not, and is killed. Nothing to do if it was
     * released already (Released then says so).
     */
    record AbandonHeld(int child, long incarnation) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.abandonHeld(this);
        }
    }

    /**
     * Send a signal to the process, or to its whole group.
     *
     * @param signal a name without {@code SIG}, as it came from the spec or from KillRequested
     */
    record Signal(int child, long incarnation, String signal, boolean wholeGroup) implements Command {
        public Signal {
            Objects.requireNonNull(signal);
        }

        @Override
        public void carryOutWith(Handler handler) {
            handler.signal(this);
        }
    }

    /**
     * Run the command that asks the process to end. Answered by ShutdownCommandEnded, unless the process is dead by then: what is left
     * of the command is killed, and gone, before its Exited is told.
     */
    record RunShutdownCommand(int child, long incarnation) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.runShutdownCommand(this);
        }
    }

    /** Send KILL to the whole process group. */
    record KillGroup(int child, long incarnation) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.killGroup(this);
        }
    }

    /** Make the JVM write its threads to its log (QUIT to the process). */
    record DumpThreads(int child, long incarnation) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.dumpThreads(this);
        }
    }

    /** Answer the operator. */
    record Reply(long requestId, Outcome outcome) implements Command {
        public Reply {
            Objects.requireNonNull(outcome);
        }

        @Override
        public void carryOutWith(Handler handler) {
            handler.reply(this);
        }
    }

    /**
     * A line for the event log. It describes the state it came with: the shell may write it in the same commit.
     *
     * @param child an index, or {@link #ROOT}
     * @param incarnation of the child, 0 for none
     * @param pid of the process it is about, 0 for none
     * @param about of the root's own events: the group that it is about, or the child on whose account it happened; else empty
     * @param text a short reason, may be empty
     */
    record RecordEvent(EventType type, int child, long incarnation, int pid, String about, String text)
            implements Command {
        /** The event is about the root itself. */
        public static final int ROOT = -1;

        public RecordEvent {
            Objects.requireNonNull(type);
            Objects.requireNonNull(about);
            Objects.requireNonNull(text);
        }

        @Override
        public void carryOutWith(Handler handler) {
            handler.recordEvent(this);
        }
    }

    /** Nothing lives any more: exit with this code. The last command of a root's life. */
    record ExitRoot(int code) implements Command {
        @Override
        public void carryOutWith(Handler handler) {
            handler.exitRoot(this);
        }
    }
}
