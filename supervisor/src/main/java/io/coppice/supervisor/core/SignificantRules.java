package io.coppice.supervisor.core;

import io.coppice.supervisor.core.Orders.Fate;
import io.coppice.supervisor.core.SupervisorState.Phase;

/** Groups that end with their significant members, as OTP has them: {@link AutoShutdown}. */
final class SignificantRules {
    private SignificantRules() {}

    /** A member is wanted up: its groups go on. */
    static void isNotDone(Transition transition, ChildDraft child) {
        int group = child.spec.membership().group();
        while (group != GroupSpec.NO_PARENT) {
            if (transition.isDone(group)) {
                transition.group(group).done = false;
            }
            group = transition.groupSpecOf(group).parent();
        }
    }

    /** A member is where it is by its own doing: a significant one that will not run again may end its group. */
    static void endedByItself(Transition transition, ChildDraft child) {
        if (child.spec.membership().significant() && hasEnded(child.spec, child.phase())) {
            significantEnded(transition, child.spec.membership().group());
        }
    }

    private static void significantEnded(Transition transition, int group) {
        if (transition.phase != Phase.RUNNING && transition.phase != Phase.ADOPTING) {
            return;
        }
        boolean ends = switch (transition.groupSpecOf(group).autoShutdown()) {
            case NEVER -> false;
            case ANY_SIGNIFICANT -> true;
            case ALL_SIGNIFICANT -> allSignificantEnded(transition, group);
        };
        if (!ends) {
            return;
        }
        GroupDraft draft = transition.group(group);
        draft.done = true;
        if (group == GroupSpec.OUTERMOST) {
            EventRules.endInstance(
                    transition, 0, EventType.SHUTDOWN_REQUESTED, "", "its significant children have come to their end");
            return;
        }
        GroupRules.tell(transition, group, "ends: its significant members have come to their end");
        GroupRules.endAll(transition, group, Fate.COMPLETE);
        if (draft.spec.significant()) {
            significantEnded(transition, draft.spec.parent());
        }
    }

    private static boolean allSignificantEnded(Transition transition, int group) {
        for (int i = 0; i < transition.childCount(); i++) {
            ChildSpec spec = transition.specOf(i);
            if (spec.membership().group() == group
                    && spec.membership().significant()
                    && !hasEnded(spec, transition.phaseOf(i))) {
                return false;
            }
        }
        for (int i = group + 1; i < transition.groupCount(); i++) {
            GroupSpec spec = transition.groupSpecOf(i);
            if (spec.parent() == group && spec.significant() && !transition.isDone(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasEnded(ChildSpec spec, ChildPhase phase) {
        return phase == ChildPhase.COMPLETED || (phase == ChildPhase.FAILED && spec.restart() == RestartPolicy.NEVER);
    }
}
