package io.coppice.ops.cli;

import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSize;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.TransactionLimits;
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
            if (child.kind() == ChildPlan.Kind.DAEMON) {
                SegmentFile.obstacle(Path.of(plan.segmentDirectory(), child.name() + ".seg"), size(child))
                        .ifPresent(obstacle -> found.add(child.name()
                                + ": what it holds does not fit into what the manifest declares now: " + obstacle));
            }
        }
        return found;
    }

    private static SegmentSize size(ChildPlan daemon) {
        return TransactionLimits.of(daemon)
                .map(limits -> new SegmentSize(
                        daemon.stateBytes(),
                        daemon.checkpoints(),
                        limits.entries(),
                        Math.toIntExact(limits.inputBytes())))
                .orElseGet(() -> new SegmentSize(daemon.stateBytes(), daemon.checkpoints()));
    }
}
