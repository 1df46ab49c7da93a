package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.ReplicaSet;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.SlotName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What daemons say of each other: {@code depends_on} and {@code reads}. */
final class References {
    /** Beyond as many daemons as there may be, looking for a similar name would take long. */
    private static final int MOST_SEARCHED = PlanBounds.MAX_CHILDREN;

    private static final int MOST_LISTED = 8;

    private final List<DaemonSpec> all;
    private final Map<String, DaemonSpec> daemons = new LinkedHashMap<>();
    private final Problems problems;

    References(List<DaemonSpec> daemons, Problems problems) {
        this.all = List.copyOf(daemons);
        all.forEach(daemon -> this.daemons.putIfAbsent(daemon.name().value(), daemon));
        this.problems = problems;
    }

    /** Checks every dependency, and tells the cycles among them. */
    void check() {
        all.forEach(this::checkDependencies);
        DependencyCycles.tell(daemons, problems);
    }

    /**
     * The daemons in the order of their start; those that are independent keep the order of the manifest. What cannot
     * start, because it waits in a cycle, comes last: it has no place, but is to be checked like the rest.
     */
    List<DaemonSpec> inStartOrder() {
        Map<String, List<Integer>> waitingFor = new HashMap<>();
        int[] missing = new int[all.size()];
        PriorityQueue<Integer> startable = new PriorityQueue<>();
        for (int i = 0; i < all.size(); i++) {
            for (Located<Requirement> requirement : all.get(i).value(DaemonKeys.DEPENDS_ON)) {
                String name = requirement.value().name();
                if (daemons.containsKey(name)) {
                    waitingFor.computeIfAbsent(name, key -> new ArrayList<>()).add(i);
                    missing[i]++;
                }
            }
            if (missing[i] == 0) {
                startable.add(i);
            }
        }
        Set<DaemonSpec> order = new LinkedHashSet<>();
        while (!startable.isEmpty()) {
            DaemonSpec next = all.get(startable.remove());
            order.add(next);
            if (daemons.get(next.name().value()) == next) {
                for (int waiting : waitingFor.getOrDefault(next.name().value(), List.of())) {
                    if (--missing[waiting] == 0) {
                        startable.add(waiting);
                    }
                }
            }
        }
        order.addAll(all);
        return List.copyOf(order);
    }

    /**
     * The daemons whose segments this one reads: those of {@code reads}, or all others without it. It is one of them itself if it has
     * replicas: each reads the others.
     */
    List<String> peersOf(DaemonSpec daemon) {
        Located<List<Located<String>>> reads = daemon.stated(DaemonKeys.READS);
        String self = daemon.name().value();
        List<String> peers = new ArrayList<>();
        if (reads == null) {
            daemons.forEach((name, other) -> {
                if (other.isMain() && other.named() && (!name.equals(self) || daemon.isReplicated())) {
                    peers.add(name);
                }
            });
            return peers;
        }
        boolean ownKey = daemon.own().get(DaemonKeys.READS) != null;
        for (Located<String> read : reads.value()) {
            String name = read.value();
            DaemonSpec other = daemons.get(name);
            if (other == null) {
                problems.add(
                        read,
                        unknown(name),
                        "the name of a daemon with `main`",
                        near(name, daemon.isReplicated() ? null : daemon));
            } else if (other.isCommand()) {
                problems.add(
                        read,
                        "`" + name + "` is a plain command and has no segment",
                        "the name of a daemon with `main`",
                        "");
            } else if (name.equals(self) && !daemon.isReplicated()) {
                // A list in `defaults` may well name each of those that share it.
                if (ownKey) {
                    problems.add(read, "`" + name + "` reads itself", "other daemons", "its own state it always sees");
                }
            } else if (peers.contains(name)) {
                problems.add(read, "`" + name + "` is named twice", "each daemon once", "");
            } else if (other.isMain() && other.named()) {
                peers.add(name);
            }
        }
        return peers;
    }

    private void checkDependencies(DaemonSpec daemon) {
        for (Located<Requirement> dependency : daemon.value(DaemonKeys.DEPENDS_ON)) {
            String name = dependency.value().name();
            DaemonSpec other = daemons.get(name);
            if (other == null) {
                if (PlanBounds.isName(name)) {
                    problems.add(dependency, unknown(name), "the name of a daemon", near(name, daemon));
                }
            } else if (dependency.value().condition() == Dependency.Condition.COMPLETED
                    && other.value(DaemonKeys.RESTART) == RestartPolicy.ALWAYS) {
                problems.add(
                        dependency,
                        "waits until `" + name + "` is completed, which with `restart: always` never happens",
                        "`restart: on-failure` or `never` there, or another condition",
                        "");
            }
        }
    }

    private static String unknown(String name) {
        return "no daemon is called " + Problems.quoted(name);
    }

    /** @param self who cannot be meant; null for nobody */
    private String near(String name, @Nullable DaemonSpec self) {
        if (daemons.size() > MOST_SEARCHED) {
            return "";
        }
        List<String> names = daemons.values().stream()
                .filter(DaemonSpec::named)
                .filter(daemon -> daemon != self)
                .map(daemon -> daemon.name().value())
                .toList();
        if (SlotName.isSlot(name) && names.contains(SlotName.daemonOf(name))) {
            return "slots of transactions are their daemon's alone";
        }
        String set = ReplicaSet.setOf(name);
        if (set != null && names.contains(set)) {
            return "`" + set + "` means all its replicas";
        }
        String near = Suggestion.near(name, names);
        if (near != null) {
            return Suggestion.didYouMean(near);
        }
        if (names.isEmpty()) {
            return "there is no other";
        }
        return names.size() > MOST_LISTED ? "" : "there are " + String.join(", ", names);
    }
}
