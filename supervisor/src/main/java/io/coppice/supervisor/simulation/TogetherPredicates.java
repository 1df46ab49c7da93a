package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.Orders;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.Strategy;
import io.coppice.supervisor.core.SupervisorState;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * What goes down together, by a book of its own: whom a death takes along by strategy and by dependency, that all are down before any is
 * launched, and that groups fail neither too early nor too late.
 */
final class TogetherPredicates {
    private final Invariants moment;
    private final List<GroupSpec> groups;
    private final List<ChildSpec> specs;
    private final ChildBooks books;
    private final Streaks streaks;

    /** By group: restarts that count for it by any reading. */
    private final Times[] surely;

    /** Those that may count. */
    private final Times[] perhaps;

    private final Times[] committedSurely;
    private final Times[] committedPerhaps;
    private final SignificantPredicates significant;

    /** Who goes down in the present step. */
    private final BitSet going = new BitSet();

    /** Who is gone by it, or goes down. */
    private final BitSet gone = new BitSet();

    /** Whose end the present step was told of, -1 for none. */
    private int dead;

    TogetherPredicates(Invariants moment, List<GroupSpec> groups, List<ChildSpec> specs, ChildBooks books) {
        this.moment = moment;
        this.groups = groups;
        this.specs = specs;
        this.books = books;
        streaks = new Streaks(moment, groups.size());
        surely = new Times[groups.size()];
        perhaps = new Times[groups.size()];
        significant = new SignificantPredicates(moment, groups, specs, books, this::endsForGood);
        forgetAll();
        committedSurely = surely.clone();
        committedPerhaps = perhaps.clone();
    }

    private void forgetAll() {
        Arrays.fill(surely, Times.NONE);
        Arrays.fill(perhaps, Times.NONE);
    }

    void onCommitted() {
        System.arraycopy(surely, 0, committedSurely, 0, surely.length);
        System.arraycopy(perhaps, 0, committedPerhaps, 0, perhaps.length);
        significant.onCommitted();
        streaks.onCommitted();
    }

    void onAdoption(SupervisorState recorded, SupervisorState resumed, boolean endWasAsked) {
        forgetAll();
        significant.onAdoption(recorded, resumed, endWasAsked);
        streaks.onAdoption(endWasAsked);
        if (!endWasAsked) {
            System.arraycopy(committedSurely, 0, surely, 0, surely.length);
            System.arraycopy(committedPerhaps, 0, perhaps, 0, perhaps.length);
        }
    }

    void onRunAgain() {
        forgetAll();
        significant.onRunAgain();
        streaks.forget();
    }

    /**
     * What follows from a step for others.
     *
     * @param ended the child whose end this step was told of, -1 for none
     * @param asked that end was asked for
     * @param free that end says nothing of the child: a standby that got nowhere, a launch that was never let go
     * @param ran it had been let go
     * @param byOperator an operator's kill may be its cause
     */
    void onStep(
            SupervisorState before,
            Event event,
            Step step,
            int ended,
            boolean asked,
            boolean free,
            boolean ran,
            boolean byOperator) {
        going.clear();
        dead = ended;
        boolean alreadyEnding = books.shutdown();
        boolean failed = false;
        boolean answeredByRestart = false;
        boolean serves = dead >= 0 && specs.get(dead).ungrouped();
        if (serves) {
            boolean counted = !step.state().groups().equals(before.groups());
            moment.check("AUXILIARIES_COUNT_FOR_NOBODY", !counted && !endedByCore(step), () -> moment.name(dead));
        }
        if (dead >= 0 && !asked && !free && !alreadyEnding && !serves) {
            answeredByRestart = isRestarted(step.state().child(dead).phase());
            boolean gaveUp = specs.get(dead).membership().escalates();
            int group = specs.get(dead).membership().group();
            boolean failedFirst = firstFailure(step) == group;
            if (answeredByRestart || failedFirst || endedByCore(step)) {
                long periodNs = groups.get(group).periodNs();
                perhaps[group] = perhaps[group].and(event.nowNs(), periodNs);
                if (!byOperator) {
                    surely[group] = surely[group].and(event.nowNs(), periodNs);
                }
            }
            failed = failedFirst || endedByCore(step);
            if (failed) {
                boolean enough = tooMany(perhaps, group, event.nowNs());
                moment.check("GROUPS_FAIL_FOR_A_REASON", enough || gaveUp, () -> "of " + moment.name(dead));
            } else if (answeredByRestart) {
                moment.check(
                        "GROUPS_GIVE_UP_IN_TIME",
                        !tooMany(surely, group, event.nowNs()),
                        () -> "of " + moment.name(dead));
            }
        }
        if (failed) {
            groupsFailed(before, event, step);
        } else if (dead >= 0) {
            moment.check(
                    "GROUPS_FAIL_FOR_A_REASON",
                    firstFailure(step) < 0,
                    () -> moment.name(dead) + " asked " + asked + " free " + free);
        }
        if (answeredByRestart && !failed) {
            siblingsGoDown(before);
        }
        significant.onStep(before, event, step, dead, asked);
        if (!books.shutdown()) {
            dependentsGoDown(before, event, step, ran);
        }
        goingDownIsSaid(before, step);
        launchesAreTogether(before, step);
    }

