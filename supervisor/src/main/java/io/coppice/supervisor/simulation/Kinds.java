package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import java.util.List;

/** What makes a child of one plan, or on a root's record, the same as that of its name in another plan: one of another kind is another child. */
final class Kinds {
    private Kinds() {}

    static boolean same(ChildSpec one, ChildSpec other) {
        return one.hasSegment() == other.hasSegment()
                && one.ungrouped() == other.ungrouped()
                && (one.slot() == null) == (other.slot() == null);
    }

    /** Whether a plan goes on with a child of another one. */
    static boolean keeps(List<ChildSpec> plan, ChildSpec child) {
        return same(plan.get(child.index()), child);
    }
}
