package io.coppice.supervisor.root;

import io.coppice.state.root.GroupRecord;
import io.coppice.state.root.RootSegment;
import io.coppice.supervisor.core.FailureHistory;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.GroupState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The core's state of the groups, to and from the root segment. Duty-cycle thread only. */
final class GroupRecords {
    private GroupRecords() {}

    /** Stores all groups; rows behind them are cleared. */
    static void writeAll(RootSegment segment, List<GroupState> groups) {
        for (int i = 0; i < RootSegment.MAX_GROUPS; i++) {
            if (i < groups.size()) {
                write(segment, groups.get(i));
            } else {
                segment.group(i).clear();
            }
        }
    }

    static void write(RootSegment segment, GroupState group) {
        segment.group(group.spec().index())
                .set(new GroupRecord(
                        group.spec().name(),
                        group.failures().streak(),
                        group.restartAtNs(),
                        group.done(),
                        group.failures().recentNs()));
    }

    /**
     * The groups as they were recorded, by name; one that was not is fresh.
     *
     * @throws UnknownRecordException if a number cannot be
     */
    static List<GroupState> read(RootSegment segment, List<GroupSpec> specs) throws UnknownRecordException {
        Map<String, GroupRecord> known = new HashMap<>();
        for (int i = 0; i < RootSegment.MAX_GROUPS; i++) {
            segment.group(i).get().ifPresent(group -> known.put(group.name(), group));
        }
        List<GroupState> groups = new ArrayList<>();
        for (GroupSpec spec : specs) {
            GroupRecord group = known.get(spec.name());
            if (group == null) {
                groups.add(new GroupState(spec, FailureHistory.EMPTY, 0, false));
                continue;
            }
            if (group.streak() < 0 || group.streak() > Integer.MAX_VALUE || group.restartAtNs() < 0) {
                throw new UnknownRecordException("group " + spec.name() + ": streak " + group.streak()
                        + ", restarted at " + group.restartAtNs());
            }
            groups.add(new GroupState(
                    spec,
                    new FailureHistory(group.failedAtNs(), (int) group.streak()),
                    group.restartAtNs(),
                    group.done()));
        }
        return groups;
    }
}
