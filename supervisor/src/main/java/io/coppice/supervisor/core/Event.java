package io.coppice.supervisor.core;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the shell saw. {@code nowNs} is when it saw it: nanoseconds, 0 or more, of one monotonic clock. {@code child} is
 * an index. Events about a process carry its incarnation; one that is not the child's current incarnation is ignored.
 *
 * <p>The shell reports in the order in which things happened to a process: Spawned before Released before StageEntered
 * before BecameReady before Exited; Released right after it carried out a Release.
 */
public sealed interface Event {
    /** A request that nobody waits for gets no Reply. */
    long NO_REQUEST = -1;

    long nowNs();

    /** Dispatch on the type itself, so that a new event cannot compile unhandled. */
    void applyTo(Transition transition);

    /** About one child, and not about a standby of it. */
    sealed interface OfChild extends Event {
        int child();
    }

    /** About one process of a child. */
    sealed interface OfProcess extends OfChild {
        long incarnation();
    }

    /** About one standby of a child. */
    sealed interface OfStandby extends Event {
        int child();

        long standby();
    }

    /** An operator asked for it. */
    sealed interface Request extends Event {
        /** What a Reply names, or {@link #NO_REQUEST}. */
        long requestId();
    }

    /**
     * A process on record lives: it is that very process, and its end will be told. Before Begin, by a root that came after
     * one that died; of each process that does not live any more, Exited tells instead.
     */
    record Adopted(int child, long incarnation, long nowNs) implements OfProcess {
        @Override
        public void applyTo(Transition transition) {
            Adoption.adopted(transition, this);
        }
    }

    /** The first event of a root's life, but for those of an adoption: launch what may be launched. */
    record Begin(long nowNs) implements Event {
        @Override
        public void applyTo(Transition transition) {
            EventRules.begin(transition);
        }
    }

    /** The process exists and is held; {@code startTicks} is field 22 of its {@code /proc/PID/stat}. */
    record Spawned(int child, long incarnation, int pid, long startTicks, long nowNs) implements OfProcess {
        @Override
        public void applyTo(Transition transition) {
            EventRules.spawned(transition, this);
        }
    }

    /** There is no process, and there will be none for this incarnation. */
    record SpawnFailed(int child, long incarnation, String reason, long nowNs) implements OfProcess {
        public SpawnFailed {
            Objects.requireNonNull(reason);
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.spawnFailed(transition, this);
        }
    }

    /** A Release was carried out: the child may be running. */
    record Released(int child, long incarnation, long nowNs) implements OfProcess {
        @Override
        public void applyTo(Transition transition) {
            EventRules.released(transition, this);
        }
    }

    /** The worker's own word, of what it does on its way to ready. It may be said as often as a worker likes. */
    record StageEntered(int child, long incarnation, StartStage stage, long nowNs) implements OfProcess {
        public StageEntered {
            Objects.requireNonNull(stage);
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.stageEntered(transition, this);
        }
    }

    /** The worker's own word, or a probe's, that it does its work now. */
    record BecameReady(int child, long incarnation, long nowNs) implements OfProcess {
        @Override
        public void applyTo(Transition transition) {
            EventRules.becameReady(transition, this);
        }
    }

    /**
     * The kernel said that the process is dead, and nothing of its process group is left.
     *
     * @param lastWords what a worker left in its segment, if its phase there is FAILING, or if they tell of System.exit
     * @param progress how far it came with its segment
     * @param killedFor why the kernel has killed something of it, if that was for want of memory; else null
     * @param ofArchive its JVM could not start with an archive that it was given, and that is given to nobody any more
     */
    record Exited(
            int child,
            long incarnation,
            ExitStatus status,
            @Nullable String lastWords,
            @Nullable String killedFor,
            StepProgress progress,
            boolean ofArchive,
            long nowNs)
            implements OfProcess {
        public Exited {
            Objects.requireNonNull(status);
            Objects.requireNonNull(progress);
        }

        /** Of no archive. */
        public Exited(
                int child,
                long incarnation,
                ExitStatus status,
                @Nullable String lastWords,
                StepProgress progress,
                long nowNs) {
            this(child, incarnation, status, lastWords, null, progress, false, nowNs);
        }

        /** The same, of an archive. */
        public Exited byArchive() {
            return new Exited(child, incarnation, status, lastWords, killedFor, progress, true, nowNs);
        }

        /** The same, with what the kernel has killed something of it for. */
        public Exited killedFor(String why) {
            return new Exited(child, incarnation, status, lastWords, why, progress, ofArchive, nowNs);
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.exited(transition, this);
        }
    }

