package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.AutoShutdown;
import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.Orders;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;
import java.util.BitSet;
import java.util.List;

/** Groups end with their significant members, and for no other reason; by a book of its own of those that have. */
final class SignificantPredicates {
    /** Who ends a group's members for good. */
    @FunctionalInterface
    interface Ending {
        void endsForGood(Step step, int group, Orders.Fate fate, ChildPhase phase);
    }

    private final Invariants moment;
    private final List<GroupSpec> groups;
    private final List<ChildSpec> specs;
    private final ChildBooks books;
    private final Ending ending;
    private final BitSet done = new BitSet();
    private final BitSet committed = new BitSet();

    SignificantPredicates(
            Invariants moment, List<GroupSpec> groups, List<ChildSpec> specs, ChildBooks books, Ending ending) {
        this.moment = moment;
        this.groups = groups;
        this.specs = specs;
        this.books = books;
        this.ending = ending;
    }

    void onCommitted() {
        committed.clear();
        committed.or(done);
    }

    /** One of another kind than on record is another child, so that its group is not done. */
    void onAdoption(SupervisorState recorded, SupervisorState resumed, boolean endWasAsked) {
        done.clear();
        if (!endWasAsked) {
            done.or(committed);
        }
        for (ChildState child : resumed.children()) {
            int index = child.spec().index();
            if (!Kinds.same(recorded.child(index).spec(), child.spec())) {
                isWanted(index);
            }
        }
    }

    void onRunAgain() {
        done.clear();
    }

    /**
     * What follows from an end that was nobody's wish.
     *
     * @param dead the child whose end this step was told of, -1 for none
     * @param asked that end was asked for
     */
    void onStep(SupervisorState before, Event event, Step step, int dead, boolean asked) {
        boolean running = before.phase() == SupervisorState.Phase.RUNNING;
        if (event instanceof Event.StartRequested start && running) {
            isWanted(start.child());
        } else if (event instanceof Event.RestartRequested restart && running) {
            isWanted(restart.child());
        } else if (event instanceof Event.Replanned || event instanceof Event.Begin) {
            for (ChildSpec spec : specs) {
                ChildSpec was = before.child(spec.index()).spec();
                if (books.of(spec.index()).changed || !Kinds.same(was, spec)) {
                    isWanted(spec.index());
                }
            }
        }
        boolean itself = dead >= 0 && !asked && !books.shutdown() && hasEnded(dead, step.state());
        if (itself && specs.get(dead).membership().significant()) {
            ended(step, specs.get(dead).membership().group());
        }
    }

    private void isWanted(int child) {
        for (int at = specs.get(child).membership().group();
                at != GroupSpec.NO_PARENT;
                at = groups.get(at).parent()) {
            done.clear(at);
        }
    }

    private boolean hasEnded(int child, SupervisorState state) {
        ChildPhase phase = state.child(child).phase();
        return phase == ChildPhase.COMPLETED
                || (phase == ChildPhase.FAILED && specs.get(child).restart() == RestartPolicy.NEVER);
    }

    private void ended(Step step, int group) {
        GroupSpec spec = groups.get(group);
        boolean ends = spec.autoShutdown() == AutoShutdown.ANY_SIGNIFICANT
                || (spec.autoShutdown() == AutoShutdown.ALL_SIGNIFICANT && haveAllEnded(group, step.state()));
        if (!ends) {
            return;
        }
        done.set(group);
        if (group == GroupSpec.OUTERMOST) {
            moment.check(
                    "GROUPS_END_WITH_THE_SIGNIFICANT",
                    step.state().phase() != SupervisorState.Phase.RUNNING
                            && step.state().exitCode() == 0,
                    () -> "the instance goes on: " + step.state().phase());
            books.ends();
            return;
        }
        ending.endsForGood(step, group, Orders.Fate.COMPLETE, ChildPhase.COMPLETED);
        if (spec.significant()) {
            ended(step, spec.parent());
        }
    }

    private boolean haveAllEnded(int group, SupervisorState state) {
        boolean members = specs.stream()
                .filter(spec ->
                        spec.membership().group() == group && spec.membership().significant())
                .allMatch(spec -> hasEnded(spec.index(), state));
        return members
                && groups.stream()
                        .filter(inner -> inner.parent() == group && inner.significant())
                        .allMatch(inner -> done.get(inner.index()));
    }
}
