package io.coppice.supervisor.plan;

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
        if (other == null) {
            other = other(
                    "isolation", present.isolation().text(), next.isolation().text());
        }
        return other;
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
