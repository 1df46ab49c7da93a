package io.coppice.ops.cli;

import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSize;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.WorkerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What of the daemons' contents would not fit into the segments of a plan. Told before anything is changed; what comes to stand in the way
 * after that, the daemon finds when it starts, and goes on in the segment that it has.
 */
final class SizeObstacles {
    private SizeObstacles() {}

    /** One line of each daemon's. */
    static List<String> in(Plan plan) {
        List<String> found = new ArrayList<>();
        for (ChildPlan child : plan.children()) {
            String transactions = WorkerOptions.value(child.argv(), "--transactions");
            if (child.kind() == ChildPlan.Kind.DAEMON) {
                SegmentSize size = transactions == null
                        ? new SegmentSize(child.stateBytes(), child.checkpoints())
                        : size(child, transactions.split(",", -1));
                SegmentFile.obstacle(Path.of(plan.segmentDirectory(), child.name() + ".seg"), size)
                        .ifPresent(obstacle -> found.add(child.name()
                                + ": what it holds does not fit into what the manifest declares now: " + obstacle));
            }
        }
        return found;
    }

    /** @param transactions slots, queue, input and quarantine, as the daemon is told them */
    private static SegmentSize size(ChildPlan child, String[] transactions) {
        int entries = Integer.parseInt(transactions[0])
                + Integer.parseInt(transactions[1])
                + Integer.parseInt(transactions[3]);
        return new SegmentSize(child.stateBytes(), child.checkpoints(), entries, Integer.parseInt(transactions[2]));
    }
}
