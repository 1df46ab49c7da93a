package io.coppice.state.root;

import io.coppice.state.Record;
import java.util.Optional;

/** A {@link StandbyRecord} in the root's segment, under the root's commits. Duty-cycle thread only. */
public final class StandbyRow {
    private final Record row;

    StandbyRow(Record row) {
        this.row = row;
    }

    /** Stores all of it. */
    public void set(StandbyRecord standby) {
        row.set(RootLayouts.STANDBY_ID, standby.id());
        row.set(RootLayouts.STANDBY_PHASE, standby.phase().code());
        row.set(RootLayouts.STANDBY_PID, standby.pid());
        row.set(RootLayouts.STANDBY_START_TICKS, standby.startTicks());
        row.set(RootLayouts.STANDBY_PIDFD_INODE, standby.pidfdInode());
        row.set(RootLayouts.STANDBY_PIPE_INODE, standby.pipeInode());
        row.set(RootLayouts.STANDBY_SESSION, standby.session());
        row.set(RootLayouts.STANDBY_LAUNCHED_AS, standby.launchedAs());
        row.set(RootLayouts.STANDBY_SINCE_NS, standby.sinceNs());
        row.set(RootLayouts.STANDBY_DEADLINE_NS, standby.deadlineNs());
        row.set(RootLayouts.STANDBY_PAUSED, standby.paused() ? 1 : 0);
    }

    /** There is no such standby. The rest of the row means nothing from then on. */
    public void clear() {
        if (row.get(RootLayouts.STANDBY_ID) != 0) {
            row.set(RootLayouts.STANDBY_ID, 0);
        }
    }

    /**
     * All of it, as it was last stored; empty if there is no such standby.
     *
     * @throws IllegalArgumentException if its phase is none of this release's
     */
    public Optional<StandbyRecord> get() {
        if (row.get(RootLayouts.STANDBY_ID) == 0) {
            return Optional.empty();
        }
        long phase = row.get(RootLayouts.STANDBY_PHASE);
        return Optional.of(new StandbyRecord(
                row.get(RootLayouts.STANDBY_ID),
                StandbyPhase.of(phase)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "phase of a standby: " + phase + " is unknown to this release, or damaged")),
                row.get(RootLayouts.STANDBY_PID),
                row.get(RootLayouts.STANDBY_START_TICKS),
                row.get(RootLayouts.STANDBY_PIDFD_INODE),
                row.get(RootLayouts.STANDBY_PIPE_INODE),
                row.get(RootLayouts.STANDBY_SESSION),
                row.get(RootLayouts.STANDBY_LAUNCHED_AS),
                row.get(RootLayouts.STANDBY_SINCE_NS),
                row.get(RootLayouts.STANDBY_DEADLINE_NS),
                row.get(RootLayouts.STANDBY_PAUSED) != 0));
    }
}
