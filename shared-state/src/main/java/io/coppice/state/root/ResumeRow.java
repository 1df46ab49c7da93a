package io.coppice.state.root;

import io.coppice.state.Record;

/** A child's {@link ResumePoint} in the root's segment, under the root's commits. Duty-cycle thread only; both methods allocate. */
public final class ResumeRow {
    private static final long OVER = 1;
    private static final long LEAVING = 2;
    private static final long STOPPED = 4;

    private final Record row;

    ResumeRow(Record row) {
        this.row = row;
    }

    /** Stores all of it. */
    public void set(ResumePoint point) {
        row.set(RootLayouts.RESUME_PHASE, point.phase());
        row.set(RootLayouts.RESUME_SINCE_NS, point.sinceNs());
        row.set(RootLayouts.RESUME_DEADLINE_NS, point.deadlineNs());
        row.set(RootLayouts.RESUME_SESSION, point.session());
        row.set(RootLayouts.RESUME_STAGE, point.stage());
        row.set(RootLayouts.RESUME_STAGE_SINCE_NS, point.stageSinceNs());
        row.set(RootLayouts.RESUME_START_NS, point.startNs());
        row.set(RootLayouts.RESUME_RECOVER_NS, point.recoverNs());
        row.set(RootLayouts.RESUME_MIGRATE_NS, point.migrateNs());
        row.set(RootLayouts.RESUME_STOP_ASKED, point.stopAsked() ? 1 : 0);
        row.set(RootLayouts.RESUME_RESTART_DUE, point.restartDue() ? 1 : 0);
        row.set(RootLayouts.RESUME_VERDICT, point.verdict());
        row.set(RootLayouts.RESUME_KILL_SIGNAL, point.killSignal());
        row.set(RootLayouts.RESUME_KILL_AT_NS, point.killAtNs());
        row.set(RootLayouts.RESUME_STREAK, point.streak());
        row.set(RootLayouts.RESUME_POISON_DEATHS, point.poisonDeaths());
        row.set(RootLayouts.RESUME_FALLBACKS, point.fallbacks());
        row.set(RootLayouts.RESUME_FALLBACK_DUE, point.fallbackDue());
        row.set(RootLayouts.RESUME_EXIT_INCARNATION, point.exitIncarnation());
        row.set(RootLayouts.RESUME_EXIT_AT_NS, point.exitAtNs());
        row.set(RootLayouts.RESUME_LAUNCHED_AS, point.launchedAs());
        row.set(RootLayouts.RESUME_ASSIGNED, point.assigned() ? 1 : 0);
        row.set(RootLayouts.RESUME_PIPE_INODE, point.pipeInode());
        row.set(RootLayouts.RESUME_LAST_STANDBY, point.lastStandby());
        row.set(RootLayouts.RESUME_REFILL_AT_NS, point.refillAtNs());
        row.set(RootLayouts.RESUME_STANDBY_FAILURES, point.standbyFailures());
        row.set(RootLayouts.RESUME_STANDBYS_PUT_OFF, point.standbysPutOff());
        row.set(RootLayouts.RESUME_END_DUE, point.endDue() ? 1 : 0);
        row.set(RootLayouts.RESUME_FATE, point.fate());
        row.set(RootLayouts.RESUME_RESTARTS_WITH, point.restartsWith());
        row.set(RootLayouts.RESUME_UNHEALTHY, point.unhealthy() ? 1 : 0);
        row.set(RootLayouts.RESUME_LOG_START_BYTES, point.logStartBytes());
        row.set(RootLayouts.RESUME_SERVED, point.served());
        row.set(RootLayouts.RESUME_ATTEMPTS, point.attempts());
        row.set(
                RootLayouts.RESUME_WORK,
                (point.workOver() ? OVER : 0)
                        | (point.workLeaving() ? LEAVING : 0)
                        | (point.workStopped() ? STOPPED : 0));
        FailureTimes.store(row, RootLayouts.RESUME_FAILED_AT_NS, point.failedAtNs());
    }

    /** All of it, as it was last stored. */
    public ResumePoint get() {
        return new ResumePoint(
                row.get(RootLayouts.RESUME_PHASE),
                row.get(RootLayouts.RESUME_SINCE_NS),
                row.get(RootLayouts.RESUME_DEADLINE_NS),
                row.get(RootLayouts.RESUME_SESSION),
                row.get(RootLayouts.RESUME_STAGE),
                row.get(RootLayouts.RESUME_STAGE_SINCE_NS),
                row.get(RootLayouts.RESUME_START_NS),
                row.get(RootLayouts.RESUME_RECOVER_NS),
                row.get(RootLayouts.RESUME_MIGRATE_NS),
                row.get(RootLayouts.RESUME_STOP_ASKED) != 0,
                row.get(RootLayouts.RESUME_RESTART_DUE) != 0,
                row.get(RootLayouts.RESUME_VERDICT),
                row.get(RootLayouts.RESUME_KILL_SIGNAL),
                row.get(RootLayouts.RESUME_KILL_AT_NS),
                row.get(RootLayouts.RESUME_STREAK),
                row.get(RootLayouts.RESUME_POISON_DEATHS),
                row.get(RootLayouts.RESUME_FALLBACKS),
                row.get(RootLayouts.RESUME_FALLBACK_DUE),
                row.get(RootLayouts.RESUME_EXIT_INCARNATION),
                row.get(RootLayouts.RESUME_EXIT_AT_NS),
                row.get(RootLayouts.RESUME_LAUNCHED_AS),
                row.get(RootLayouts.RESUME_ASSIGNED) != 0,
                row.get(RootLayouts.RESUME_PIPE_INODE),
                row.get(RootLayouts.RESUME_LAST_STANDBY),
                row.get(RootLayouts.RESUME_REFILL_AT_NS),
                row.get(RootLayouts.RESUME_STANDBY_FAILURES),
                row.get(RootLayouts.RESUME_STANDBYS_PUT_OFF),
                row.get(RootLayouts.RESUME_END_DUE) != 0,
                row.get(RootLayouts.RESUME_FATE),
                row.get(RootLayouts.RESUME_RESTARTS_WITH),
                row.get(RootLayouts.RESUME_UNHEALTHY) != 0,
                row.get(RootLayouts.RESUME_LOG_START_BYTES),
                row.get(RootLayouts.RESUME_SERVED),
                row.get(RootLayouts.RESUME_ATTEMPTS),
                (row.get(RootLayouts.RESUME_WORK) & OVER) != 0,
                (row.get(RootLayouts.RESUME_WORK) & LEAVING) != 0,
                (row.get(RootLayouts.RESUME_WORK) & STOPPED) != 0,
                FailureTimes.load(row, RootLayouts.RESUME_FAILED_AT_NS));
    }
}
