package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Slot;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Work;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the daemons' segments ask their slots for, made into events. What is asked for is a level: a word that stands until it is another, so it
 * does not matter how often, or when, it is looked at, but for how soon it is noticed.
 *
 * <p>Duty-cycle thread only; a look that finds nothing new allocates nothing.
 */
final class RequestWatch {
    private final ChildTable children;
    private final SegmentWatch segments;
    private final Supplier<SupervisorState> state;
    private final Consumer<Event> settle;

    /**
     * A watch of all that is in the table.
     *
     * @param state the core's, as it is now
     * @param settle takes an event in at once
     */
    RequestWatch(ChildTable children, SegmentWatch segments, Supplier<SupervisorState> state, Consumer<Event> settle) {
        this.children = children;
        this.segments = segments;
        this.state = state;
        this.settle = settle;
    }

    /** Whether a child is a daemon with slots. */
    boolean hasSlots(ChildProcess daemon) {
        return isSlotOf(daemon.index + 1, daemon.index);
    }

    private boolean isSlotOf(int child, int daemon) {
        if (child >= state.get().children().size()) {
            return false;
        }
        Slot slot = state.get().child(child).spec().slot();
        return slot != null && slot.daemon() == daemon;
    }

    /** After a takeover, or when the plan is another one. */
    void lookAtAll(long nowNs) {
        for (int i = 0; i < children.size(); i++) {
            look(children.get(i), nowNs);
        }
    }

    /** Looks at what one daemon asks for; of any other child there is nothing to see. Its slots come right behind it. */
    void look(ChildProcess daemon, long nowNs) {
        for (int i = daemon.index + 1; isSlotOf(i, daemon.index); i++) {
            ChildState child = state.get().child(i);
            long word = segments.request(daemon, i - daemon.index);
            if (word == Long.MIN_VALUE || word == child.work().word()) {
                continue;
            }
            boolean done = segments.isDone(children.get(i), child.work().served());
            settle.accept(new Event.Requested(i, Math.abs(word), word < Work.NO_REQUEST, done, nowNs));
        }
    }
}
