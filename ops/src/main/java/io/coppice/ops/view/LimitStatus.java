package io.coppice.ops.view;

import io.coppice.supervisor.limits.Controller;
import io.coppice.supervisor.limits.LimitRecord;
import io.coppice.supervisor.plan.ChildPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * A limit of a daemon's process, as the plan on record has it.
 *
 * @param key {@code memory}, {@code cpu} or {@code tasks}
 * @param value bytes, thousandths of a processor, or a number of processes and threads
 * @param enforcedBy {@code cgroup2}, {@code cgroup1}, {@code rlimit} or {@code none}, as the root has recorded it
 */
public record LimitStatus(String key, long value, String enforcedBy) {
    static List<LimitStatus> of(ChildPlan child, LimitRecord record) {
        List<LimitStatus> limits = new ArrayList<>();
        for (Controller controller : Controller.values()) {
            long value = controller.of(child.limits());
            if (value > 0) {
                limits.add(new LimitStatus(
                        controller.key(),
                        value,
                        record.enforcement(controller, child.kind()).word()));
            }
        }
        return limits;
    }
}
