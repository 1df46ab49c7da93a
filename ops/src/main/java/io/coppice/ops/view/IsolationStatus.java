package io.coppice.ops.view;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import java.util.List;

/**
 * What keeps an instance's workers from touching each other.
 *
 * @param gaps what sandboxes leave open on this kernel, for people; none in another mode
 * @param exempt the daemons that are in no sandbox where the others are, as the manifest says so of them
 */
public record IsolationStatus(Isolation mode, List<String> gaps, List<String> exempt) {
    static IsolationStatus of(Plan plan, InstanceDirectory directory) {
        if (plan.isolation() != Isolation.SANDBOX) {
            return new IsolationStatus(plan.isolation(), List.of(), List.of());
        }
        return new IsolationStatus(
                plan.isolation(),
                directory.sandbox().gaps(),
                plan.children().stream()
                        .filter(child ->
                                !child.restricted() && child.slot() == 0 && child.kind() != ChildPlan.Kind.AUXILIARY)
                        .map(ChildPlan::name)
                        .toList());
    }
}