    /** The word of a probe, of a process that had become ready: whether it is well. {@code text} says what was seen. */
    record HealthChanged(int child, long incarnation, boolean healthy, String text, long nowNs) implements OfProcess {
        public HealthChanged {
            Objects.requireNonNull(text);
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.healthChanged(transition, this);
        }
    }

    /** The word of a probe: it will not come up, or does not live any more, and is to be ended. {@code text} says what was seen. */
    record ProbeFailed(int child, long incarnation, String text, long nowNs) implements OfProcess {
        public ProbeFailed {
            Objects.requireNonNull(text);
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.probeFailed(transition, this);
        }
    }

    /**
     * The command that was to ask a process to end has ended itself, or could not be run.
     *
     * @param failure what came of it, in words; null if it exited with 0, and so has asked
     */
    record ShutdownCommandEnded(
            int child, long incarnation, @Nullable String failure, long nowNs) implements OfProcess {
        @Override
        public void applyTo(Transition transition) {
            EndRules.shutdownCommandEnded(transition, this);
        }
    }

    /**
     * The heartbeat count has stood still for the heartbeat timeout, by the shell's measure.
     *
     * @param excused in words, what of its silence was not counted; empty if all was
     */
    record HeartbeatLost(int child, long incarnation, String excused, long nowNs) implements OfProcess {
        public HeartbeatLost {
            Objects.requireNonNull(excused);
        }

        /** All of it was. */
        public HeartbeatLost(int child, long incarnation, long nowNs) {
            this(child, incarnation, "", nowNs);
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.heartbeatLost(transition, this);
        }
    }

    /**
     * What the segment of a slot's daemon asks the slot for is something else than before.
     *
     * @param request its number, more than 0; 0 for nothing
     * @param discard it is not wanted any more
     * @param done what the slot's live process was launched for is done: its result is committed
     */
    record Requested(int child, long request, boolean discard, boolean done, long nowNs) implements OfChild {
        @Override
        public void applyTo(Transition transition) {
            TransactionRules.requested(transition, this);
        }
    }

    /** A standby exists and is held; as Spawned. */
    record StandbySpawned(int child, long standby, int pid, long startTicks, long nowNs) implements OfStandby {
        @Override
        public void applyTo(Transition transition) {
            StandbyRules.spawned(transition, this);
        }
    }

    /** There is no standby of that id, and there will be none. */
    record StandbySpawnFailed(int child, long standby, String reason, long nowNs) implements OfStandby {
        public StandbySpawnFailed {
            Objects.requireNonNull(reason);
        }

        @Override
        public void applyTo(Transition transition) {
            StandbyRules.spawnFailed(transition, this);
        }
    }

    /** A standby's own word that it is warm and waits. */
    record StandbyParked(int child, long standby, long nowNs) implements OfStandby {
        @Override
        public void applyTo(Transition transition) {
            StandbyRules.parked(transition, this);
        }
    }

    /** The kernel said that a standby is dead, and nothing of its process group is left. */
    record StandbyExited(int child, long standby, ExitStatus status, long nowNs) implements OfStandby {
        public StandbyExited {
            Objects.requireNonNull(status);
        }

        @Override
        public void applyTo(Transition transition) {
            StandbyRules.exited(transition, this);
        }
    }

