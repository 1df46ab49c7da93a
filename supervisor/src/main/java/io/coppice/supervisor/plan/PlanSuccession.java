package io.coppice.supervisor.plan;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether one plan can follow another under a root that runs, or whose children do. Pure. */
public final class PlanSuccession {
    private PlanSuccession() {}

    /** Why it cannot, and what to do, for people; null if it can, as far as the plans themselves tell. */
    public static @Nullable String obstacle(Plan present, Plan next) {
        String other = other("instance", present.instance(), next.instance());
        if (other == null) {
            other = other("directory of the instance", present.directory(), next.directory());
        }
        if (other == null) {
            other = other("directory of the segments", present.segmentDirectory(), next.segmentDirectory());
        }
        if (other != null) {
            return other;
        }
        Map<String, ChildPlan> known = new HashMap<>();
        present.children().forEach(child -> known.put(child.name(), child));
        for (ChildPlan child : next.children()) {
            ChildPlan before = known.get(child.name());
            if (before != null
                    && before.kind() == child.kind()
                    && child.kind().hasSegment()
                    && (before.stateBytes() != child.stateBytes() || before.checkpoints() != child.checkpoints())) {
                return child.name() + ": its segment holds " + before.stateBytes() + " bytes of state and "
                        + before.checkpoints() + " checkpoints, the new manifest wants " + child.stateBytes() + " and "
                        + child.checkpoints()
                        + (hasSlots(present, child) || hasSlots(next, child)
                                ? " (in which `slots`, `queue`, `input` and `quarantine` of its `transactions` count)"
                                : "")
                        + "; a segment cannot be made another size while it holds something. Keep the old numbers, or"
                        + " give the daemon another name, or end the instance and empty it (`coppice purge`)";
            }
        }
        return null;
    }

    private static boolean hasSlots(Plan plan, ChildPlan daemon) {
        return plan.children().stream()
                .anyMatch(child -> child.slot() > 0 && child.daemon().equals(daemon.name()));
    }

    /** Whether a plan goes on with a child: it has one of that name and kind. */
    public static boolean keeps(Plan plan, ChildPlan child) {
        return plan.children().stream()
                .anyMatch(other -> other.name().equals(child.name()) && other.kind() == child.kind());
    }

    private static @Nullable String other(String what, String present, String next) {
        return present.equals(next)
                ? null
                : "the " + what + " is " + present + " and would be " + next
                        + "; that cannot change while something runs: end the root and start it again";
    }
}
