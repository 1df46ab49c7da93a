package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.core.ExitSet;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.Orders;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.SupervisorState;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every death leads to a restart, a stop that was asked for, completed, or failed: and to the right one of them. */
final class DeathPredicates {
    private final Invariants moment;
    private final PoisonPredicates poison;

    DeathPredicates(Invariants moment, PoisonPredicates poison) {
        this.moment = moment;
        this.poison = poison;
    }

    void deathIsAnswered(ChildBook book, boolean shutdown, SupervisorState before, Event.Exited event, Step step) {
        ChildState after = step.state().child(event.child());
        ChildState was = before.child(event.child());
        if (was.incarnation() != event.incarnation() || !was.phase().occupied()) {
            return;
        }
        ChildSpec spec = was.spec();
        // A root that did not see it released sees in its segment that it ran.
        boolean ran = book.ran || event.progress() != StepProgress.UNKNOWN;
        boolean prevented = ran && isNamed(event.status(), spec.exits().prevent());
        boolean forced =
                ran && !prevented && isNamed(event.status(), spec.exits().force());
        boolean good = (event.status() instanceof ExitStatus.Exited exited && exited.code() == 0)
                || isNamed(event.status(), spec.exits().success());
        boolean done =
                ran && good && !forced && !book.unhealthy && (prevented || spec.restart() != RestartPolicy.ALWAYS);
        Orders.Fate fate = book.fate;
        boolean code78 = event.status() instanceof ExitStatus.Exited exited && exited.code() == 78;
        boolean notReleased = event.status() instanceof ExitStatus.Exited exited && exited.code() == 125;
        boolean asked = book.endAsked || !book.wantedUp || shutdown;
        boolean killed = book.killSignal != null;
        boolean standbyLost = !asked && isStandbyLost(book, was, event);
        PoisonPredicates.Verdict verdict = poison.death(book, asked, done || prevented, forced, was, event, step);
        boolean leftToPoison = verdict == PoisonPredicates.Verdict.COUNTED;
        // Under a plan without a limit nobody counts, and a reload may bring one.
        boolean limited = spec.maxRestarts() != ChildSpec.UNLIMITED;
        if (limited && !asked && !standbyLost && !leftToPoison && !done && !prevented) {
            book.perhapsCounted = book.perhapsCounted.and(event.nowNs(), spec.periodNs());
            if (!killed && !notReleased && verdict != PoisonPredicates.Verdict.OPEN) {
                book.surelyCounted = book.surelyCounted.and(event.nowNs(), spec.periodNs());
            }
        }
        Supplier<String> detail = () -> spec.name() + " " + was.phase() + " ended by " + event.status() + ", now "
                + after.phase() + (asked ? ", as asked, to " + fate : "");
        switch (after.phase()) {
            case SPAWNING, WAITING, HELD, BACKOFF -> {
                moment.check("STOPPED_STAYS_STOPPED", book.wantedUp && !shutdown, detail);
                moment.check("STANDBYS_COST_NOTHING", !standbyLost || after.phase() != ChildPhase.BACKOFF, detail);
                moment.check("ORDERS_ARE_FOLLOWED", !asked || fate == Orders.Fate.RESTART, detail);
                if (!asked && !standbyLost) {
                    if (!spec.membership().escalates()) {
                        restartIsAllowed(spec, book, event.nowNs(), detail);
                    }
                    moment.check(
                            "NEVER_MEANS_NEVER",
                            spec.restart() != RestartPolicy.NEVER || notReleased || forced,
                            detail);
                    moment.check("PREVENTED_IS_NOT_RESTARTED", !prevented || killed, detail);
                    moment.check("FAIL_CODE_FAILS", !(spec.hasSegment() && code78), detail);
                    moment.check("DONE_IS_DONE", !done || killed, detail);
                } else {
                    moment.check("ASKED_RESTART_IS_IMMEDIATE", after.phase() != ChildPhase.BACKOFF, detail);
                }
                if (killed && !book.condemned && !book.unhealthy && isBy(event.status(), book.killSignal)) {
                    moment.check("OPERATORS_KILL_HAS_NO_BACKOFF", after.phase() != ChildPhase.BACKOFF, detail);
                }
            }
            case STOPPED ->
                moment.check(
                        "DEATH_IS_ANSWERED",
                        !book.wantedUp || shutdown || EventParts.says(step, EventType.GAVE_UP),
                        detail);
            case COMPLETED ->
                moment.check("DEATH_IS_ANSWERED", done || (asked && fate == Orders.Fate.COMPLETE), detail);
            case FAILED -> {
                moment.check("STANDBYS_COST_NOTHING", !standbyLost, detail);
                boolean perhapsRan = book.foundHeld && signalAndCodeUnknown(event.status());
                boolean byOrder = asked && fate == Orders.Fate.FAIL;
                moment.check(
                        "DEATH_IS_ANSWERED", book.wantedUp && !shutdown && (!asked || perhapsRan || byOrder), detail);
                moment.check(
                        "FAILED_FOR_A_REASON",
                        (spec.restart() == RestartPolicy.NEVER && !forced)
                                || prevented
                                || byOrder
                                || EventParts.says(step, EventType.GROUP_FAILED)
                                || (spec.hasSegment() && code78)
                                || verdict == PoisonPredicates.Verdict.GIVEN_UP
                                || verdict == PoisonPredicates.Verdict.OPEN
                                || tooMany(spec, book.perhapsCounted, event.nowNs()),
                        detail);
                if (killed && !book.condemned && !book.unhealthy && !byOrder && spec.restart() != RestartPolicy.NEVER) {
                    moment.check("OPERATORS_KILL_DOES_NOT_COUNT", !isBy(event.status(), book.killSignal), detail);
                }
            }
            default -> moment.check("DEATH_IS_ANSWERED", false, detail);
        }
        if (book.condemned && event.status() instanceof ExitStatus.Signaled signaled && signaled.signal() == 9) {
            String kind =
                    after.lastExit() == null ? "none" : after.lastExit().kind().word();
            moment.check(
                    "CAUSE_IS_TRUE",
                    kind.equals("hang") || kind.equals("start-timeout"),
                    () -> detail.get() + ", kind " + kind);
        }
        if (book.unhealthy) {
            moment.check(
                    "CAUSE_IS_TRUE",
                    after.lastExit() != null && after.lastExit().kind().word().equals("unhealthy"),
                    detail);
        }
        book.endLife();
    }

