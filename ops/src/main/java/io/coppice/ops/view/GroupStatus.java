package io.coppice.ops.view;

import io.coppice.state.root.GroupRecord;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A group, or the instance as one, as it is now.
 *
 * @param name empty for the instance
 * @param strategy {@code one-for-one one-for-all rest-for-one}
 * @param state {@code up}; {@code degraded}: some of its daemons that are wanted up have failed, and not all; {@code backoff}: its
 *     restart as a whole waits; {@code failed}: all that are wanted up, and have not completed, have;
 *     {@code ended}: its significant members have come to their end; {@code down}: nothing of it lives, and it is not to, as its
 *     root runs no more or an operator wants all of it down
 * @param restarts of members, within the period, that count; empty where any number is allowed, and of one that has failed, whose
 *     count begins anew with its next start
 * @param maxRestarts empty: any number
 * @param members daemons and groups directly in it, each replica by its own name
 * @param daemons all in it, also by other groups
 * @param failed those of them that are wanted up and have failed
 * @param plain it says nothing that one without any of these keys would not
 */
public record GroupStatus(
        Optional<String> name,
        String strategy,
        String state,
        OptionalLong restarts,
        OptionalLong maxRestarts,
        long periodMs,
        OptionalLong backoffMs,
        List<String> members,
        List<String> daemons,
        List<String> failed,
        boolean plain) {
    private static final long NANOS_PER_MS = 1_000_000;

    /** All of a plan, the instance first. */
    static List<GroupStatus> of(
            Plan plan,
            List<GroupRecord> records,
            Function<String, Optional<DaemonStatus>> daemons,
            RootLiveness root,
            boolean gaveUp,
            long nowNs) {
        List<GroupStatus> groups = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            Optional<GroupRecord> record = records.stream()
                    .filter(candidate -> candidate.name().equals(group.name()))
                    .findFirst();
            List<String> within = daemonsWithin(plan, group.name());
            boolean outermost = group.name().equals(GroupPlan.OUTERMOST);
            boolean counted = group.maxRestarts() != ChildPlan.UNLIMITED_RESTARTS;
            List<DaemonStatus> known = within.stream()
                    .flatMap(name -> daemons.apply(name).stream())
                    .toList();
            List<DaemonStatus> wantedUp =
                    known.stream().filter(DaemonStatus::wantedUp).toList();
            long backoffNs = record.map(GroupRecord::restartAtNs).orElse(0L) - nowNs;
            boolean waits = backoffNs > 0
                    && wantedUp.stream().allMatch(daemon -> daemon.pid().isEmpty());
            boolean stopped = !known.isEmpty() && wantedUp.isEmpty();
            boolean down =
                    (gaveUp || !root.running() || stopped) && known.stream().noneMatch(DaemonStatus::lives);
            List<String> failed = wantedUp.stream()
                    .filter(daemon -> daemon.is("failed"))
                    .map(DaemonStatus::name)
                    .toList();
            boolean allFailed = !failed.isEmpty()
                    && wantedUp.stream().allMatch(daemon -> daemon.is("failed") || daemon.is("completed"));
            String state = state(outermost && gaveUp, record, down, waits, failed, allFailed);
            boolean counts = counted && !state.equals("failed");
            groups.add(new GroupStatus(
                    outermost ? Optional.empty() : Optional.of(group.name()),
                    group.strategy().text(),
                    state,
                    counts ? OptionalLong.of(restarts(record, group, nowNs)) : OptionalLong.empty(),
                    counted ? OptionalLong.of(group.maxRestarts()) : OptionalLong.empty(),
                    group.periodMs(),
                    waits ? OptionalLong.of(backoffNs / NANOS_PER_MS) : OptionalLong.empty(),
                    members(plan, group.name()),
                    within,
                    failed,
                    outermost && group.equals(GroupPlan.INSTANCE)));
        }
        return groups;
    }

    private static String state(
            boolean gaveUp,
            Optional<GroupRecord> record,
            boolean down,
            boolean waits,
            List<String> failed,
            boolean allFailed) {
        if (gaveUp) {
            return "failed";
        }
        if (record.filter(GroupRecord::done).isPresent()) {
            return "ended";
        }
        if (waits && !down) {
            return "backoff";
        }
        if (allFailed) {
            return "failed";
        }
        if (down) {
            return "down";
        }
        return failed.isEmpty() ? "up" : "degraded";
    }

    private static long restarts(Optional<GroupRecord> record, GroupPlan group, long nowNs) {
        return record.map(GroupRecord::failedAtNs).orElse(List.of()).stream()
                .filter(atNs -> atNs <= nowNs && nowNs - atNs < group.periodMs() * NANOS_PER_MS)
                .count();
    }

    private static boolean isServed(ChildPlan child) {
        return child.kind() != ChildPlan.Kind.AUXILIARY && child.slot() == 0;
    }

    private static List<String> members(Plan plan, String group) {
        List<String> members = new ArrayList<>();
        plan.children().stream()
                .filter(child -> isServed(child) && child.membership().group().equals(group))
                .forEach(child -> members.add(child.name()));
        plan.groups().stream()
                .filter(other -> !other.name().equals(GroupPlan.OUTERMOST)
                        && other.membership().group().equals(group))
                .forEach(other -> members.add(other.name()));
        return members;
    }

    private static List<String> daemonsWithin(Plan plan, String group) {
        List<String> within = new ArrayList<>();
        for (ChildPlan child : plan.children()) {
            String at = child.membership().group();
            // Each group comes after the one that it is in, so this ends.
            while (!at.equals(group) && !at.equals(GroupPlan.OUTERMOST)) {
                at = parent(plan, at);
            }
            if (at.equals(group) && isServed(child)) {
                within.add(child.name());
            }
        }
        return within;
    }

    private static String parent(Plan plan, String group) {
        return plan.groups().stream()
                .filter(known -> known.name().equals(group))
                .map(known -> known.membership().group())
                .findFirst()
                .orElse(GroupPlan.OUTERMOST);
    }
}
