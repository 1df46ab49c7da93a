package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.RestartPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What daemons say of each other: {@code depends_on} and {@code reads}. */
final class References {
    private final Map<String, DaemonSpec> daemons = new LinkedHashMap<>();
    private final Problems problems;

    References(List<DaemonSpec> daemons, Problems problems) {
        daemons.forEach(daemon -> this.daemons.put(daemon.name().value(), daemon));
        this.problems = problems;
    }

    /** Checks every reference and returns the daemons in the order of their start; what is in a cycle is left out. */
    List<DaemonSpec> inStartOrder() {
        for (DaemonSpec daemon : daemons.values()) {
            checkDependencies(daemon);
        }
        new CycleSearch().run();
        List<DaemonSpec> order = new ArrayList<>();
        Set<String> placed = new HashSet<>();
        List<DaemonSpec> waiting = new ArrayList<>(daemons.values());
        while (true) {
            // The first that can go, from the top: independent daemons keep the order of the manifest.
            DaemonSpec next = null;
            for (DaemonSpec candidate : waiting) {
                if (candidate.value(DaemonKeys.DEPENDS_ON).stream()
                        .map(dependency -> dependency.value().name())
                        .filter(daemons::containsKey)
                        .allMatch(placed::contains)) {
                    next = candidate;
                    break;
                }
            }
            if (next == null) {
                return order;
            }
            waiting.remove(next);
            placed.add(next.name().value());
            order.add(next);
        }
    }

    /** The daemons whose segments this one reads: those of {@code reads}, or all others without it. */
    List<String> peersOf(DaemonSpec daemon) {
        Located<List<Located<String>>> reads = daemon.stated(DaemonKeys.READS);
        String self = daemon.name().value();
        List<String> peers = new ArrayList<>();
        if (reads == null) {
            daemons.forEach((name, other) -> {
                if (other.isMain() && !name.equals(self)) {
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
                problems.add(read, unknown(name), "the name of a daemon with `main`", near(name));
            } else if (!other.isMain()) {
                problems.add(
                        read,
                        "`" + name + "` is a plain command and has no segment",
                        "the name of a daemon with `main`",
                        "");
            } else if (name.equals(self)) {
                // A list in `defaults` may well name each of those that share it.
                if (ownKey) {
                    problems.add(read, "`" + name + "` reads itself", "other daemons", "its own state it always sees");
                }
            } else if (peers.contains(name)) {
                problems.add(read, "`" + name + "` is named twice", "each daemon once", "");
            } else {
                peers.add(name);
            }
        }
        return peers;
    }

    private void checkDependencies(DaemonSpec daemon) {
        for (Located<Dependency> dependency : daemon.value(DaemonKeys.DEPENDS_ON)) {
            String name = dependency.value().name();
            DaemonSpec other = daemons.get(name);
            if (other == null) {
                problems.add(dependency, unknown(name), "the name of a daemon", near(name));
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

    private String near(String name) {
        String near = Suggestion.near(name, daemons.keySet());
        if (near != null) {
            return Suggestion.didYouMean(near);
        }
        List<String> names = new ArrayList<>(daemons.keySet());
        return names.size() <= 8 ? "there are " + String.join(", ", names) : "";
    }

    /** Depth first; each cycle is told where it closes, and once. Depth is at most the number of daemons. */
    private final class CycleSearch {
        private final Set<String> done = new HashSet<>();
        private final List<String> path = new ArrayList<>();

        void run() {
            daemons.keySet().forEach(this::visit);
        }

        private void visit(String name) {
            if (done.contains(name)) {
                return;
            }
            path.add(name);
            DaemonSpec daemon = daemons.get(name);
            if (daemon != null) {
                for (Located<Dependency> dependency : daemon.value(DaemonKeys.DEPENDS_ON)) {
                    String next = dependency.value().name();
                    int start = path.indexOf(next);
                    if (start >= 0) {
                        List<String> cycle = new ArrayList<>(path.subList(start, path.size()));
                        cycle.add(next);
                        problems.add(
                                dependency,
                                cycle.size() == 2
                                        ? "`" + next + "` depends on itself"
                                        : "a cycle: " + String.join(" → ", cycle),
                                "an order in which daemons can start",
                                "");
                    } else if (daemons.containsKey(next)) {
                        visit(next);
                    }
                }
            }
            path.remove(path.size() - 1);
            done.add(name);
        }
    }
}
