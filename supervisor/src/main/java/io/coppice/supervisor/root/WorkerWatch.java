package io.coppice.supervisor.root;

import io.coppice.state.Phase;
import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.PublishedState;
import io.coppice.supervisor.core.StartStage;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.specs.PlanSpecs;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What workers say of themselves, made into events: the hint that something has changed, the phase of a start, the heartbeat.
 *
 * <p>Duty-cycle thread only; a scan that finds all well allocates nothing.
 */
final class WorkerWatch {
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long SECOND_NS = 1_000_000_000L;

    private final ChildTable children;
    private final SegmentWatch segments;
    private final Epoll epoll;
    private final StatusPublisher publisher;
    private final RootMeter meter;
    private final Supplier<SupervisorState> state;
    private final Consumer<Event> settle;
    private final Consumer<ChildProcess> lookAtWord;
    private final Consumer<ChildProcess> followFile;
    private final Incidents incidents;
    private final Suspects suspects;
    private final RequestWatch requests;
    private HeartbeatMonitor heartbeats;
    private long listenAgainNs = Long.MAX_VALUE;

    /**
     * A watch of nobody yet.
     *
     * @param state the core's, as it is now
     * @param settle takes an event in at once
     * @param requests of daemons that are ready
     * @param lookAtWord for each worker that is ready, at each scan
     * @param followFile for each worker that hints before it is ready: its segment may be another file
     */
    WorkerWatch(
            Plan plan,
            ChildTable children,
            SegmentWatch segments,
            Epoll epoll,
            StatusPublisher publisher,
            RootMeter meter,
            Incidents incidents,
            Supplier<SupervisorState> state,
            Consumer<Event> settle,
            RequestWatch requests,
            Consumer<ChildProcess> lookAtWord,
            Consumer<ChildProcess> followFile) {
        this.children = children;
        this.segments = segments;
        this.epoll = epoll;
        this.publisher = publisher;
        this.meter = meter;
        this.incidents = incidents;
        this.suspects = new Suspects(segments);
        this.state = state;
        this.settle = settle;
        this.requests = requests;
        this.lookAtWord = lookAtWord;
        this.followFile = followFile;
        this.heartbeats = new HeartbeatMonitor(PlanSpecs.heartbeatTimeoutsNs(plan), System.nanoTime());
    }

    /** Another plan; who was watched and is still there stays so, with the silence that it has so far. */
    void replan(Plan next, int[] from) {
        heartbeats = heartbeats.replanned(PlanSpecs.heartbeatTimeoutsNs(next), from);
    }

    /** When the next {@link #scan} is due; {@link Long#MAX_VALUE} when no child has a heartbeat to watch. */
    long nextScanNs() {
        return heartbeats.nextScanNs();
    }

    /** Whether a root that is awake now is to {@link #scan}. */
    boolean isScanDue(long nowNs) {
        return heartbeats.isScanDue(nowNs);
    }

    /** After each step: a child that has become ready is watched from then on, one that ends no longer. */
    void follow(int i, ChildState before, ChildState child, long nowNs) {
        boolean wanted = children.get(i).hasSegment()
                && (child.state() == PublishedState.READY || child.phase() == ChildPhase.STARTING);
        if (!wanted) {
            heartbeats.unwatch(i);
        } else if ((child.state() == PublishedState.READY && before.state() != PublishedState.READY)
                || !heartbeats.isWatched(i)) {
            heartbeats.watch(i, segments.heartbeatCount(children.get(i)), nowNs);
            if (child.state() == PublishedState.READY) {
                lookAtWord.accept(children.get(i));
            }
        }
    }

    void scan(long nowNs) {
        long countedNs = heartbeats.beginScan(nowNs);
        if (heartbeats.awayNs() > 0) {
            tellOfAbsence(heartbeats.awayNs(), countedNs, nowNs);
            settle.accept(new Event.RootWasAway(heartbeats.awayNs() - countedNs, nowNs));
        }
        boolean moved = false;
        for (ChildProcess child : children.all()) {
            if (!heartbeats.isWatched(child.index)) {
                continue;
            }
            if (state.get().child(child.index).phase() == ChildPhase.STARTING) {
                // A worker that cannot hint, or was not heard, is found ready here.
                notePhase(child, nowNs);
                continue;
            }
            lookAtWord.accept(child);
            if (requests.hasSlots(child)) {
                requests.look(child, nowNs);
            }
            if (heartbeats.observe(child.index, segments.heartbeatCount(child), countedNs)) {
                publisher.heartbeatSeen(child.index, nowNs);
                moved = true;
            } else {
                onSilence(child, nowNs);
            }
        }
        if (moved) {
            publisher.commitHeartbeats(meter.turns(), meter.allocatedBytes());
        }
    }

