package io.coppice.supervisor.core;

import io.coppice.supervisor.core.SupervisorState.Phase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step in progress: the state before it, drafts of what changes, and the commands so far. Never leaves the step. */
final class Transition {
    final long nowNs;
    Phase phase;
    boolean hurried;
    int exitCode;
    private final SupervisorState before;
    private final @Nullable GroupDraft[] groupDrafts;
    private final @Nullable ChildDraft[] drafts;
    private final List<Command> commands = new ArrayList<>();

    Transition(SupervisorState before, long nowNs) {
        if (nowNs < 0) {
            // Deadlines are saturating sums, which need a clock that does not start below zero.
            throw new IllegalArgumentException("nowNs: " + nowNs + " must be 0 or more");
        }
        this.before = before;
        this.nowNs = nowNs;
        phase = before.phase();
        hurried = before.hurried();
        exitCode = before.exitCode();
        groupDrafts = new GroupDraft[before.groups().size()];
        drafts = new ChildDraft[before.children().size()];
    }

    int childCount() {
        return drafts.length;
    }

    /** To change it. */
    ChildDraft child(int index) {
        ChildDraft draft = drafts[index];
        if (draft == null) {
            draft = new ChildDraft(before.child(index));
            drafts[index] = draft;
        }
        return draft;
    }

    int groupCount() {
        return groupDrafts.length;
    }

    /** To change it. */
    GroupDraft group(int index) {
        GroupDraft draft = groupDrafts[index];
        if (draft == null) {
            draft = new GroupDraft(before.groups().get(index));
            groupDrafts[index] = draft;
        }
        return draft;
    }

    GroupSpec groupSpecOf(int index) {
        return before.groups().get(index).spec();
    }

    /** To read it, as of this moment of the step. */
    long restartAtNsOf(int group) {
        GroupDraft draft = groupDrafts[group];
        return draft == null ? before.groups().get(group).restartAtNs() : draft.restartAtNs;
    }

    /** To read it, as of this moment of the step. */
    boolean isDone(int group) {
        GroupDraft draft = groupDrafts[group];
        return draft == null ? before.groups().get(group).done() : draft.done;
    }

    /** To read them, as of this moment of the step. */
    Orders ordersOf(int index) {
        ChildDraft draft = drafts[index];
        return draft == null ? before.child(index).orders() : draft.orders;
    }

    /** To read it, as of this moment of the step: whether its end was asked for. */
    boolean isEnding(int index) {
        ChildDraft draft = drafts[index];
        boolean asked = draft == null ? before.child(index).stopAsked() : draft.stopAsked;
        return asked || ordersOf(index).endDue();
    }

    /** To read it, as of this moment of the step. */
    boolean isHealthy(int index) {
        ChildDraft draft = drafts[index];
        return draft == null ? before.child(index).healthy() : draft.healthy;
    }

    /** To read it, as of this moment of the step. */
    ChildPhase phaseOf(int index) {
        ChildDraft draft = drafts[index];
        return draft == null ? before.child(index).phase() : draft.phase();
    }

    /** To read them, as of this moment of the step. */
    StandbyPool standbysOf(int index) {
        ChildDraft draft = drafts[index];
        return draft == null ? before.child(index).standbys() : draft.standbys;
    }

    /** To read it, as of this moment of the step. */
    Wanted wantedOf(int index) {
        ChildDraft draft = drafts[index];
        return draft == null ? before.child(index).wanted() : draft.wanted;
    }

    /** To read it, as of this moment of the step. */
    Work workOf(int index) {
        ChildDraft draft = drafts[index];
        return draft == null ? before.child(index).work() : draft.work;
    }

    ChildSpec specOf(int index) {
        return before.child(index).spec();
    }

    SupervisorState before() {
        return before;
    }

    /** To read it, as of before the step. */
    ChildState childBefore(int index) {
        return before.child(index);
    }

    /** The child, or null if the event is about an incarnation that is history. */
    @Nullable
    ChildDraft current(int index, long incarnation) {
        return before.child(index).incarnation() == incarnation ? child(index) : null;
    }

    /** The one place where a child changes its phase. */
    void enter(ChildDraft child, ChildPhase next, long deadlineNs, EventType type, String text) {
        child.enter(next, nowNs, deadlineNs);
        record(child, type, text);
    }

    /**
     * Its process is gone, and what follows is still to be decided: until that is entered it counts as waiting, so that nobody who is
     * ended with it, or before it, takes it for alive.
     */
    void gone(ChildDraft child) {
        child.clearProcess();
        child.enter(ChildPhase.WAITING, nowNs, ChildState.NEVER);
    }

    /** Of slots, which live and die all the time, only what is out of the ordinary. */
    void record(ChildDraft child, EventType type, String text) {
        if (child.spec.slot() != null && type.isRoutine()) {
            return;
        }
        commands.add(new Command.RecordEvent(type, child.index(), child.incarnation, child.pid, "", text));
    }

    void recordStandby(ChildDraft child, EventType type, Standby standby, String text) {
        if (child.spec.slot() != null && type.isRoutine()) {
            return;
        }
        commands.add(new Command.RecordEvent(type, child.index(), 0, standby.pid(), "", text));
    }

    void recordRoot(EventType type, String text) {
        recordRoot(type, "", text);
    }

    /** @param about a group, or the child on whose account it happened */
    void recordRoot(EventType type, String about, String text) {
        commands.add(new Command.RecordEvent(type, Command.RecordEvent.ROOT, 0, ChildState.NO_PID, about, text));
    }

    void command(Command command) {
        commands.add(command);
    }

    void reply(long requestId, Outcome outcome) {
        if (requestId != Event.NO_REQUEST) {
            commands.add(new Command.Reply(requestId, outcome));
        }
    }

    /** {@code nowNs + delayNs}, or never if that is beyond the clock. */
    long after(long delayNs) {
        return after(nowNs, delayNs);
    }

    /** The sum, or never if that is beyond the clock. */
    static long after(long fromNs, long delayNs) {
        return delayNs >= ChildState.NEVER - fromNs ? ChildState.NEVER : fromNs + delayNs;
    }

    Step toStep() {
        boolean changed = phase != before.phase() || hurried != before.hurried() || exitCode != before.exitCode();
        GroupState[] groups = new GroupState[groupDrafts.length];
        for (int i = 0; i < groups.length; i++) {
            GroupDraft draft = groupDrafts[i];
            groups[i] = draft == null ? before.groups().get(i) : draft.state();
            changed |= groups[i] != before.groups().get(i);
        }
        ChildState[] children = new ChildState[drafts.length];
        for (int i = 0; i < children.length; i++) {
            ChildDraft draft = drafts[i];
            children[i] = draft == null ? before.child(i) : draft.state();
            changed |= children[i] != before.child(i);
        }
        SupervisorState after =
                changed ? new SupervisorState(phase, hurried, exitCode, List.of(groups), List.of(children)) : before;
        return new Step(after, commands);
    }
}