    /** As Adopted, of a standby. */
    record StandbyAdopted(int child, long standby, long nowNs) implements OfStandby {
        @Override
        public void applyTo(Transition transition) {
            StandbyRules.adopted(transition, this);
        }
    }

    /**
     * Due whenever {@link SupervisorState#nextRefillNs} has come, harmless at any other time.
     *
     * @param cpuStarved whether others wait for the CPU already
     */
    record RefillDue(boolean cpuStarved, long nowNs) implements Event {
        @Override
        public void applyTo(Transition transition) {
            StandbyRules.refill(transition, this);
        }
    }

    /**
     * The root was stopped, stalled or without a CPU, and most likely those whose start it times were, too. What comes next is not to find their
     * time used up by that.
     *
     * @param uncountedNs how much of it does not count, 0 or more
     */
    record RootWasAway(long uncountedNs, long nowNs) implements Event {
        public RootWasAway {
            if (uncountedNs < 0) {
                throw new IllegalArgumentException("away for " + uncountedNs + " ns");
            }
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.rootWasAway(transition, this);
        }
    }

    /** Time has passed; due whenever {@link SupervisorState#nextDeadlineNs} has come, harmless at any other time. */
    record Tick(long nowNs) implements Event {
        @Override
        public void applyTo(Transition transition) {
            EventRules.tick(transition);
        }
    }

    /**
     * An operator wants the child down, until he says otherwise; or the next plan does not go on with it.
     *
     * @param why for people; empty if an operator asks
     */
    record StopRequested(int child, long requestId, String why, long nowNs) implements OfChild, Request {
        /** An operator asks. */
        public StopRequested(int child, long requestId, long nowNs) {
            this(child, requestId, "", nowNs);
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.stopRequested(transition, this);
        }
    }

    /** An operator wants the child up. */
    record StartRequested(int child, long requestId, long nowNs) implements OfChild, Request {
        @Override
        public void applyTo(Transition transition) {
            EventRules.startRequested(transition, this);
        }
    }

    /** An operator wants the child stopped and then up. */
    record RestartRequested(int child, long requestId, long nowNs) implements OfChild, Request {
        @Override
        public void applyTo(Transition transition) {
            EventRules.restartRequested(transition, this);
        }
    }

    /** An operator wants the process sent a signal; what he wants of the child does not change. */
    record KillRequested(int child, String signal, int signalNumber, long requestId, long nowNs)
            implements OfChild, Request {
        public KillRequested {
            Objects.requireNonNull(signal);
        }

        @Override
        public void applyTo(Transition transition) {
            EventRules.killRequested(transition, this);
        }
    }

    /**
     * The plan is another one from now on. Children keep their state by name and kind; those that the plan no longer has are not
     * {@linkplain ChildPhase#occupied() occupied}. What would be started in another way than it was is started anew.
     *
     * @param specs all children, by index
     * @param lastIncarnations by index, of children that were not there before: what was reached when they last were, 0 for never
     * @param groups all groups, by index; one goes on under its name
     */
    record Replanned(List<ChildSpec> specs, List<Long> lastIncarnations, List<GroupSpec> groups, long nowNs)
            implements Event {
        /** Without groups. */
        public Replanned(List<ChildSpec> specs, List<Long> lastIncarnations, long nowNs) {
            this(specs, lastIncarnations, List.of(GroupSpec.INSTANCE), nowNs);
        }

        public Replanned {
            groups = List.copyOf(groups);
            specs = List.copyOf(specs);
            lastIncarnations = List.copyOf(lastIncarnations);
        }

        @Override
        public void applyTo(Transition transition) {
            Replanning.apply(transition);
        }
    }

    /** Stop everything in order; asked a second time: kill everything now. */
    record ShutdownRequested(long requestId, long nowNs) implements Request {
        @Override
        public void applyTo(Transition transition) {
            EventRules.shutdownRequested(transition, this);
        }
    }
}
