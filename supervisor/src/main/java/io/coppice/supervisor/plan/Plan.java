package io.coppice.supervisor.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One instance: where it lives and what it runs.
 *
 * @param instance {@code [a-z0-9-]{1,32}}
 * @param manifest absolute path of the file that it was made from
 * @param directory absolute path of the instance directory: root lock, root segment, control socket, logs
 * @param segmentDirectory absolute path of the directory of the segments and their lock files
 * @param children 0 to {@link PlanBounds#MAX_CHILDREN}, each name once, each after all that it depends on
 */
public record Plan(
        String instance, String manifest, String directory, String segmentDirectory, List<ChildPlan> children) {
    public Plan {
        PlanBounds.requireName("instance", instance);
        PlanBounds.requireAbsolutePath("manifest", manifest);
        PlanBounds.requireAbsolutePath("directory", directory);
        PlanBounds.requireAbsolutePath("segment directory", segmentDirectory);
        children = List.copyOf(children);
        PlanBounds.requireLength("children", children, PlanBounds.MAX_CHILDREN);
        Set<String> earlier = new HashSet<>();
        for (ChildPlan child : children) {
            for (Dependency dependency : child.dependsOn()) {
                PlanBounds.require(
                        earlier.contains(dependency.name()),
                        () -> "children: " + child.name() + " depends on " + dependency.name()
                                + ", which does not come before it");
            }
            PlanBounds.require(earlier.add(child.name()), () -> "children: " + child.name() + " is there twice");
        }
    }
}
