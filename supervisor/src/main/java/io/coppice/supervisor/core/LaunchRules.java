package io.coppice.supervisor.core;

import io.coppice.supervisor.core.SupervisorState.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a child may be launched, and what it waits for otherwise. */
final class LaunchRules {
    private LaunchRules() {}

    /** Launches all that waited for dependencies which now hold. */
    static void launchWhatMay(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            if (transition.phaseOf(i) == ChildPhase.WAITING
                    && !GroupRules.isHeldBack(transition, i, transition.ordersOf(i))
                    && unmet(transition, transition.childBefore(i).spec()) == null) {
                spawn(transition, transition.child(i));
            }
        }
    }

    /** Launches a child without a process now, or as soon as its dependencies hold. */
    static void launch(Transition transition, ChildDraft child) {
        Dependency unmet = unmet(transition, child.spec);
        if (transition.phase == Phase.ADOPTING) {
            // What others look like is only known when each of them has been looked at.
            transition.enter(
                    child, ChildPhase.WAITING, ChildState.NEVER, EventType.WAITING, "until all others are looked at");
        } else if (child.spec.auxiliary()) {
            // At the end of the step, if there is somebody to serve then.
            child.enter(ChildPhase.WAITING, transition.nowNs, ChildState.NEVER);
        } else if (GroupRules.isHeldBack(transition, child.index(), child.orders)) {
            GroupRules.await(transition, child);
        } else if (unmet == null) {
            spawn(transition, child);
        } else {
            transition.enter(
                    child, ChildPhase.WAITING, ChildState.NEVER, EventType.WAITING, waitingText(transition, unmet));
        }
    }

    /** Tells, in the log, those who wait for a child that will not be there by itself. */
    static void tellThoseWaitingFor(Transition transition, ChildDraft gone) {
        if (transition.phase != Phase.RUNNING) {
            return;
        }
        for (int i = gone.index() + 1; i < transition.childCount(); i++) {
            if (transition.phaseOf(i) != ChildPhase.WAITING) {
                continue;
            }
            for (Dependency dependency : transition.childBefore(i).spec().dependencies()) {
                if (dependency.index() == gone.index() && !holds(transition, dependency)) {
                    transition.record(transition.child(i), EventType.WAITING, waitingText(transition, dependency));
                }
            }
        }
    }

    private static void spawn(Transition transition, ChildDraft child) {
        child.incarnation++;
        child.orders = Orders.NONE;
        child.launchedAs = child.spec.launch();
        child.work = child.spec.slot() == null ? child.work : child.work.launched();
        if (child.restartDue) {
            child.restarts++;
            child.restartDue = false;
        }
        Standby standby = StandbyRules.take(transition, child);
        if (standby == null) {
            transition.enter(child, ChildPhase.SPAWNING, ChildState.NEVER, EventType.SPAWNING, "");
            transition.command(new Command.Spawn(child.index(), child.incarnation));
            return;
        }
        child.pid = standby.pid();
        child.startTicks = standby.startTicks();
        child.spawnedAtNs = transition.nowNs;
        child.assigned = true;
        transition.enter(child, ChildPhase.HELD, ChildState.NEVER, EventType.STANDBY_ASSIGNED, "");
        transition.command(new Command.AssignStandby(
                child.index(), StandbyRules.poolOf(child.spec), standby.id(), child.incarnation));
        transition.command(Command.Release.of(child));
    }

    private static @Nullable Dependency unmet(Transition transition, ChildSpec spec) {
        List<Dependency> dependencies = spec.dependencies();
        for (int i = 0; i < dependencies.size(); i++) {
            if (!holds(transition, dependencies.get(i))) {
                return dependencies.get(i);
            }
        }
        return null;
    }

    private static boolean holds(Transition transition, Dependency dependency) {
        ChildPhase phase = transition.phaseOf(dependency.index());
        if (phase == ChildPhase.COMPLETED) {
            return true;
        }
        if (transition.ordersOf(dependency.index()).endDue()) {
            return false; // it is about to end
        }
        return switch (dependency.condition()) {
            case STARTED -> phase == ChildPhase.STARTING || phase == ChildPhase.READY;
            case READY -> phase == ChildPhase.READY;
            case HEALTHY -> phase == ChildPhase.READY && transition.isHealthy(dependency.index());
            case COMPLETED -> false;
        };
    }

    /** What it is, what of that holds others back where it alone does not say it, and how to start it where nobody else does. */
    private static String stateOf(Transition transition, int index) {
        ChildPhase phase = transition.phaseOf(index);
        String words = phase.published().inASentence();
        if (transition.ordersOf(index).endDue()) {
            return words + ", but about to be ended";
        }
        String start =
                ", and `coppice start " + transition.childBefore(index).spec().name() + "` ";
        return switch (phase) {
            case WAITING -> "waiting itself";
            case STOPPED -> words + start + "starts it";
            case FAILED -> words + start + "tries it again";
            case READY -> transition.isHealthy(index) ? words : words + ", but unhealthy";
            default -> words;
        };
    }

    private static String waitingText(Transition transition, Dependency unmet) {
        String condition = switch (unmet.condition()) {
            case STARTED -> "started";
            case READY -> "ready";
            case COMPLETED -> "completed";
            case HEALTHY -> "healthy";
        };
        return "waits for " + transition.childBefore(unmet.index()).spec().name() + " to be " + condition + "; it is "
                + stateOf(transition, unmet.index());
    }
}
