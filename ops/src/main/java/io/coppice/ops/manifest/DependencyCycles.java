package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.PlanBounds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks for cycles in {@code depends_on}, depth first, and tells each one where it closes. Linear, and without recursion:
 * it also runs on a manifest with more daemons than there may be.
 */
final class DependencyCycles {
    /** A longer cycle is told without its middle. */
    private static final int SHOWN_NAMES = 10;

    private final Map<String, DaemonSpec> daemons;
    private final Problems problems;
    private final Set<String> done = new HashSet<>();
    private final Map<String, Integer> depths = new LinkedHashMap<>();
    private final Deque<Visit> open = new ArrayDeque<>();

    private DependencyCycles(Map<String, DaemonSpec> daemons, Problems problems) {
        this.daemons = daemons;
        this.problems = problems;
    }

    private record Visit(String name, Iterator<Located<Requirement>> rest) {}

    static void tell(Map<String, DaemonSpec> daemons, Problems problems) {
        DependencyCycles cycles = new DependencyCycles(daemons, problems);
        daemons.values().forEach(cycles::searchFrom);
    }

    private void searchFrom(DaemonSpec start) {
        enter(start);
        while (!open.isEmpty()) {
            Visit visit = open.getLast();
            if (!visit.rest.hasNext()) {
                open.removeLast();
                depths.remove(visit.name);
                done.add(visit.name);
                continue;
            }
            Located<Requirement> requirement = visit.rest.next();
            String next = requirement.value().name();
            Integer depth = depths.get(next);
            DaemonSpec daemon = daemons.get(next);
            if (depth != null) {
                List<String> names = new ArrayList<>(depths.keySet());
                tell(requirement, names.subList(depth, names.size()));
            } else if (daemon != null) {
                enter(daemon);
            }
        }
    }

    private void enter(DaemonSpec daemon) {
        String name = daemon.name().value();
        if (!done.contains(name)) {
            depths.put(name, open.size());
            open.addLast(new Visit(name, daemon.value(DaemonKeys.DEPENDS_ON).iterator()));
        }
    }

    private void tell(Located<Requirement> closing, List<String> cycle) {
        String start = shown(cycle.get(0));
        if (cycle.size() == 1) {
            problems.add(
                    closing,
                    Problems.quoted(cycle.get(0)) + " depends on itself",
                    "an order in which daemons can start",
                    "");
            return;
        }
        List<String> steps = new ArrayList<>();
        for (int i = 0; i < cycle.size(); i++) {
            int left = cycle.size() - SHOWN_NAMES;
            if (left > 0 && i == SHOWN_NAMES - 1) {
                steps.add("(" + left + " more)");
                i += left;
            }
            steps.add(shown(cycle.get(i)));
        }
        problems.add(
                closing,
                "a cycle: " + String.join(" → ", steps) + " → " + start,
                "an order in which daemons can start",
                "");
    }

    private static String shown(String name) {
        return PlanBounds.isName(name) ? name : Problems.quoted(name);
    }
}
