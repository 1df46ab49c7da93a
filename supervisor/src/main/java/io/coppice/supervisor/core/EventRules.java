package io.coppice.supervisor.core;

import io.coppice.supervisor.core.ChildState.OperatorKill;
import io.coppice.supervisor.core.ChildState.Verdict;
import io.coppice.supervisor.core.SupervisorState.Phase;

/** What each event does, phase by phase. What thereby becomes possible follows in {@link Supervisor}. */
final class EventRules {
    /** The exit code of a client whose request was refused. */
    private static final int REFUSED = 1;

    private EventRules() {}

    static void begin(Transition transition) {
        if (transition.phase == Phase.ADOPTING) {
            transition.phase = Phase.RUNNING;
            transition.recordRoot(EventType.ROOT_STARTED, Adoption.text(transition));
            Replanning.startAnewWhatChanged(transition);
            Replanning.noticeWhatIsNoLongerProbed(transition);
        } else if (transition.phase == Phase.RUNNING) {
            transition.recordRoot(EventType.ROOT_STARTED, Counted.children(transition.childCount()));
        }
    }

    static void spawned(Transition transition, Event.Spawned event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child == null || child.hasProcess()) {
            return;
        }
        if (child.phase() == ChildPhase.SPAWNING) {
            hasProcess(transition, child, event);
            transition.enter(child, ChildPhase.HELD, ChildState.NEVER, EventType.SPAWNED, "");
            transition.command(Command.Release.of(child));
        } else if (child.phase() == ChildPhase.ABANDONING) {
            hasProcess(transition, child, event);
            transition.record(child, EventType.SPAWNED, "too late: it will not be released");
            if (transition.hurried) {
                EndRules.kill(transition, child, EventType.KILLED, "shutdown was asked for again");
            } else {
                child.deadlineNs = transition.after(child.spec.shutdownTimeoutNs());
                transition.command(new Command.AbandonHeld(child.index(), child.incarnation));
            }
        }
    }

    private static void hasProcess(Transition transition, ChildDraft child, Event.Spawned event) {
        child.pid = event.pid();
        child.startTicks = event.startTicks();
        child.spawnedAtNs = transition.nowNs;
    }

    static void spawnFailed(Transition transition, Event.SpawnFailed event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child != null && child.phase().occupied() && !child.hasProcess()) {
            DeathRules.spawnFailed(transition, child, event.reason());
        }
    }

    static void released(Transition transition, Event.Released event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child == null || !child.hasProcess()) {
            return;
        }
        if (child.phase() == ChildPhase.HELD) {
            started(transition, child);
        } else if (child.phase() == ChildPhase.ABANDONING) {
            runsAfterAll(transition, child);
        }
    }

    static void stageEntered(Transition transition, Event.StageEntered event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child == null || !child.hasProcess() || !child.spec.hasSegment()) {
            return;
        }
        switch (child.phase()) {
            case HELD -> {
                started(transition, child);
                enterStage(transition, child, event.stage());
            }
            case STARTING -> enterStage(transition, child, event.stage());
            case ABANDONING -> runsAfterAll(transition, child);
            default -> {
                // Ready already, or on its way out.
            }
        }
    }

    private static void enterStage(Transition transition, ChildDraft child, StartStage stage) {
        if (child.start.stage() != stage) {
            child.start = child.start.enter(stage, transition.nowNs);
            child.deadlineNs = stageDeadlineNs(transition, child);
        }
    }

    static void becameReady(Transition transition, Event.BecameReady event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child == null || !child.hasProcess()) {
            return;
        }
        switch (child.phase()) {
            case HELD -> {
                started(transition, child);
                if (child.phase() == ChildPhase.STARTING) {
                    ready(transition, child);
                }
            }
            case STARTING -> ready(transition, child);
            case ABANDONING -> runsAfterAll(transition, child);
            default -> {
                // Ready already, or on its way out.
            }
        }
    }

    /** Nobody will say any more that it is ready, or well again. */
    static void noLongerProbed(Transition transition, int index) {
        if (transition.specOf(index).hasSegment()) {
            return;
        }
        if (transition.phaseOf(index) == ChildPhase.STARTING && !transition.isEnding(index)) {
            ready(transition, transition.child(index));
        }
        if (!transition.isHealthy(index)) {
            transition.child(index).healthy = true;
        }
    }

    private static void started(Transition transition, ChildDraft child) {
        child.start = StartClock.begin(transition.nowNs);
        child.stopAsked = false;
        transition.enter(child, ChildPhase.STARTING, stageDeadlineNs(transition, child), EventType.RELEASED, "");
        if (!child.spec.hasSegment() && !child.spec.probed()) {
            ready(transition, child);
        }
    }

    private static long stageDeadlineNs(Transition transition, ChildDraft child) {
        StartTimeouts timeouts = child.spec.startTimeouts();
        return timeouts.ofNs(child.start.stage()) == 0
                ? ChildState.NEVER
                : transition.after(Math.max(0, child.start.leftNs(timeouts)));
    }

    private static void ready(Transition transition, ChildDraft child) {
        child.readyAtNs = transition.nowNs;
        PoisonRules.onReady(child);
        long deadlineNs = child.work.leaving()
                ? transition.after(TransactionRules.LINGER_NS)
                : TransactionRules.deadlineNs(transition, child.spec.slot());
        transition.enter(child, ChildPhase.READY, deadlineNs, EventType.READY, "");
    }

    /** Its release overtook the stop. */
    private static void runsAfterAll(Transition transition, ChildDraft child) {
        transition.record(child, EventType.RELEASED, "before it could be abandoned");
        EndRules.stop(transition, child);
    }

    static void exited(Transition transition, Event.Exited event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child != null && child.phase().occupied()) {
            if (Adoption.ranAfterAll(child, event.progress())) {
                started(transition, child);
            }
            DeathRules.died(transition, child, event);
        }
    }

    static void healthChanged(Transition transition, Event.HealthChanged event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child != null && child.phase() == ChildPhase.READY && child.healthy != event.healthy()) {
            child.healthy = event.healthy();
            transition.record(child, event.healthy() ? EventType.HEALTHY : EventType.UNHEALTHY, event.text());
        }
    }

    static void probeFailed(Transition transition, Event.ProbeFailed event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child != null && (child.phase() == ChildPhase.STARTING || child.phase() == ChildPhase.READY)) {
            EndRules.endUnhealthy(transition, child, event.text());
        }
    }

    static void heartbeatLost(Transition transition, Event.HeartbeatLost event) {
        ChildDraft child = transition.current(event.child(), event.incarnation());
        if (child != null && child.phase() == ChildPhase.READY && child.spec.heartbeatTimeoutNs() > 0) {
            EndRules.condemn(
                    transition,
                    child,
                    Verdict.HANG,
                    EventType.HANG,
                    "no heartbeat for " + DurationText.of(child.spec.heartbeatTimeoutNs())
                            + (event.excused().isEmpty() ? "" : "; not counted: " + event.excused()));
        }
    }

    /** A transaction's own timeout runs on, and so does the time that a process is given to end. */
    static void rootWasAway(Transition transition, Event.RootWasAway event) {
        for (int i = 0; i < transition.childCount(); i++) {
            ChildState before = transition.childBefore(i);
            if (before.phase() == ChildPhase.STARTING && before.deadlineNs() != ChildState.NEVER) {
                ChildDraft child = transition.child(i);
                long excusedNs = Math.min(event.uncountedNs(), transition.nowNs - child.start.sinceNs());
                child.start = child.start.excused(excusedNs);
                child.deadlineNs = Transition.after(child.deadlineNs, excusedNs);
            }
        }
    }

    static void tick(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            if (transition.childBefore(i).deadlineNs() <= transition.nowNs) {
                deadlineCame(transition, transition.child(i));
            }
            if (transition.childBefore(i).standbys().nextDeadlineNs() <= transition.nowNs) {
                StandbyRules.tick(transition, i);
            }
        }
    }

    private static void deadlineCame(Transition transition, ChildDraft child) {
        switch (child.phase()) {
            case BACKOFF -> LaunchRules.launch(transition, child);
            case STARTING ->
                EndRules.condemn(
                        transition,
                        child,
                        Verdict.START_TIMEOUT,
                        EventType.START_TIMEOUT,
                        LastExits.startTimeoutText(child));
            case DUMPING -> EndRules.kill(transition, child, EventType.KILLED, LastExits.verdictText(child));
            case ABANDONING, STOPPING ->
                EndRules.kill(
                        transition,
                        child,
                        EventType.STOP_TIMEOUT,
                        "not gone " + DurationText.of(child.spec.shutdownTimeoutNs()) + " after it was asked to end");
            case KILLING -> EndRules.killAgain(transition, child);
            case HELD -> Adoption.heldTooLong(transition, child);
            case WAITING -> child.deadlineNs = ChildState.NEVER; // its group may be restarted from now on
            case READY -> TransactionRules.timeIsOver(transition, child);
            case SPAWNING, STOPPED, FAILED, COMPLETED ->
                throw new IllegalStateException(
                        "child " + child.spec.name() + ": a deadline in phase " + child.phase() + ", which has none");
        }
    }

    static void stopRequested(Transition transition, Event.StopRequested event) {
        ChildDraft child = transition.child(event.child());
        transition.record(child, EventType.STOP_REQUESTED, event.why());
        child.work = child.work.withStopped(child.spec.slot() != null);
        wantDown(transition, child);
        EndRules.endAsAsked(transition, child);
        EndRules.endWhatMayNow(transition);
        transition.reply(event.requestId(), new Outcome.Ok(child.incarnation));
    }

    static void wantDown(Transition transition, ChildDraft child) {
        child.wanted = Wanted.DOWN;
        child.orders = Orders.NONE.withEndDue(child.orders.endDue());
        if (child.phase() == ChildPhase.WAITING || child.phase() == ChildPhase.BACKOFF) {
            DeathRules.stopped(transition, child);
        }
    }

    static void startRequested(Transition transition, Event.StartRequested event) {
        ChildDraft child = transition.child(event.child());
        if (refusedBecauseEnding(transition, child, event.requestId())) {
            return;
        }
        long found = child.incarnation;
        transition.record(child, EventType.START_REQUESTED, "");
        wantUp(transition, child);
        transition.reply(event.requestId(), new Outcome.Ok(found));
    }

    static void restartRequested(Transition transition, Event.RestartRequested event) {
        ChildDraft child = transition.child(event.child());
        if (refusedBecauseEnding(transition, child, event.requestId())) {
            return;
        }
        long found = child.incarnation;
        restart(transition, child, "");
        EndRules.endWhatMayNow(transition);
        transition.reply(event.requestId(), new Outcome.Ok(found));
    }

    /**
     * Stopped if need be, then up with a clean slate. Cold: who restarts a daemon may have replaced its jars, and standbys have loaded
     * what was in them before.
     */
    static void restart(Transition transition, ChildDraft child, String why) {
        transition.record(child, EventType.RESTART_REQUESTED, why);
        StandbyRules.endAll(transition, child, "its daemon is restarted");
        for (int i = child.index() + 1; i < transition.childCount(); i++) {
            Slot slot = transition.specOf(i).slot();
            if (slot != null && slot.daemon() == child.index() && slot.pool() == i) {
                StandbyRules.endAll(transition, transition.child(i), "its daemon is restarted");
            }
        }
        if (child.phase().occupied()) {
            child.wanted = Wanted.UP;
            child.orders = child.orders.withFate(Orders.Fate.RESTART);
            SignificantRules.isNotDone(transition, child);
            child.startAfresh();
            EndRules.endAsAsked(transition, child);
        } else {
            wantUp(transition, child);
        }
    }

    /** Up again with a clean slate, unless it is up, or on its way there, anyway. */
    private static void wantUp(Transition transition, ChildDraft child) {
        Wanted wantedBefore = child.wanted;
        child.wanted = Wanted.UP;
        child.orders = child.orders.withFate(Orders.Fate.RESTART);
        SignificantRules.isNotDone(transition, child);
        switch (child.phase()) {
            case STOPPED, FAILED, COMPLETED, BACKOFF -> {
                child.startAfresh();
                child.restartDue = false;
                LaunchRules.launch(transition, child);
            }
            case ABANDONING, DUMPING, STOPPING, KILLING -> {
                if (wantedBefore == Wanted.DOWN) {
                    child.startAfresh();
                }
            }
            case WAITING -> child.startAfresh();
            case SPAWNING, HELD, STARTING, READY -> {
                // To be ended all the same, if that is due: a start that comes after a stop makes two lives of it.
                if (wantedBefore == Wanted.DOWN) {
                    child.startAfresh();
                }
            }
        }
    }

    static void killRequested(Transition transition, Event.KillRequested event) {
        ChildDraft child = transition.child(event.child());
        if (!child.hasProcess()) {
            transition.reply(
                    event.requestId(),
                    new Outcome.Error(
                            REFUSED,
                            "it has no process, it is "
                                    + child.phase().published().inASentence()));
            return;
        }
        child.operatorKill = new OperatorKill(event.signal(), event.signalNumber(), transition.nowNs);
        transition.record(child, EventType.KILL_REQUESTED, "signal " + event.signal());
        transition.command(new Command.Signal(child.index(), child.incarnation, event.signal(), false));
        transition.reply(event.requestId(), new Outcome.Ok(child.incarnation));
    }

    static void shutdownRequested(Transition transition, Event.ShutdownRequested event) {
        if (transition.phase == Phase.RUNNING || transition.phase == Phase.ADOPTING) {
            endInstance(transition, 0, EventType.SHUTDOWN_REQUESTED, "", "stopping every child, dependents first");
        } else if (transition.phase == Phase.STOPPING) {
            transition.hurried = true;
            transition.recordRoot(EventType.SHUTDOWN_REQUESTED, "asked for again: killing every child");
            EndRules.killAll(transition);
        }
        transition.reply(event.requestId(), new Outcome.Ok(Outcome.NO_INCARNATION));
    }

    /**
     * Stops everything in order; the root exits with the code after that.
     *
     * @param about the child on whose account; empty for none
     */
    static void endInstance(Transition transition, int exitCode, EventType type, String about, String text) {
        transition.phase = Phase.STOPPING;
        transition.exitCode = exitCode;
        transition.recordRoot(type, about, text);
        for (int i = 0; i < transition.childCount(); i++) {
            ChildDraft child = transition.child(i);
            wantDown(transition, child);
            if (child.phase() == ChildPhase.SPAWNING || child.phase() == ChildPhase.HELD) {
                EndRules.endAsAsked(transition, child);
            }
        }
    }

    private static boolean refusedBecauseEnding(Transition transition, ChildDraft child, long requestId) {
        if (transition.phase == Phase.RUNNING || transition.phase == Phase.ADOPTING) {
            return false;
        }
        transition.reply(
                requestId,
                new Outcome.Error(REFUSED, "cannot start " + child.spec.name() + ": the instance is shutting down"));
        return true;
    }
}
