package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import java.util.ArrayList;
import java.util.List;

/** What {@code coppice check} says of a program under the agent: what is loaded into it, and by what it shows that it lives. Pure. */
final class AgentReport {
    private AgentReport() {}

    /** Of one that runs under the agent. */
    static List<String> rules(ChildPlan child) {
        List<String> rules = new ArrayList<>();
        int libraries = AgentCommandLine.values(child, "lib").size();
        rules.add("an agent in its JVM, with " + libraries
                + (libraries == 1
                        ? " library in a class loader of its own"
                        : " libraries in a class loader of their own"));
        rules.add("segment " + Quantity.roundedSize(AgentPlanner.segmentBytes()));
        List<String> signs = new ArrayList<>();
        signs.add("no threads are deadlocked");
        AgentCommandLine.values(child, "pool").forEach(pool -> signs.add("pool `" + pool + "` makes progress"));
        AgentCommandLine.values(child, "tcp").forEach(port -> signs.add(port + " takes connections"));
        AgentCommandLine.values(child, "http").forEach(url -> signs.add("http://" + url + " answers"));
        rules.add("heartbeat " + Quantity.duration(child.heartbeatTimeoutMs()) + " while " + joined(signs));
        return rules;
    }

    private static String joined(List<String> words) {
        int last = words.size() - 1;
        return last == 0 ? words.get(0) : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }
}
