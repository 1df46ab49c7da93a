package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.AutoShutdown;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Membership;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Strategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tree of groups that a manifest declares: who is a member of what, and what holds for each group. */
final class Groups {
    private final Manifest manifest;
    private final Problems problems;
    private final Map<String, GroupSpec> groups = new LinkedHashMap<>();
    private final Map<String, DaemonSpec> daemons = new LinkedHashMap<>();

    /** By the name of a daemon or a group, where it is named as a member. */
    private final Map<String, GroupSpec> groupOf = new LinkedHashMap<>();

    Groups(Manifest manifest, Problems problems) {
        this.manifest = manifest;
        this.problems = problems;
        manifest.groups().forEach(group -> groups.putIfAbsent(group.name().value(), group));
        manifest.daemons().forEach(daemon -> daemons.putIfAbsent(daemon.name().value(), daemon));
    }

    /** Tells whatever does not make a tree, and members whose significance means nothing. */
    void check() {
        if (groups.size() >= GroupPlan.MAX_GROUPS) {
            GroupSpec last = manifest.groups().get(GroupPlan.MAX_GROUPS - 1);
            problems.add(last.name(), groups.size() + " groups", "at most " + (GroupPlan.MAX_GROUPS - 1), "");
        }
        for (GroupSpec group : groups.values()) {
            if (daemons.containsKey(group.name().value())) {
                problems.add(group.name(), "a daemon has this name as well", "another name", "");
            }
            Located<List<Located<String>>> members = group.stated(GroupKeys.MEMBERS);
            if (members != null) {
                members.value().forEach(member -> checkMember(group, member));
            }
        }
        groups.values().forEach(this::checkCycle);
        daemons.values().forEach(this::checkSignificance);
        groups.values().forEach(this::checkSignificance);
    }

    private void checkMember(GroupSpec group, Located<String> member) {
        String name = member.value();
        GroupSpec before = groupOf.putIfAbsent(name, group);
        if (!daemons.containsKey(name) && !groups.containsKey(name)) {
            List<String> known = new ArrayList<>(daemons.keySet());
            known.addAll(groups.keySet());
            problems.add(
                    member,
                    "neither a daemon nor a group is called " + Problems.quoted(name),
                    "the name of one",
                    Suggestion.didYouMean(known.size() > GroupPlan.MAX_GROUPS ? null : Suggestion.near(name, known)));
        } else if (before != null) {
            problems.add(
                    member,
                    Problems.quoted(name) + " is a member of "
                            + Problems.quoted(before.name().value()) + " already",
                    "each in at most one group",
                    "");
        }
    }

    private void checkCycle(GroupSpec start) {
        List<String> path = new ArrayList<>(List.of(start.name().value()));
        GroupSpec at = groupOf.get(start.name().value());
        while (at != null) {
            String name = at.name().value();
            if (name.equals(start.name().value())) {
                problems.add(
                        start.name(),
                        "a group within itself: " + String.join(" in ", path) + " in " + name,
                        "a tree",
                        "");
                return;
            }
            if (path.contains(name)) {
                return; // that cycle is told where it is
            }
            path.add(name);
            at = groupOf.get(name);
        }
    }

    private void checkSignificance(DaemonSpec daemon) {
        Located<Boolean> stated = daemon.stated(DaemonKeys.SIGNIFICANT);
        if (stated == null || !stated.value()) {
            return;
        }
        if (daemon.value(DaemonKeys.RESTART) == RestartPolicy.ALWAYS) {
            problems.add(
                    stated,
                    "`significant` with `restart: always`: it never comes to its end",
                    "`restart: on-failure` or `never` beside it",
                    "");
        }
        requireAutoShutdown(stated, groupOf.get(daemon.name().value()));
    }

    private void checkSignificance(GroupSpec group) {
        Located<Boolean> stated = group.stated(GroupKeys.SIGNIFICANT);
        if (stated != null && stated.value()) {
            requireAutoShutdown(stated, groupOf.get(group.name().value()));
        }
    }

    private void requireAutoShutdown(Located<Boolean> stated, @Nullable GroupSpec group) {
        Located<String> autoShutdown = group == null
                ? manifest.outermost().get(GroupKeys.AUTO_SHUTDOWN)
                : group.stated(GroupKeys.AUTO_SHUTDOWN);
        if (autoShutdown == null || autoShutdown.value().equals(AutoShutdown.NEVER.text())) {
            problems.add(
                    stated,
                    "`significant` in a group that does not end with its significant members",
                    "`auto_shutdown: any-significant` or `all-significant` "
                            + (group == null
                                    ? "at the top of the manifest"
                                    : "in the group `" + group.name().value() + "`"),
                    "");
        }
    }