    private static boolean isRestarted(ChildPhase phase) {
        return switch (phase) {
            case SPAWNING, WAITING, HELD, BACKOFF -> true;
            default -> false;
        };
    }

    /** The group that this step says has failed first, -1 for none. */
    private int firstFailure(Step step) {
        for (Command command : step.commands()) {
            if (command instanceof Command.RecordEvent told && told.type() == EventType.GROUP_FAILED) {
                return named(told.text());
            }
        }
        return -1;
    }

    private static boolean endedByCore(Step step) {
        return EventParts.says(step, EventType.GAVE_UP);
    }

    private int named(String text) {
        for (GroupSpec group : groups) {
            if (text.startsWith("group " + group.name() + " failed")) {
                return group.index();
            }
        }
        throw new IllegalStateException("no such group: " + text);
    }

    /** From the one whose member died, outwards. */
    private void groupsFailed(SupervisorState before, Event event, Step step) {
        for (Command command : step.commands()) {
            if (!(command instanceof Command.RecordEvent told)) {
                continue;
            }
            if (told.type() == EventType.GAVE_UP) {
                books.ends();
                moment.check("GIVES_UP_WITH_FIVE", step.state().exitCode() == 5, () -> told.text());
                forgetAll();
                return;
            }
            if (told.type() == EventType.GROUP_FAILED) {
                GroupSpec group = groups.get(named(told.text()));
                surely[group.index()] = Times.NONE;
                perhaps[group.index()] = Times.NONE;
                if (group.escalates()) {
                    escalates(before, event, step, group);
                } else {
                    endsForGood(step, group.index(), Orders.Fate.FAIL, ChildPhase.FAILED);
                }
            }
        }
    }

    private void escalates(SupervisorState before, Event event, Step step, GroupSpec group) {
        int parent = group.parent();
        long periodNs = groups.get(parent).periodNs();
        surely[parent] = surely[parent].and(event.nowNs(), periodNs);
        perhaps[parent] = perhaps[parent].and(event.nowNs(), periodNs);
        if (failsToo(step, parent)) {
            moment.check(
                    "GROUPS_FAIL_FOR_A_REASON", tooMany(perhaps, parent, event.nowNs()), () -> "above " + group.name());
            return;
        }
        moment.check("GROUPS_GIVE_UP_IN_TIME", !tooMany(surely, parent, event.nowNs()), () -> "above " + group.name());
        streaks.restarted(group, before, step.state(), event.nowNs());
        Strategy strategy = groups.get(parent).strategy();
        int place = firstWithin(group.index());
        for (int i = 0; i < specs.size(); i++) {
            if (isWithin(i, group.index()) || isTakenAlong(i, parent, place, strategy)) {
                takeDown(before, i, parent, true);
            }
        }
    }

    private boolean failsToo(Step step, int parent) {
        return parent == GroupSpec.OUTERMOST
                ? endedByCore(step)
                : step.commands().stream()
                        .anyMatch(command -> command instanceof Command.RecordEvent told
                                && told.type() == EventType.GROUP_FAILED
                                && named(told.text()) == parent);
    }

    private void endsForGood(Step step, int group, Orders.Fate fate, ChildPhase phase) {
        for (int i = 0; i < specs.size(); i++) {
            ChildBook book = books.of(i);
            if (!isWithin(i, group) || !book.wantedUp) {
                continue;
            }
            ChildPhase now = step.state().child(i).phase();
            if (now.occupied()) {
                book.endAsked = true;
                book.foundHeld = false;
                book.fate = fate;
                book.restartsWith = -1;
                going.set(i);
            } else {
                int child = i;
                moment.check(
                        "ORDERS_ARE_FOLLOWED",
                        now == phase || now == ChildPhase.COMPLETED || now == ChildPhase.FAILED,
                        () -> moment.name(child) + " is " + now);
            }
        }
    }

    private void siblingsGoDown(SupervisorState before) {
        int group = specs.get(dead).membership().group();
        Strategy strategy = groups.get(group).strategy();
        boolean any = false;
        for (int i = 0; i < specs.size(); i++) {
            if (i != dead && isTakenAlong(i, group, dead, strategy)) {
                any |= takeDown(before, i, group, false);
            }
        }
        if (any) {
            books.of(dead).restartsWith = group;
        }
    }

