package io.coppice.supervisor.core;

import io.coppice.supervisor.core.ChildState.OperatorKill;
import io.coppice.supervisor.core.ChildState.Verdict;
import org.jspecify.annotations.Nullable;

/** A child's next state while a step is in progress. Never leaves the step. */
final class ChildDraft {
    final ChildSpec spec;
    private final ChildState before;
    Wanted wanted;
    long incarnation;
    int pid;
    long startTicks;
    long spawnedAtNs;
    long readyAtNs;
    long deadlineNs;
    StartClock start;
    boolean stopAsked;
    Verdict verdict;

    @Nullable
    OperatorKill operatorKill;

    FailureHistory failures;
    PoisonHistory poison;
    long restarts;
    boolean restartDue;
    long launchedAs;
    boolean assigned;
    StandbyPool standbys;
    Orders orders;
    boolean healthy;
    Work work;

    @Nullable
    LastExit lastExit;

    private ChildPhase phase;
    private long sinceNs;

    ChildDraft(ChildState before) {
        this(before, before.spec());
    }

    /** Goes on under another spec of that name. */
    ChildDraft(ChildState before, ChildSpec spec) {
        this.before = before;
        this.spec = spec;
        phase = before.phase();
        wanted = before.wanted();
        incarnation = before.incarnation();
        pid = before.pid();
        startTicks = before.startTicks();
        sinceNs = before.sinceNs();
        spawnedAtNs = before.spawnedAtNs();
        readyAtNs = before.readyAtNs();
        deadlineNs = before.deadlineNs();
        start = before.start();
        stopAsked = before.stopAsked();
        verdict = before.verdict();
        operatorKill = before.operatorKill();
        failures = before.failures();
        poison = before.poison();
        restarts = before.restarts();
        restartDue = before.restartDue();
        launchedAs = before.launchedAs();
        assigned = before.assigned();
        standbys = before.standbys();
        orders = before.orders();
        healthy = before.healthy();
        work = before.work();
        lastExit = before.lastExit();
    }

    ChildPhase phase() {
        return phase;
    }

    long sinceNs() {
        return sinceNs;
    }

    int index() {
        return spec.index();
    }

    boolean hasProcess() {
        return pid != ChildState.NO_PID;
    }

    /** An operator wants it up: what it died of before no longer counts. */
    void startAfresh() {
        failures = FailureHistory.EMPTY;
        poison = PoisonHistory.CLEAN;
    }

    /** For {@link Transition#enter} only, which also records the event. */
    void enter(ChildPhase next, long nowNs, long nextDeadlineNs) {
        phase = next;
        sinceNs = nowNs;
        deadlineNs = nextDeadlineNs;
    }

    /** Forgets the process that is gone. */
    void clearProcess() {
        pid = ChildState.NO_PID;
        startTicks = 0;
        spawnedAtNs = ChildState.NEVER;
        readyAtNs = ChildState.NEVER;
        start = StartClock.STOPPED;
        stopAsked = false;
        assigned = false;
        verdict = Verdict.NONE;
        operatorKill = null;
        orders = orders.withEndDue(false);
        healthy = true;
    }

    /** The state as drafted; the very same object if nothing changed. */
    ChildState state() {
        ChildState after = new ChildState(
                spec,
                phase,
                wanted,
                incarnation,
                pid,
                startTicks,
                sinceNs,
                spawnedAtNs,
                readyAtNs,
                deadlineNs,
                start,
                stopAsked,
                verdict,
                operatorKill,
                failures,
                poison,
                restarts,
                restartDue,
                launchedAs,
                assigned,
                standbys,
                orders,
                healthy,
                work,
                lastExit);
        return after.equals(before) ? before : after;
    }
}
