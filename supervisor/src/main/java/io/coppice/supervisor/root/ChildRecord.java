package io.coppice.supervisor.root;

import io.coppice.state.root.ChildRow;
import io.coppice.state.root.ResumePoint;
import io.coppice.state.root.StandbyRecord;
import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.ExitKind;
import io.coppice.supervisor.core.FailureHistory;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.LastExit;
import io.coppice.supervisor.core.Orders;
import io.coppice.supervisor.core.PoisonHistory;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.StandbyPool;
import io.coppice.supervisor.core.StartClock;
import io.coppice.supervisor.core.StartStage;
import io.coppice.supervisor.core.Wanted;
import io.coppice.supervisor.core.Work;
import io.coppice.supervisor.os.SignalNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The core's state of a child, to and from the root segment: the status table has what operators see, the {@link ResumePoint}
 * the rest. A code is the place of its constant in the lists below, from 1 on; 0 is none. They are stored: new ones go to the
 * end.
 */
final class ChildRecord {
    private static final List<ChildPhase> PHASES = List.of(
            ChildPhase.WAITING,
            ChildPhase.SPAWNING,
            ChildPhase.HELD,
            ChildPhase.ABANDONING,
            ChildPhase.STARTING,
            ChildPhase.READY,
            ChildPhase.DUMPING,
            ChildPhase.STOPPING,
            ChildPhase.KILLING,
            ChildPhase.BACKOFF,
            ChildPhase.STOPPED,
            ChildPhase.FAILED,
            ChildPhase.COMPLETED);
    private static final List<StartStage> STAGES = List.of(StartStage.START, StartStage.RECOVER, StartStage.MIGRATE);
    private static final List<ChildState.Verdict> VERDICTS = List.of(
            ChildState.Verdict.HANG,
            ChildState.Verdict.START_TIMEOUT,
            ChildState.Verdict.UNHEALTHY,
            ChildState.Verdict.TIMEOUT);
    private static final List<Orders.Fate> FATES = List.of(Orders.Fate.RESTART, Orders.Fate.COMPLETE, Orders.Fate.FAIL);
    private static final List<Fallback> FALLBACKS = List.of(Fallback.CHECKPOINT, Fallback.EMPTY);

    private ChildRecord() {}

    /** What of a child the status table does not tell. */
    static ResumePoint pointOf(ChildState child, long session, long pipeInode, long logStartBytes) {
        ChildState.OperatorKill kill = child.operatorKill();
        Fallback due = child.poison().due();
        LastExit exit = child.lastExit();
        return new ResumePoint(
                PHASES.indexOf(child.phase()) + 1,
                child.sinceNs(),
                child.deadlineNs(),
                session,
                STAGES.indexOf(child.start().stage()) + 1,
                child.start().sinceNs(),
                child.start().startNs(),
                child.start().recoverNs(),
                child.start().migrateNs(),
                child.stopAsked(),
                child.restartDue(),
                VERDICTS.indexOf(child.verdict()) + 1,
                kill == null ? 0 : kill.signalNumber(),
                kill == null ? 0 : kill.atNs(),
                child.failures().streak(),
                child.poison().deaths(),
                child.poison().fallbacks(),
                due == null ? 0 : FALLBACKS.indexOf(due) + 1,
                exit == null ? 0 : exit.incarnation(),
                exit == null ? 0 : exit.atNs(),
                child.launchedAs(),
                child.assigned(),
                pipeInode,
                child.standbys().lastId(),
                child.standbys().refillAtNs(),
                child.standbys().failures(),
                child.standbys().starved(),
                child.orders().endDue(),
                FATES.indexOf(child.orders().fate()) + 1,
                child.orders().restartsWith() + 1,
                !child.healthy(),
                logStartBytes,
                child.work().served(),
                child.work().attempts(),
                child.work().over(),
                child.work().leaving(),
                child.work().stopped(),
                child.failures().recentNs());
    }

