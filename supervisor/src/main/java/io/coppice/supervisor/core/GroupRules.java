package io.coppice.supervisor.core;

import io.coppice.supervisor.core.Orders.Fate;
import io.coppice.supervisor.core.SupervisorState.Phase;
import java.util.List;

/**
 * What a death means for others: the strategies, the intensity and the escalation of groups, as OTP has them.
 *
 * <p>A member that is to be restarted takes with it those that its group's strategy names; all of them are ended, dependents first, and
 * launched when the last of them is down. Each such restart counts for the group; a group that had too many has failed, which its parent
 * answers as it would answer a member's death, and so on. The outermost group ends the instance with {@link #GAVE_UP_CODE}. A restart by
 * group touches only what is wanted up; what has completed stays completed.
 */
final class GroupRules {
    /** The exit code of a root that gave up. */
    static final int GAVE_UP_CODE = 5;

    private GroupRules() {}

    /**
     * A member has died and is to be restarted: counts that, and takes down what is restarted with it.
     *
     * @return false if that was one restart too many: the group has failed, and the member's own launch is not for its caller to decide
     */
    static boolean memberRestarts(Transition transition, ChildDraft child, String why) {
        if (child.spec.ungrouped()) {
            return true;
        }
        int group = child.spec.membership().group();
        String cause = child.spec.name() + ": " + why;
        if (isOneTooMany(transition, group)) {
            park(transition, child);
            failed(transition, group, child.spec.name(), cause + countText(transition, group));
            return false;
        }
        takeSiblingsDown(transition, child);
        return true;
    }

    /** The same for a death that does not count, such as an operator's kill. */
    static void takeSiblingsDown(Transition transition, ChildDraft child) {
        if (child.spec.ungrouped()) {
            return;
        }
        int group = child.spec.membership().group();
        Strategy strategy = transition.groupSpecOf(group).strategy();
        if (strategy == Strategy.ONE_FOR_ONE || transition.phase == Phase.STOPPING) {
            return;
        }
        int others = 0;
        for (int i = transition.childCount() - 1; i >= 0; i--) {
            if (i != child.index() && isRestartedWith(transition, i, group, child.index(), strategy)) {
                others += takeDown(transition, transition.child(i), group, false) ? 1 : 0;
            }
        }
        if (others > 0) {
            child.orders = child.orders.restartingWith(group);
            tell(transition, group, child.spec.name() + " died: " + others + " more to restart with it");
        }
    }

    /** A member's own restarts are used up. */
    static void memberGaveUp(Transition transition, ChildDraft child, String why) {
        park(transition, child);
        failed(transition, child.spec.membership().group(), child.spec.name(), child.spec.name() + " gave up: " + why);
    }

    /** Down for now; what becomes of it is its group's affair. */
    private static void park(Transition transition, ChildDraft child) {
        child.restartDue = true;
        transition.enter(child, ChildPhase.WAITING, ChildState.NEVER, EventType.WAITING, "for what its group does");
    }

    /** Waits for the rest of what is restarted with it, or for the group's own backoff. */
    static void await(Transition transition, ChildDraft child) {
        int group = child.orders.restartsWith();
        long untilNs = transition.restartAtNsOf(group);
        boolean late = untilNs > transition.nowNs;
        String title = transition.groupSpecOf(group).title();
        transition.enter(
                child,
                ChildPhase.WAITING,
                late ? untilNs : ChildState.NEVER,
                EventType.WAITING,
                late
                        ? title + " is restarted in " + DurationText.of(untilNs - transition.nowNs)
                        : "until all of " + title + " that restarts is down");
    }

    /** @param by the child whose restart was one too many */
    private static void failed(Transition transition, int group, String by, String cause) {
        GroupDraft draft = transition.group(group);
        draft.failures = new FailureHistory(List.of(), draft.failures.streak());
        if (group == GroupSpec.OUTERMOST) {
            EventRules.endInstance(transition, GAVE_UP_CODE, EventType.GAVE_UP, by, "gave up: " + cause);
        } else if (draft.spec.escalates()) {
            tellFailed(transition, group, cause);
            restart(transition, draft, by, draft.spec.title() + ": " + cause);
        } else {
            tellFailed(transition, group, cause);
            endAll(transition, group, Fate.FAIL);
        }
    }

    /** A group that has failed is restarted by its parent, together with what the parent's strategy names. */
    private static void restart(Transition transition, GroupDraft failed, String by, String cause) {
        int parent = failed.spec.parent();
        if (isOneTooMany(transition, parent)) {
            failed(transition, parent, by, cause + countText(transition, parent));
            return;
        }
        Strategy strategy = transition.groupSpecOf(parent).strategy();
        Backoff backoff = failed.spec.backoff();
        boolean lasted = transition.nowNs - failed.restartAtNs >= backoff.resetAfterNs();
        failed.failures = (lasted ? failed.failures.withoutStreak() : failed.failures).withRestart();
        failed.restartAtNs =
                transition.after(backoff.delayNs(failed.failures.streak(), salt(failed.spec.index(), transition)));
        // The barrier is the parent's, whose members they all are.
        GroupDraft whole = transition.group(parent);
        whole.restartAtNs = Math.max(whole.restartAtNs, failed.restartAtNs);
        int first = firstMember(transition, failed.spec.index());
        for (int i = transition.childCount() - 1; i >= 0; i--) {
            if (isWithin(transition, i, failed.spec.index())
                    || isRestartedWith(transition, i, parent, first, strategy)) {
                takeDown(transition, transition.child(i), parent, true);
            }
        }
    }