    private boolean takeDown(SupervisorState before, int child, int group, boolean afresh) {
        ChildBook book = books.of(child);
        ChildState was = before.child(child);
        if (!book.wantedUp) {
            return false;
        }
        if (afresh) {
            book.forgetFailures();
        }
        if (child == dead) {
            book.restartsWith = group;
            return true;
        }
        switch (was.phase()) {
            case STOPPED, COMPLETED -> {
                return false;
            }
            case FAILED -> {
                if (!afresh) {
                    return false;
                }
                book.restartsWith = group;
            }
            case WAITING, BACKOFF -> book.restartsWith = group;
            default -> {
                boolean again = afresh || specs.get(child).restart() != RestartPolicy.NEVER;
                book.endAsked = true;
                book.foundHeld = false;
                book.restartsWith = again ? group : -1;
                book.fate = again ? Orders.Fate.RESTART : Orders.Fate.FAIL;
                going.set(child);
            }
        }
        return true;
    }

    /** Those that are restarted with what died, was stopped, or goes down by reason of others. */
    private void dependentsGoDown(SupervisorState before, Event event, Step step, boolean ran) {
        gone.clear();
        gone.or(going);
        if (dead >= 0 && ran && step.state().child(dead).phase() != ChildPhase.COMPLETED) {
            gone.set(dead);
        }
        boolean running = before.phase() == SupervisorState.Phase.RUNNING;
        if (event instanceof Event.StopRequested stop
                && before.child(stop.child()).phase().occupied()) {
            gone.set(stop.child());
        } else if (event instanceof Event.RestartRequested restart
                && running
                && before.child(restart.child()).phase().occupied()) {
            gone.set(restart.child());
        }
        boolean replanned = event instanceof Event.Replanned || event instanceof Event.Begin;
        for (int i = 0; replanned && i < specs.size(); i++) {
            if (books.of(i).changed && before.child(i).phase().occupied()) {
                gone.set(i);
            }
        }
        if (gone.isEmpty()) {
            return;
        }
        for (int i = 0; i < specs.size(); i++) {
            if (!before.child(i).phase().occupied() || i == dead) {
                continue;
            }
            for (Dependency dependency : specs.get(i).dependencies()) {
                if (dependency.restarts() && gone.get(dependency.index())) {
                    books.of(i).endAsked = true;
                    books.of(i).foundHeld = false;
                    going.set(i);
                    gone.set(i);
                }
            }
        }
    }

    private void goingDownIsSaid(SupervisorState before, Step step) {
        for (int i = going.nextSetBit(0); i >= 0; i = going.nextSetBit(i + 1)) {
            ChildState now = step.state().child(i);
            int child = i;
            boolean runs = now.phase() == ChildPhase.STARTING || now.phase() == ChildPhase.READY;
            boolean held = now.phase() == ChildPhase.SPAWNING || now.phase() == ChildPhase.HELD;
            boolean another = now.incarnation() != before.child(i).incarnation();
            boolean told = runs ? now.orders().endDue() : !held || another || now.stopAsked();
            moment.check("WHO_GOES_DOWN_IS_TOLD", i == dead || told, () -> moment.name(child) + " is " + now.phase());
        }
    }

    private void launchesAreTogether(SupervisorState before, Step step) {
        for (Command command : step.commands()) {
            Command.Spawn launch = EventParts.launchOf(command);
            if (launch == null) {
                continue;
            }
            ChildBook book = books.of(launch.child());
            for (int i = 0; book.restartsWith >= 0 && i < specs.size(); i++) {
                boolean waitsWithIt = i != launch.child()
                        && i != dead
                        && books.of(i).restartsWith == book.restartsWith
                        && books.of(i).endAsked
                        && before.child(i).phase().occupied();
                moment.check("ALL_ARE_DOWN_BEFORE_ANY_IS_LAUNCHED", !waitsWithIt, () -> moment.name(launch.child()));
            }
            book.forgetOrders();
        }
    }

    private boolean tooMany(Times[] counted, int group, long nowNs) {
        GroupSpec spec = groups.get(group);
        return spec.maxRestarts() != ChildSpec.UNLIMITED
                && counted[group].within(spec.periodNs(), nowNs) > spec.maxRestarts();
    }

    private boolean isWithin(int child, int group) {
        int at = specs.get(child).membership().group();
        while (at != group && at != GroupSpec.NO_PARENT) {
            at = groups.get(at).parent();
        }
        return at == group;
    }

    private int firstWithin(int group) {
        for (int i = 0; i < specs.size(); i++) {
            if (isWithin(i, group)) {
                return i;
            }
        }
        return specs.size();
    }

    private boolean isTakenAlong(int child, int group, int place, Strategy strategy) {
        return isWithin(child, group)
                && switch (strategy) {
                    case ONE_FOR_ONE -> false;
                    case ONE_FOR_ALL -> true;
                    case REST_FOR_ONE -> placeOf(child, group) > place;
                };
    }

    private int placeOf(int child, int group) {
        int at = specs.get(child).membership().group();
        if (at == group) {
            return child;
        }
        while (groups.get(at).parent() != group) {
            at = groups.get(at).parent();
        }
        return firstWithin(at);
    }
}
