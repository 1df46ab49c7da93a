package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Orders;
import io.coppice.supervisor.core.StartTimeouts;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Wanted;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What must hold of the core's states: sound in themselves, changed only by what is fresh, on record, and never stuck. */
final class StatePredicates {
    private final Invariants moment;
    private final ChildBooks books;

    /** By index: what was looked at last. States do not change, so one look at each is enough. */
    private final @Nullable ChildState[] found;

    private long ticksAtSameTime;
    private long lastTickNs = -1;

    StatePredicates(Invariants moment, ChildBooks books, int children) {
        found = new ChildState[children];
        this.moment = moment;
        this.books = books;
    }

    void onStep(SupervisorState before, Event event, Step step) {
        staleIsIgnored(before, event, step);
        everyTransitionIsRecorded(before, step);
        statesAreSound(step.state());
        deadlinesMakeProgress(event, step.state());
        startsAreBounded(event, step.state());
    }

    private void staleIsIgnored(SupervisorState before, Event event, Step step) {
        int child = EventParts.childOf(event);
        if (child >= 0) {
            long current = before.child(child).incarnation();
            boolean stale = EventParts.incarnationOf(event, current) != current;
            // It has come at a time all the same, and that may be when something is due: a launch with its group.
            boolean itself = before.child(child).deadlineNs() <= event.nowNs()
                    || step.state().child(child) == before.child(child);
            boolean onlyTime = before.nextDeadlineNs() <= event.nowNs() && itself;
            moment.check(
                    "STALE_IS_IGNORED",
                    !stale || onlyTime || step.equals(new Step(before, List.of())),
                    event::toString);
        }
    }

    private void everyTransitionIsRecorded(SupervisorState before, Step step) {
        for (int i = 0; step.state() != before && i < before.children().size(); i++) {
            ChildState state = step.state().child(i);
            if (state.spec().slot() != null) {
                continue; // of those only what is out of the ordinary is told
            }
            // One that a reload has made another child begins by waiting, as all do when an instance begins.
            boolean another = !Kinds.same(before.child(i).spec(), state.spec());
            ChildPhase was = another ? ChildPhase.WAITING : before.child(i).phase();
            ChildPhase is = state.phase();
            if (was != is) {
                int child = i;
                moment.check(
                        "EVERY_TRANSITION_IS_RECORDED",
                        isRecorded(child, step),
                        () -> moment.name(child) + " " + was + " to " + is);
            }
        }
    }

    private static boolean isRecorded(int child, Step step) {
        for (Command command : step.commands()) {
            if (command instanceof Command.RecordEvent record && record.child() == child) {
                return true;
            }
        }
        return false;
    }

    private void statesAreSound(SupervisorState state) {
        for (int i = 0; i < state.children().size(); i++) {
            ChildState child = state.child(i);
            if (child != found[i]) {
                isSoundInItself(child);
                found[i] = child;
            }
            if (state.phase() == SupervisorState.Phase.RUNNING && child.spec().slot() == null) {
                ChildBook book = books.of(i);
                moment.check(
                        "WANTED_IS_THE_OPERATORS", (child.wanted() == Wanted.UP) == book.wantedUp, child::toString);
                moment.check(
                        "HEALTH_IS_THE_PROBES",
                        child.phase() != ChildPhase.READY || child.healthy() == book.well,
                        child::toString);
            }
        }
    }

    private void isSoundInItself(ChildState child) {
        ChildPhase phase = child.phase();
        Supplier<String> detail = child::toString;
        boolean mayLackProcess = phase == ChildPhase.SPAWNING || phase == ChildPhase.ABANDONING;
        moment.check("STATE_IS_SOUND", !child.hasProcess() || phase.occupied(), detail);
        boolean alive = child.hasProcess() || phase == ChildPhase.ABANDONING;
        moment.check(
                "STATE_IS_SOUND",
                alive || (!child.stopAsked() && !child.orders().endDue()),
                detail);
        moment.check("STATE_IS_SOUND", child.hasProcess() || !phase.occupied() || mayLackProcess, detail);
        moment.check("STATE_IS_SOUND", (child.spawnedAtNs() == ChildState.NEVER) != child.hasProcess(), detail);
        boolean timed = switch (phase) {
            case BACKOFF, STOPPING, DUMPING, KILLING -> true;
            case ABANDONING -> child.hasProcess();
            case HELD -> child.stopAsked() && !child.assigned();
            // Its group is restarted after a while.
            case WAITING ->
                child.deadlineNs() != ChildState.NEVER && child.orders().restartsWith() != Orders.ALONE;
            case STARTING -> child.spec().startTimeouts().ofNs(child.start().stage()) > 0;
            case READY -> child.spec().slot() != null;
            default -> false;
        };
        moment.check("STATE_IS_SOUND", timed == (child.deadlineNs() != ChildState.NEVER), detail);
    }

    private void deadlinesMakeProgress(Event event, SupervisorState after) {
        if (!(event instanceof Event.Tick)) {
            return;
        }
        ticksAtSameTime = event.nowNs() == lastTickNs ? ticksAtSameTime + 1 : 0;
        lastTickNs = event.nowNs();
        moment.check(
                "DEADLINES_MAKE_PROGRESS",
                after.nextDeadlineNs() > event.nowNs(),
                () -> "due at once again after a Tick");
        moment.check("DEADLINES_MAKE_PROGRESS", ticksAtSameTime < 20, () -> "20 Ticks at one moment");
    }

    /** Whatever a worker says of the stages of its start: their time, and what no root heard of it. */
    private void startsAreBounded(Event event, SupervisorState after) {
        if (!(event instanceof Event.Tick)) {
            return;
        }
        for (ChildState child : after.children()) {
            StartTimeouts timeouts = child.spec().startTimeouts();
            long mostNs = timeouts.startNs() + timeouts.recoverNs() + timeouts.migrateNs();
            moment.check(
                    "STARTS_ARE_BOUNDED",
                    child.phase() != ChildPhase.STARTING
                            || !child.spec().hasSegment()
                            || event.nowNs() - child.sinceNs()
                                    < mostNs + books.of(child.spec().index()).unheardNs,
                    child::toString);
        }
    }
}