    /** Whether a child is restarted when the member at that place of the group dies. */
    private static boolean isRestartedWith(
            Transition transition, int child, int group, int failedPlace, Strategy strategy) {
        return switch (strategy) {
            case ONE_FOR_ONE -> false;
            case ONE_FOR_ALL -> isWithin(transition, child, group);
            case REST_FOR_ONE ->
                isWithin(transition, child, group) && placeWithin(transition, child, group) > failedPlace;
        };
    }

    /** The place of a child among the members of a group, or of the group in it that the child belongs to: that of its first member. */
    private static int placeWithin(Transition transition, int child, int group) {
        int member = transition.specOf(child).membership().group();
        if (member == group) {
            return child;
        }
        while (transition.groupSpecOf(member).parent() != group) {
            member = transition.groupSpecOf(member).parent();
        }
        return firstMember(transition, member);
    }

    private static int firstMember(Transition transition, int group) {
        for (int i = 0; i < transition.childCount(); i++) {
            if (isWithin(transition, i, group)) {
                return i;
            }
        }
        return transition.childCount();
    }

    static boolean isWithin(Transition transition, int child, int group) {
        return isWithinGroup(transition, transition.specOf(child).membership().group(), group);
    }

    private static boolean isWithinGroup(Transition transition, int inner, int group) {
        int at = inner;
        while (at > group) {
            at = transition.groupSpecOf(at).parent();
        }
        return at == group;
    }

    /** Ends a child that is wanted up, to be launched again with the rest; whether there is anything to do. */
    private static boolean takeDown(Transition transition, ChildDraft child, int group, boolean afresh) {
        if (child.wanted == Wanted.DOWN) {
            return false;
        }
        if (afresh) {
            child.startAfresh();
        }
        switch (child.phase()) {
            case SPAWNING, HELD, ABANDONING, STARTING, READY, DUMPING, STOPPING, KILLING -> {
                boolean again = afresh || child.spec.restart() != RestartPolicy.NEVER;
                child.orders = again
                        ? child.orders.restartingWith(group).withFate(Fate.RESTART)
                        : new Orders(child.orders.endDue(), Fate.FAIL, Orders.ALONE);
                child.restartDue = again;
                EndRules.endAsAsked(transition, child);
            }
            case WAITING -> {
                child.orders = child.orders.restartingWith(group);
                if (transition.restartAtNsOf(group) > transition.nowNs) {
                    await(transition, child);
                }
            }
            case BACKOFF -> {
                child.orders = child.orders.restartingWith(group);
                if (afresh) {
                    await(transition, child);
                }
            }
            case FAILED -> {
                if (!afresh) {
                    return false;
                }
                child.orders = Orders.NONE.restartingWith(group);
                child.restartDue = true;
                await(transition, child);
            }
            case STOPPED, COMPLETED -> {
                return false;
            }
        }
        return true;
    }

    /** Whether a child has to wait for others that are restarted with it. */
    static boolean isHeldBack(Transition transition, int child, Orders orders) {
        int group = orders.restartsWith();
        if (group == Orders.ALONE) {
            return false;
        }
        if (transition.restartAtNsOf(group) > transition.nowNs) {
            return true;
        }
        for (int i = 0; i < transition.childCount(); i++) {
            ChildPhase phase = transition.phaseOf(i);
            if (i != child
                    && transition.ordersOf(i).restartsWith() == group
                    && (phase.occupied() || phase == ChildPhase.BACKOFF)) {
                return true;
            }
        }
        return false;
    }

    /** All members of a group come to an end that lasts. */
    static void endAll(Transition transition, int group, Fate fate) {
        for (int i = transition.childCount() - 1; i >= 0; i--) {
            ChildDraft child = transition.child(i);
            if (!isWithin(transition, i, group) || child.wanted == Wanted.DOWN) {
                continue;
            }
            if (child.phase().occupied()) {
                child.orders = new Orders(child.orders.endDue(), fate, Orders.ALONE);
                EndRules.endAsAsked(transition, child);
            } else if (child.phase() == ChildPhase.WAITING || child.phase() == ChildPhase.BACKOFF) {
                DeathRules.endedAsAsked(transition, child, fate);
            }
        }
    }

    private static boolean isOneTooMany(Transition transition, int group) {
        GroupSpec spec = transition.groupSpecOf(group);
        if (spec.maxRestarts() == ChildSpec.UNLIMITED) {
            return false;
        }
        GroupDraft draft = transition.group(group);
        draft.failures = draft.failures.withFailure(transition.nowNs, spec.periodNs());
        return draft.failures.recentNs().size() > spec.maxRestarts();
    }

    /** What was one too many. */
    private static String countText(Transition transition, int group) {
        GroupSpec spec = transition.groupSpecOf(group);
        int count = transition.group(group).failures.recentNs().size();
        return "; " + Counted.of(count, "failure") + " within " + DurationText.of(spec.periodNs()) + ", "
                + Counted.of(spec.maxRestarts(), "restart") + " allowed";
    }

    private static void tellFailed(Transition transition, int group, String cause) {
        GroupSpec spec = transition.groupSpecOf(group);
        transition.recordRoot(EventType.GROUP_FAILED, spec.name(), spec.title() + " failed; " + cause);
    }

    static void tell(Transition transition, int group, String text) {
        transition.recordRoot(EventType.GROUP, transition.groupSpecOf(group).title() + ": " + text);
    }

    private static long salt(int group, Transition transition) {
        return transition.nowNs * 31 + group;
    }
}