    private void onSilence(ChildProcess child, long nowNs) {
        long limitNs = heartbeats.limitNs(child.index, segments.busyAtCount(child), segments.busyAtMostMs(child));
        if (!heartbeats.isSuspect(child.index, limitNs)) {
            return;
        }
        if (heartbeats.weigh(child.index, suspects.look(child))) {
            suspects.ask(child);
        }
        if (heartbeats.isHung(child.index, limitNs)) {
            settle.accept(
                    new Event.HeartbeatLost(child.index, child.incarnation, heartbeats.excuses(child.index), nowNs));
            return;
        }
        String excuse = heartbeats.newExcuse(child.index, limitNs);
        if (excuse != null) {
            incidents.tell(Incidents.Kind.HANG_EXCUSED, child.index, nowNs, excuse);
        }
    }

    private void tellOfAbsence(long awayNs, long countedNs, long nowNs) {
        incidents.tell(
                Incidents.Kind.ROOT_STALLED,
                nowNs,
                "the root did not look at the heartbeats for " + awayNs / NANOS_PER_MS
                        + " ms (stopped, stalled, or without a CPU); " + countedNs / NANOS_PER_MS
                        + " ms of that count as the workers' silence");
    }

    /** A worker has hinted that its phase has changed, or closed its end. */
    void onHint(ChildProcess child) {
        if (!child.isListenedTo()) {
            return; // That was of its predecessor, and taken from the kernel before that was buried.
        }
        boolean open = segments.drainHints(child);
        boolean submits = requests.hasSlots(child);
        long nowNs = System.nanoTime();
        if (submits && nowNs - child.hintsSinceNs > SECOND_NS) {
            child.hintsSinceNs = nowNs;
            child.hints = 0;
        }
        boolean ready = state.get().child(child.index).phase() == ChildPhase.READY;
        if (ready && submits) {
            requests.look(child, nowNs);
        } else {
            if (!ready) {
                followFile.accept(child);
            }
            notePhase(child, nowNs);
        }
        if (!child.isListenedTo()) {
            return;
        }
        if (open && ++child.hints < (submits ? ChildProcess.MAX_HINTS_OF_SUBMITS : ChildProcess.MAX_HINTS)) {
            epoll.rearm(child.hintReadFd, Tokens.of(Tokens.CHILD_HINT, child.slot));
        } else if (open && submits) {
            listenAgainNs = Math.min(listenAgainNs, child.hintsSinceNs + SECOND_NS);
        } else {
            child.closeHints();
        }
    }

    /** When the next {@link #listenAgain} is due; {@link Long#MAX_VALUE} when all are listened to. */
    long nextListenNs() {
        return listenAgainNs;
    }

    /** To those that have hinted more than they may in a second: what they asked for meanwhile is seen now. */
    void listenAgain(long nowNs) {
        listenAgainNs = Long.MAX_VALUE;
        for (ChildProcess child : children.all()) {
            if (child.hints >= ChildProcess.MAX_HINTS_OF_SUBMITS && child.isListenedTo()) {
                child.hints = 0;
                requests.look(child, nowNs);
                epoll.rearm(child.hintReadFd, Tokens.of(Tokens.CHILD_HINT, child.slot));
            }
        }
    }

    /** Takes in what the worker's segment says of its start. */
    void notePhase(ChildProcess child, long nowNs) {
        int phase = segments.phase(child);
        if (phase == Phase.READY.code()) {
            boolean submits = requests.hasSlots(child);
            if (!submits) {
                child.closeHints();
            }
            settle.accept(new Event.BecameReady(child.index, child.incarnation, nowNs));
            if (submits) {
                requests.look(child, nowNs);
            }
            return;
        }
        StartStage stage = stageOf(phase);
        if (stage != state.get().child(child.index).start().stage()) {
            settle.accept(new Event.StageEntered(child.index, child.incarnation, stage, nowNs));
        }
    }

    private static StartStage stageOf(int phase) {
        if (phase == Phase.RECOVERING.code()) {
            return StartStage.RECOVER;
        }
        return phase == Phase.MIGRATING.code() ? StartStage.MIGRATE : StartStage.START;
    }
}
