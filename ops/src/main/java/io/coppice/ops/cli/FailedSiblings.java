package io.coppice.ops.cli;

import io.coppice.ops.view.GroupStatus;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.supervisor.plan.ReplicaSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What stays failed when a member of a failed group is started: the rest of the group. A request is for those that it names, so they are not
 * started along; but who has forgotten them is told.
 */
final class FailedSiblings {
    private FailedSiblings() {}

    /**
     * A text for each failed group of which some are started, but not all.
     *
     * @param started children
     * @param before as it was before they were asked for
     */
    static List<String> notes(List<String> started, InstanceStatus before) {
        return before.groups().stream()
                .filter(group -> group.name().isPresent() && group.state().equals("failed"))
                .filter(group -> group.daemons().stream().anyMatch(started::contains))
                .map(group -> note(group, started, before))
                .filter(note -> !note.isEmpty())
                .toList();
    }

    private static String note(GroupStatus group, List<String> started, InstanceStatus before) {
        Set<String> left = new LinkedHashSet<>();
        for (String daemon : group.daemons()) {
            boolean failed = before.daemon(daemon)
                    .filter(known -> known.wantedUp() && known.is("failed"))
                    .isPresent();
            if (failed && !started.contains(daemon)) {
                String set = ReplicaSet.setOf(daemon);
                boolean whole = set != null && started.stream().noneMatch(name -> set.equals(ReplicaSet.setOf(name)));
                left.add(whole ? set : daemon);
            }
        }
        return left.isEmpty()
                ? ""
                : "The group " + group.name().orElse("") + " had failed, and of its members stay so: "
                        + String.join(", ", left) + ".\n  `coppice start " + String.join(" ", left) + "` starts "
                        + (left.size() == 1 ? "it." : "them.");
    }
}