    void spawnFailureIsAnswered(
            ChildBook book, boolean shutdown, SupervisorState before, Event.SpawnFailed event, Step step) {
        ChildState after = step.state().child(event.child());
        ChildState was = before.child(event.child());
        if (was.incarnation() != event.incarnation() || !was.phase().occupied()) {
            return;
        }
        boolean asked = book.endAsked || !book.wantedUp || shutdown;
        if (!asked && was.spec().maxRestarts() != ChildSpec.UNLIMITED) {
            book.perhapsCounted =
                    book.perhapsCounted.and(event.nowNs(), was.spec().periodNs());
            book.surelyCounted =
                    book.surelyCounted.and(event.nowNs(), was.spec().periodNs());
        }
        Supplier<String> detail = () -> was.spec().name() + " could not be spawned, now " + after.phase();
        switch (after.phase()) {
            case SPAWNING, WAITING, HELD, BACKOFF -> {
                moment.check("STOPPED_STAYS_STOPPED", book.wantedUp && !shutdown, detail);
                if (!asked && !was.spec().membership().escalates()) {
                    restartIsAllowed(was.spec(), book, event.nowNs(), detail);
                }
            }
            case STOPPED ->
                moment.check(
                        "DEATH_IS_ANSWERED",
                        !book.wantedUp || shutdown || EventParts.says(step, EventType.GAVE_UP),
                        detail);
            case COMPLETED -> moment.check("DEATH_IS_ANSWERED", asked && book.fate == Orders.Fate.COMPLETE, detail);
            case FAILED ->
                moment.check(
                        "FAILED_FOR_A_REASON",
                        was.spec().restart() == RestartPolicy.NEVER
                                || (asked && book.fate == Orders.Fate.FAIL)
                                || EventParts.says(step, EventType.GROUP_FAILED)
                                || tooMany(was.spec(), book.perhapsCounted, event.nowNs()),
                        detail);
            default -> moment.check("DEATH_IS_ANSWERED", false, detail);
        }
        book.endLife();
    }

    /** Whether an end says nothing of the child. */
    boolean isFree(ChildBook book, SupervisorState before, Event event) {
        if (!(event instanceof Event.Exited exited)) {
            return false;
        }
        boolean notReleased = exited.status() instanceof ExitStatus.Exited code && code.code() == 125;
        boolean held = exited.progress() == StepProgress.UNKNOWN && !book.ran;
        return exited.ofArchive() || (notReleased && held) || isStandbyLost(book, before.child(exited.child()), exited);
    }

    /** A standby that was let go, but got nowhere by no doing of its own. */
    private static boolean isStandbyLost(ChildBook book, ChildState was, Event.Exited event) {
        if (!was.assigned() || was.readyAtNs() != ChildState.NEVER || book.condemned) {
            return false;
        }
        boolean held = was.phase() == ChildPhase.HELD && event.progress() == StepProgress.UNKNOWN;
        boolean byAnother = signalAndCodeUnknown(event.status()) || signalOf(event.status()) == 9;
        return held || (byAnother && was.spec().restart() != RestartPolicy.NEVER);
    }

    private void restartIsAllowed(ChildSpec spec, ChildBook book, long nowNs, Supplier<String> detail) {
        moment.check("GIVES_UP_IN_TIME", !tooMany(spec, book.surelyCounted, nowNs), detail);
    }

    private static boolean tooMany(ChildSpec spec, Times failures, long nowNs) {
        return spec.maxRestarts() != ChildSpec.UNLIMITED
                && failures.within(spec.periodNs(), nowNs) > spec.maxRestarts();
    }

    private static boolean signalAndCodeUnknown(ExitStatus status) {
        return !(status instanceof ExitStatus.Signaled) && !(status instanceof ExitStatus.Exited);
    }

    private static boolean isNamed(ExitStatus status, ExitSet set) {
        return (status instanceof ExitStatus.Exited exited && set.codes().contains(exited.code()))
                || set.signals().contains(signalOf(status));
    }

    private static boolean isBy(ExitStatus status, @Nullable Integer signal) {
        return signal != null && signalOf(status) == signal;
    }

    private static int signalOf(ExitStatus status) {
        return status instanceof ExitStatus.Signaled signaled ? signaled.signal() : -1;
    }
}
