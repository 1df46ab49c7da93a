package io.coppice.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same instance under another plan: after a reload, or in a root that came after one that died, with a manifest that was
 * changed meanwhile. Policies hold from now on, for what is decided next; a deadline that runs goes on as it was set. A process is
 * touched only if it would be started in another way now, and only if it is wanted up: what an operator stopped stays down.
 */
final class Replanning {
    private Replanning() {}

    /** The children of the new plan with the states that they have, before anything follows from that. */
    static SupervisorState under(SupervisorState before, Event.Replanned event) {
        if (before.phase() != SupervisorState.Phase.RUNNING) {
            return before;
        }
        List<GroupState> groups = groups(before, event.groups());
        List<ChildState> left = new ArrayList<>(before.children());
        List<ChildState> children = new ArrayList<>();
        for (ChildSpec spec : event.specs()) {
            ChildState known = named(spec.name(), before);
            if (known != null && isOfOneKind(known.spec(), spec)) {
                left.remove(known);
                children.add(goOn(known, spec, before, groups));
            } else {
                GroupState.goOnWithNewMember(groups, spec.membership().group());
                long reached = event.lastIncarnations().get(spec.index());
                children.add(SupervisorState.unlaunched(
                        spec, known == null ? reached : Math.max(reached, known.incarnation())));
            }
        }
        for (ChildState child : left) {
            if (child.isAround()) {
                throw new IllegalArgumentException("child " + child.spec().name() + " is " + child.phase()
                        + " and not in the new plan: expected to be stopped before");
            }
        }
        return new SupervisorState(before.phase(), before.hurried(), before.exitCode(), groups, children);
    }

    /** One of another kind is another child, and only has the name of the one that there was. */
    private static boolean isOfOneKind(ChildSpec one, ChildSpec other) {
        return one.hasSegment() == other.hasSegment()
                && one.ungrouped() == other.ungrouped()
                && (one.slot() == null) == (other.slot() == null);
    }

    private static List<GroupState> groups(SupervisorState before, List<GroupSpec> specs) {
        List<GroupState> groups = new ArrayList<>();
        for (GroupSpec spec : specs) {
            GroupState known = groupNamed(spec.name(), before.groups());
            groups.add(
                    known == null
                            ? GroupState.fresh(spec)
                            : new GroupState(spec, known.failures(), known.restartAtNs(), known.done()));
        }
        return groups;
    }

    /** What it is restarted with is another index now, or is no more. */
    private static ChildState goOn(ChildState known, ChildSpec spec, SupervisorState before, List<GroupState> groups) {
        ChildDraft child = new ChildDraft(known, spec);
        child.work = child.work.withStopped(false);
        int with = known.orders().restartsWith();
        if (with != Orders.ALONE) {
            GroupState group = groupNamed(before.groups().get(with).spec().name(), groups);
            child.orders = child.orders.restartingWith(
                    group == null ? Orders.ALONE : group.spec().index());
        }
        return child.state();
    }

    private static @Nullable GroupState groupNamed(String name, List<GroupState> groups) {
        for (GroupState group : groups) {
            if (group.spec().name().equals(name)) {
                return group;
            }
        }
        return null;
    }

    private static @Nullable ChildState named(String name, SupervisorState state) {
        for (ChildState child : state.children()) {
            if (child.spec().name().equals(name)) {
                return child;
            }
        }
        return null;
    }

    static void apply(Transition transition) {
        if (transition.phase != SupervisorState.Phase.RUNNING) {
            return;
        }
        int changed = 0;
        for (int i = 0; i < transition.childCount(); i++) {
            changed += isToStartAnew(transition.childBefore(i)) ? 1 : 0;
        }
        transition.recordRoot(
                EventType.RELOADED,
                transition.childCount() + (transition.childCount() == 1 ? " child" : " children") + ", " + changed
                        + " to start anew");
        startAnewWhatChanged(transition);
        noticeWhatIsNoLongerProbed(transition);
    }

    /** Also of a plan that was changed while there was no root. */
    static void noticeWhatIsNoLongerProbed(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            if (!transition.specOf(i).probed()) {
                EventRules.noLongerProbed(transition, i);
            }
        }
    }

    /** Ends those that run, dependents first, before any of the others is launched. */
    static void startAnewWhatChanged(Transition transition) {
        for (int i = transition.childCount() - 1; i >= 0; i--) {
            if (transition.childBefore(i).phase().occupied()) {
                startAnewIfChanged(transition, i);
            }
        }
        for (int i = 0; i < transition.childCount(); i++) {
            if (!transition.childBefore(i).phase().occupied()) {
                startAnewIfChanged(transition, i);
            }
        }
    }

    private static void startAnewIfChanged(Transition transition, int index) {
        if (isToStartAnew(transition.childBefore(index))) {
            EventRules.restart(transition, transition.child(index), "it would be started in another way now");
        }
    }

    private static boolean isToStartAnew(ChildState child) {
        return child.launchedAs() != child.spec().launch() && child.wanted() == Wanted.UP;
    }
}
