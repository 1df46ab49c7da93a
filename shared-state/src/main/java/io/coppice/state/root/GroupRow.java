package io.coppice.state.root;

import io.coppice.state.Record;
import java.util.Optional;

/** A {@link GroupRecord} in the root's segment, under the root's commits. Duty-cycle thread only. */
public final class GroupRow {
    private final Record row;

    GroupRow(Record row) {
        this.row = row;
    }

    /** Stores all of it. */
    public void set(GroupRecord group) {
        row.set(RootLayouts.GROUP_USED, 1);
        row.set(RootLayouts.GROUP_STREAK, group.streak());
        row.set(RootLayouts.GROUP_RESTART_AT_NS, group.restartAtNs());
        row.set(RootLayouts.GROUP_DONE, group.done() ? 1 : 0);
        byte[] name = Utf8Text.cut(group.name(), RootLayouts.NAME_BYTES);
        row.set(RootLayouts.GROUP_NAME, name, 0, name.length);
        FailureTimes.store(row, RootLayouts.GROUP_FAILED_AT_NS, group.failedAtNs());
    }

    /** There is no such group. The rest of the row means nothing from then on. */
    public void clear() {
        if (row.get(RootLayouts.GROUP_USED) != 0) {
            row.set(RootLayouts.GROUP_USED, 0);
        }
    }

    /** All of it, as it was last stored; empty if there is no such group. */
    public Optional<GroupRecord> get() {
        return row.get(RootLayouts.GROUP_USED) == 0
                ? Optional.empty()
                : Optional.of(new GroupRecord(
                        row.getString(RootLayouts.GROUP_NAME),
                        row.get(RootLayouts.GROUP_STREAK),
                        row.get(RootLayouts.GROUP_RESTART_AT_NS),
                        row.get(RootLayouts.GROUP_DONE) != 0,
                        FailureTimes.load(row, RootLayouts.GROUP_FAILED_AT_NS)));
    }
}