    /**
     * A child as it was recorded.
     *
     * @param spec what it is now, of the same name and kind
     * @param groups how many there are
     * @return null if its root had not recorded it yet
     * @throws UnknownRecordException if a code is none of this release's, or a number cannot be
     */
    static @Nullable ChildState read(
            ChildRow row, ResumePoint point, List<StandbyRecord> standbys, ChildSpec spec, int groups)
            throws UnknownRecordException {
        if (point.phase() == 0) {
            return null;
        }
        ChildPhase phase = of(PHASES, point.phase(), spec, "phase");
        long pid = between(row.pid(), 0, Integer.MAX_VALUE, spec, "pid");
        boolean process = pid != ChildState.NO_PID;
        if (process && !phase.occupied()) {
            throw new UnknownRecordException(spec.name() + ": pid " + pid + " in phase " + phase);
        }
        return new ChildState(
                spec,
                phase,
                row.wanted()
                                .filter(wanted -> wanted == io.coppice.state.root.WantedCode.DOWN)
                                .isPresent()
                        ? Wanted.DOWN
                        : Wanted.UP,
                between(row.incarnation(), 0, Long.MAX_VALUE, spec, "incarnation"),
                (int) pid,
                row.startTicks(),
                point.sinceNs(),
                process ? row.spawnedAtNs() : ChildState.NEVER,
                row.readyAtNs() == 0 ? ChildState.NEVER : row.readyAtNs(),
                point.deadlineNs(),
                new StartClock(
                        of(STAGES, point.stage(), spec, "stage"),
                        point.stageSinceNs(),
                        point.startNs(),
                        point.recoverNs(),
                        point.migrateNs()),
                point.stopAsked(),
                point.verdict() == 0 ? ChildState.Verdict.NONE : of(VERDICTS, point.verdict(), spec, "verdict"),
                kill(point, spec),
                new FailureHistory(
                        point.failedAtNs(), (int) between(point.streak(), 0, Integer.MAX_VALUE, spec, "streak")),
                new PoisonHistory(
                        (int) between(point.poisonDeaths(), 0, Integer.MAX_VALUE, spec, "poisonDeaths"),
                        (int) between(point.fallbacks(), 0, Integer.MAX_VALUE, spec, "fallbacks"),
                        point.fallbackDue() == 0 ? null : of(FALLBACKS, point.fallbackDue(), spec, "fallbackDue")),
                between(row.restarts(), 0, Long.MAX_VALUE, spec, "restarts"),
                point.restartDue(),
                point.launchedAs(),
                point.assigned() && process,
                pool(standbys, point, spec),
                new Orders(
                        point.endDue(),
                        of(FATES, point.fate(), spec, "fate"),
                        (int) between(point.restartsWith(), 0, groups, spec, "restartsWith") - 1),
                !point.unhealthy(),
                work(row, point, spec),
                lastExit(row, point));
    }

    private static Work work(ChildRow row, ResumePoint point, ChildSpec spec) throws UnknownRecordException {
        long word = row.request();
        return new Work(
                between(Math.abs(word), 0, Long.MAX_VALUE, spec, "request"),
                word < 0,
                point.workOver(),
                between(point.served(), 0, Long.MAX_VALUE, spec, "served"),
                point.workLeaving(),
                (int) between(point.attempts(), 0, Integer.MAX_VALUE, spec, "attempts"),
                point.workStopped());
    }

    private static StandbyPool pool(List<StandbyRecord> recorded, ResumePoint point, ChildSpec spec)
            throws UnknownRecordException {
        List<Standby> standbys = new ArrayList<>();
        for (StandbyRecord standby : recorded) {
            standbys.add(new Standby(
                    between(standby.id(), 1, Long.MAX_VALUE, spec, "standby"),
                    StoredCodes.standbyPhase(standby.phase()),
                    (int) between(standby.pid(), 0, Integer.MAX_VALUE, spec, "pid of a standby"),
                    standby.startTicks(),
                    standby.launchedAs(),
                    standby.sinceNs(),
                    standby.deadlineNs(),
                    standby.paused()));
        }
        return new StandbyPool(
                standbys,
                between(point.lastStandby(), 0, Long.MAX_VALUE, spec, "lastStandby"),
                between(point.refillAtNs(), 0, Long.MAX_VALUE, spec, "refillAtNs"),
                (int) between(point.standbyFailures(), 0, Integer.MAX_VALUE, spec, "standbyFailures"),
                (int) between(point.standbysPutOff(), 0, Integer.MAX_VALUE, spec, "standbysPutOff"));
    }

    private static ChildState.@Nullable OperatorKill kill(ResumePoint point, ChildSpec spec)
            throws UnknownRecordException {
        if (point.killSignal() == 0) {
            return null;
        }
        int number = (int) between(point.killSignal(), 1, 64, spec, "killSignal");
        return new ChildState.OperatorKill(SignalNumbers.name(number), number, point.killAtNs());
    }

    private static @Nullable LastExit lastExit(ChildRow row, ResumePoint point) {
        return row.lastExit()
                .map(exit -> new LastExit(
                        kind(exit.kind()),
                        exit.code(),
                        exit.signal(),
                        exit.text(),
                        point.exitIncarnation(),
                        point.exitAtNs()))
                .orElse(null);
    }

    private static ExitKind kind(io.coppice.state.root.ExitKind kind) {
        return switch (kind) {
            case EXIT -> ExitKind.EXIT;
            case SIGNAL -> ExitKind.SIGNAL;
            case HANG -> ExitKind.HANG;
            case EXCEPTION -> ExitKind.EXCEPTION;
            case START_TIMEOUT -> ExitKind.START_TIMEOUT;
            case SPAWN_FAILED -> ExitKind.SPAWN_FAILED;
            case UNHEALTHY -> ExitKind.UNHEALTHY;
            case UNKNOWN -> ExitKind.UNKNOWN;
        };
    }

    private static <T> T of(List<T> list, long code, ChildSpec spec, String what) throws UnknownRecordException {
        return list.get((int) between(code, 1, list.size(), spec, what) - 1);
    }

    private static long between(long value, long least, long most, ChildSpec spec, String what)
            throws UnknownRecordException {
        if (value < least || value > most) {
            throw new UnknownRecordException(spec.name() + ": " + what + " " + value + " is out of range");
        }
        return value;
    }
}