    /** All groups of the plan, the outermost first, each after the one that it is in. */
    List<GroupPlan> plans() {
        List<GroupPlan> plans = new ArrayList<>();
        plans.add(outermost());
        List<GroupSpec> left = new ArrayList<>(groups.values());
        boolean moved = true;
        while (moved) {
            moved = left.removeIf(group -> {
                GroupSpec parent = groupOf.get(group.name().value());
                boolean due = group.named()
                        && (parent == null
                                || plans.stream()
                                        .anyMatch(known -> known.name()
                                                .equals(parent.name().value())));
                if (due) {
                    plans.add(plan(group));
                }
                return due;
            });
        }
        return plans;
    }

    private GroupPlan outermost() {
        Settings own = manifest.outermost();
        Located<Integer> maxRestarts = own.get(GroupKeys.MAX_RESTARTS);
        Located<Long> period = own.get(GroupKeys.PERIOD);
        return new GroupPlan(
                GroupPlan.OUTERMOST,
                named(own.get(GroupKeys.STRATEGY), GroupPlan.INSTANCE.strategy(), Strategy.values(), Strategy::text),
                maxRestarts == null ? ChildPlan.UNLIMITED_RESTARTS : maxRestarts.value(),
                period == null ? GroupPlan.INSTANCE.periodMs() : period.value(),
                Backoff.NONE,
                named(own.get(GroupKeys.AUTO_SHUTDOWN), AutoShutdown.NEVER, AutoShutdown.values(), AutoShutdown::text),
                Membership.PLAIN);
    }

    private GroupPlan plan(GroupSpec group) {
        return new GroupPlan(
                group.name().value(),
                named(group.stated(GroupKeys.STRATEGY), Strategy.ONE_FOR_ONE, Strategy.values(), Strategy::text),
                group.value(GroupKeys.MAX_RESTARTS),
                group.value(GroupKeys.PERIOD),
                backoff(group),
                named(
                        group.stated(GroupKeys.AUTO_SHUTDOWN),
                        AutoShutdown.NEVER,
                        AutoShutdown.values(),
                        AutoShutdown::text),
                new Membership(
                        parentName(group.name().value()),
                        group.value(GroupKeys.SIGNIFICANT),
                        group.value(GroupKeys.ON_GIVE_UP).equals(GroupKeys.ESCALATE)));
    }

    private Backoff backoff(GroupSpec group) {
        if (group.own().isNone(BackoffKeys.GROUP)) {
            return Backoff.NONE;
        }
        long initialMs = group.value(GroupKeys.BACKOFF.initial());
        long maxMs = group.value(GroupKeys.BACKOFF.max());
        if (initialMs > maxMs) {
            Located<Long> at = group.stated(GroupKeys.BACKOFF.initial());
            problems.add(
                    at == null ? group.name() : at,
                    "the initial delay of " + Quantity.duration(initialMs) + " is longer than `backoff.max` ("
                            + Quantity.duration(maxMs) + ")",
                    "an initial delay up to that",
                    "");
            return Backoff.NONE;
        }
        return new Backoff(
                initialMs,
                group.value(GroupKeys.BACKOFF.factor()),
                maxMs,
                group.value(GroupKeys.BACKOFF.resetAfter()),
                group.value(GroupKeys.BACKOFF.jitter()));
    }

    /** A daemon's place among them. */
    Membership of(DaemonSpec daemon) {
        GroupSpec group = groupOf.get(daemon.name().value());
        Located<String> strategy =
                group == null ? manifest.outermost().get(GroupKeys.STRATEGY) : group.stated(GroupKeys.STRATEGY);
        boolean alone = strategy == null || strategy.value().equals(Strategy.ONE_FOR_ONE.text());
        Located<String> stated = daemon.stated(DaemonKeys.ON_GIVE_UP);
        return new Membership(
                parentName(daemon.name().value()),
                daemon.value(DaemonKeys.SIGNIFICANT),
                stated == null ? !alone : stated.value().equals(GroupKeys.ESCALATE));
    }

    private String parentName(String member) {
        GroupSpec group = groupOf.get(member);
        return group == null || !group.named()
                ? GroupPlan.OUTERMOST
                : group.name().value();
    }

    private static <E> E named(@Nullable Located<String> word, E otherwise, E[] values, Function<E, String> text) {
        return Arrays.stream(values)
                .filter(value -> word != null && text.apply(value).equals(word.value()))
                .findFirst()
                .orElse(otherwise);
    }
}
