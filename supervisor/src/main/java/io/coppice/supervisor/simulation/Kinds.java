package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import java.util.List;

/** What makes a child of one plan the same as that of its name in another: one of another kind is another child. */
final class Kinds {
    private Kinds() {}

    /** By the plans. */
    static boolean same(ChildSpec one, ChildSpec other) {
        return sameOnRecord(one, other) && one.auxiliary() == other.auxiliary();
    }

    /** By what a root records of its children, which knows workers and all others. */
    static boolean sameOnRecord(ChildSpec one, ChildSpec other) {
        return one.hasSegment() == other.hasSegment();
    }

    /** Whether a plan goes on with a child of another one. */
    static boolean keeps(List<ChildSpec> plan, ChildSpec child) {
        return same(plan.get(child.index()), child);
    }
}
