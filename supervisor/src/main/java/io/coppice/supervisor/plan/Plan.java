package io.coppice.supervisor.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One instance: where it lives and what it runs.
 *
 * @param instance {@code [a-z0-9-]{1,32}}
 * @param manifest absolute path of the file that it was made from
 * @param directory absolute path of the instance directory: root lock, root segment, control socket, logs
 * @param segmentDirectory absolute path of the directory of the segments and their lock files
 * @param isolation what keeps its workers from touching others
 * @param readers the group that may read the root's segment, with {@link Isolation#USER}; 0 for none
 * @param access who may ask its root
 * @param notice whom it tells that restarts have run out
 * @param groups 1 to {@link GroupPlan#MAX_GROUPS}, the outermost first, each name once, each after the one that it is a member of
 * @param replicaSets which children are replicas; each name once
 * @param children 0 to {@link PlanBounds#MAX_CHILDREN}, each name once, each after all that it depends on; the slots of a daemon's
 *     transactions right behind it, in the order of their numbers, alike in all but name and standbys
 */
public record Plan(
        String instance,
        String manifest,
        String directory,
        String segmentDirectory,
        Isolation isolation,
        int readers,
        ControlAccess access,
        NoticeCommand notice,
        List<GroupPlan> groups,
        List<ReplicaSet> replicaSets,
        List<ChildPlan> children) {
    public Plan {
        PlanBounds.requireName("instance", instance);
        PlanBounds.requireAbsolutePath("manifest", manifest);
        PlanBounds.requireAbsolutePath("directory", directory);
        PlanBounds.requireAbsolutePath("segment directory", segmentDirectory);
        children = List.copyOf(children);
        PlanBounds.requireLength("children", children, PlanBounds.MAX_CHILDREN);
        groups = List.copyOf(groups);
        requireTree(groups);
        replicaSets = List.copyOf(replicaSets);
        requireReplicas(replicaSets, children);
        Set<String> groupNames = new HashSet<>();
        groups.forEach(group -> groupNames.add(group.name()));
        Set<String> earlier = new HashSet<>();
        Set<String> auxiliaries = new HashSet<>();
        for (ChildPlan child : children) {
            if (child.kind() == ChildPlan.Kind.AUXILIARY) {
                auxiliaries.add(child.name());
            }
            for (Dependency dependency : child.dependsOn()) {
                PlanBounds.require(
                        earlier.contains(dependency.name()),
                        () -> "children: " + child.name() + " depends on " + dependency.name()
                                + ", which does not come before it");
                PlanBounds.require(
                        !auxiliaries.contains(dependency.name()),
                        () -> "children: " + child.name() + " depends on " + dependency.name()
                                + ", which only serves others");
            }
            PlanBounds.require(earlier.add(child.name()), () -> "children: " + child.name() + " is there twice");
            PlanBounds.require(
                    groupNames.contains(child.membership().group()),
                    () -> "children: " + child.name() + " is in group "
                            + child.membership().group() + ", which is not there");
        }
        requireSlots(children);
        PlanBounds.requireBetween(
                "readers",
                readers,
                isolation == Isolation.USER ? 1 : 0,
                isolation == Isolation.USER ? Integer.MAX_VALUE : 0);
        requireIdentities(isolation, children);
        for (ChildPlan child : children) {
            PlanBounds.require(
                    isolation == Isolation.SANDBOX || !child.restricted(),
                    () -> "children: " + child.name() + " is in a sandbox with isolation " + isolation.text());
        }
    }

    /** One whose workers are what the root is, and which only its own user and user 0 may ask. */
    public Plan(
            String instance,
            String manifest,
            String directory,
            String segmentDirectory,
            NoticeCommand notice,
            List<GroupPlan> groups,
            List<ReplicaSet> replicaSets,
            List<ChildPlan> children) {
        this(
                instance,
                manifest,
                directory,
                segmentDirectory,
                Isolation.MAPPING,
                0,
                ControlAccess.OWN_USER,
                notice,
                groups,
                replicaSets,
                children);
    }

    /** With {@link Isolation#USER} each worker has one, and no two the same user; else nobody has one. */
    private static void requireIdentities(Isolation isolation, List<ChildPlan> children) {
        Map<Integer, String> taken = new HashMap<>();
        for (ChildPlan child : children) {
            Identity identity = child.identity();
            PlanBounds.require(
                    isolation == Isolation.USER
                            ? identity != null || !child.kind().hasSegment()
                            : identity == null,
                    () -> "children: " + child.name() + (identity == null ? " has no identity" : " has an identity")
                            + " with isolation " + isolation.text());
            for (int i = 0; identity != null && child.kind().hasSegment() && i < identity.uids(); i++) {
                String other = taken.put(identity.uid() + i, child.daemon() + (child.slot() > 0 ? "@" : ""));
                PlanBounds.require(
                        other == null || (child.slot() > 1 && other.equals(child.daemon() + "@")),
                        () -> "children: " + child.name() + " has a user that " + other + " has");
            }
        }
    }

    /** The same with other children. */
    public Plan withChildren(List<ChildPlan> others) {
        return new Plan(
                instance,
                manifest,
                directory,
                segmentDirectory,
                isolation,
                readers,
                access,
                notice,
                groups,
                replicaSets,
                others);
    }

    /** The same for others who may ask its root. */
    public Plan withAccess(ControlAccess others) {
        return new Plan(
                instance,
                manifest,
                directory,
                segmentDirectory,
                isolation,
                readers,
                others,
                notice,
                groups,
                replicaSets,
                children);
    }

    /** The set of that name, if there is one. */
    public Optional<ReplicaSet> replicaSet(String name) {
        return replicaSets.stream().filter(set -> set.name().equals(name)).findFirst();
    }

    /**
     * Whether the instance has more to do than its children: somebody scaled a set of replicas to nothing, and may scale it again; or there
     * are no children but those that serve others, and sets of which there may be some. A set that the manifest declares with none keeps
     * nobody waiting else.
     */
    public boolean isOpenEnded() {
        boolean nobody = children.stream().allMatch(child -> child.kind() == ChildPlan.Kind.AUXILIARY);
        return replicaSets.stream().anyMatch(set -> set.count() == 0 && (nobody || set.isScaled()));
    }

    private static void requireReplicas(List<ReplicaSet> sets, List<ChildPlan> children) {
        PlanBounds.requireLength("replica sets", sets, PlanBounds.MAX_CHILDREN);
        int replicas = 0;
        Set<String> names = new HashSet<>();
        for (ReplicaSet set : sets) {
            PlanBounds.require(names.add(set.name()), () -> "replica sets: " + set.name() + " is there twice");
            replicas += set.count();
        }
        // Before their names are made: a text may claim any number of them.
        PlanBounds.requireBetween("replicas in all", replicas, 0, children.size());
        Set<String> missing = new HashSet<>();
        sets.forEach(set -> missing.addAll(set.childNames()));
        for (ChildPlan child : children) {
            String set = ReplicaSet.setOf(child.name());
            PlanBounds.require(
                    set == null ? !names.contains(child.name()) : missing.remove(child.name()),
                    () -> "children: " + child.name() + " is not among the replicas that the sets tell of");
        }
        PlanBounds.require(missing.isEmpty(), () -> "children: of the replicas are missing " + missing);
    }

    private static void requireSlots(List<ChildPlan> children) {
        for (int i = 0; i < children.size(); i++) {
            ChildPlan slot = children.get(i);
            int number = slot.slot();
            if (number == 0) {
                continue;
            }
            ChildPlan daemon = i >= number ? children.get(i - number) : slot;
            ChildPlan before = i > 0 ? children.get(i - 1) : slot;
            PlanBounds.require(
                    daemon.kind() == ChildPlan.Kind.DAEMON
                            && daemon.name().equals(slot.daemon())
                            && !AgentOption.isOf(daemon)
                            && before.slot() == number - 1
                            && before.daemon().equals(slot.daemon()),
                    () -> "children: " + slot.name() + " does not come behind its daemon and the slots before it");
            ChildPlan first = children.get(i - number + 1);
            PlanBounds.require(
                    slot.toBuilder()
                            .name(first.name())
                            .standbys(first.standbys())
                            .plan()
                            .equals(first),
                    () -> "children: " + slot.name() + " is not like " + first.name());
        }
    }

    private static void requireTree(List<GroupPlan> groups) {
        PlanBounds.requireLength("groups", groups, GroupPlan.MAX_GROUPS);
        PlanBounds.require(
                !groups.isEmpty() && groups.get(0).name().equals(GroupPlan.OUTERMOST),
                () -> "groups: the outermost one does not come first");
        Set<String> earlier = new HashSet<>(Set.of(GroupPlan.OUTERMOST));
        for (GroupPlan group : groups.subList(1, groups.size())) {
            PlanBounds.require(
                    earlier.contains(group.membership().group()),
                    () -> "groups: " + group.name() + " is in "
                            + group.membership().group() + ", which does not come before it");
            PlanBounds.require(earlier.add(group.name()), () -> "groups: " + group.name() + " is there twice");
        }
    }
}
