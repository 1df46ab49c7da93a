package io.coppice.supervisor.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that the supervisor knows.
 *
 * @param phase of the root
 * @param hurried shutdown was asked for twice: kill, do not wait
 * @param exitCode what the root will exit with
 * @param groups by index, at least the outermost
 * @param children by index
 */
public record SupervisorState(
        Phase phase, boolean hurried, int exitCode, List<GroupState> groups, List<ChildState> children) {
    /** Where the root is in its life. */
    public enum Phase {
        /** It has come after a root that died, and is told of each process on record, before Begin. Nothing is launched. */
        ADOPTING,
        RUNNING,
        /** Shutdown was asked for: nothing is launched, all that lives is stopped in order. */
        STOPPING,
        /** ExitRoot was commanded. Nothing happens any more. */
        DONE
    }

    public SupervisorState {
        Objects.requireNonNull(phase);
        groups = List.copyOf(groups);
        children = List.copyOf(children);
        for (int i = 0; i < Math.max(1, groups.size()); i++) {
            if (groups.get(i).spec().index() != i) {
                throw new IllegalArgumentException(
                        "group " + groups.get(i).spec().name() + " at place " + i);
            }
        }
        for (int i = 0; i < children.size(); i++) {
            if (children.get(i).spec().index() != i) {
                throw new IllegalArgumentException(
                        "child " + children.get(i).spec().name() + ": index "
                                + children.get(i).spec().index() + " at place " + i);
            }
            if (children.get(i).spec().membership().group() >= groups.size()) {
                throw new IllegalArgumentException(
                        "child " + children.get(i).spec().name() + ": in group "
                                + children.get(i).spec().membership().group() + " of " + groups.size());
            }
        }
    }

    /** Before Begin: all wanted up but slots, nothing launched. */
    public static SupervisorState initial(List<ChildSpec> specs) {
        return initial(specs, Collections.nCopies(specs.size(), 0L));
    }

    /**
     * Before Begin, going on from the incarnations that an earlier root reached, which are not reused.
     *
     * @param lastIncarnations by index, 0 for none
     */
    public static SupervisorState initial(List<ChildSpec> specs, List<Long> lastIncarnations) {
        return initial(List.of(GroupSpec.INSTANCE), specs, lastIncarnations);
    }

    /**
     * The same with groups.
     *
     * @param groups by index, the outermost first
     */
    public static SupervisorState initial(List<GroupSpec> groups, List<ChildSpec> specs, List<Long> lastIncarnations) {
        List<ChildState> children = new ArrayList<>(specs.size());
        for (int i = 0; i < specs.size(); i++) {
            children.add(unlaunched(specs.get(i), lastIncarnations.get(i)));
        }
        return new SupervisorState(Phase.RUNNING, false, 0, fresh(groups), children);
    }

    static List<GroupState> fresh(List<GroupSpec> groups) {
        List<GroupState> fresh = new ArrayList<>(groups.size());
        for (GroupSpec group : groups) {
            fresh.add(GroupState.fresh(group));
        }
        return fresh;
    }

    /** Wanted up, and not launched yet; or a slot of which nothing is asked. */
    static ChildState unlaunched(ChildSpec spec, long lastIncarnation) {
        return new ChildState(
                spec,
                spec.slot() == null ? ChildPhase.WAITING : ChildPhase.STOPPED,
                spec.slot() == null ? Wanted.UP : Wanted.DOWN,
                lastIncarnation,
                ChildState.NO_PID,
                0,
                0,
                ChildState.NEVER,
                ChildState.NEVER,
                ChildState.NEVER,
                StartClock.STOPPED,
                false,
                ChildState.Verdict.NONE,
                null,
                FailureHistory.EMPTY,
                PoisonHistory.CLEAN,
                0,
                false,
                spec.launch(),
                false,
                StandbyPool.EMPTY,
                Orders.NONE,
                true,
                Work.NONE,
                null);
    }

    /**
     * Before Adopted, Exited and Begin, going on from what a root that died had recorded; see {@link Adoption}.
     *
     * @param recorded by index; null for a child that it did not have
     * @param lastIncarnations by index, 0 for none; of children without a record
     * @param endWasAsked it was shutting down: who starts the instance again wants all of it up
     */
    public static SupervisorState resumed(
            List<ChildSpec> specs,
            List<@Nullable ChildState> recorded,
            List<Long> lastIncarnations,
            boolean endWasAsked,
            long nowNs) {
        return resumed(
                List.of(GroupState.fresh(GroupSpec.INSTANCE)), specs, recorded, lastIncarnations, endWasAsked, nowNs);
    }

    /**
     * The same with groups.
     *
     * @param groups by index, as they were recorded
     */
    public static SupervisorState resumed(
            List<GroupState> groups,
            List<ChildSpec> specs,
            List<@Nullable ChildState> recorded,
            List<Long> lastIncarnations,
            boolean endWasAsked,
            long nowNs) {
        List<GroupSpec> groupSpecs = new ArrayList<>(groups.size());
        for (GroupState group : groups) {
            groupSpecs.add(group.spec());
        }
        List<ChildState> children =
                new ArrayList<>(initial(groupSpecs, specs, lastIncarnations).children());
        List<GroupState> resumedGroups = new ArrayList<>(endWasAsked ? fresh(groupSpecs) : groups);
        for (int i = 0; i < children.size(); i++) {
            ChildState before = recorded.get(i);
            if (before != null) {
                children.set(i, Adoption.resume(before, specs.get(i), endWasAsked, nowNs));
            } else {
                GroupState.goOnWithNewMember(
                        resumedGroups, specs.get(i).membership().group());
            }
        }
        return new SupervisorState(Phase.ADOPTING, false, 0, resumedGroups, children);
    }

    /** The state of one child. */
    public ChildState child(int index) {
        return children.get(index);
    }

    /** When the next RefillDue is due, {@link ChildState#NEVER} as long as none is. Allocates nothing. */
    public long nextRefillNs() {
        return StandbyRules.nextRefillNs(this);
    }

    /** When the next Tick is due, {@link ChildState#NEVER} when none is. Allocates nothing. */
    public long nextDeadlineNs() {
        long next = ChildState.NEVER;
        for (int i = 0; i < children.size(); i++) {
            next = Math.min(next, children.get(i).deadlineNs());
            next = Math.min(next, children.get(i).standbys().nextDeadlineNs());
        }
        return next;
    }
}
