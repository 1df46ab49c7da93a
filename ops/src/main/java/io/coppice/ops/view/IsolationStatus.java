package io.coppice.ops.view;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import java.util.List;
import java.util.Optional;

/**
 * What keeps an instance's workers from touching each other.
 *
 * @param gaps what this kernel leaves open of it, for people
 * @param exempt the daemons that nothing is kept from where it is from the others, as the manifest says so of them; none where the plan is closed
 *     to whoever asks
 */
public record IsolationStatus(Isolation mode, List<String> gaps, List<String> exempt) {
    /** By the plan on record, or by what the root has told everybody; empty where there is neither. */
    static Optional<IsolationStatus> of(PlanFile plan, InstanceDirectory directory) {
        return plan.plan()
                .map(known -> new IsolationStatus(known.isolation(), gaps(known.isolation(), directory), exempt(known)))
                .or(() -> directory
                        .isolation()
                        .mode()
                        .filter(mode -> plan.closed())
                        .map(mode -> new IsolationStatus(mode, gaps(mode, directory), List.of())));
    }

    private static List<String> gaps(Isolation mode, InstanceDirectory directory) {
        return mode == Isolation.MAPPING ? List.of() : directory.isolation().gaps();
    }

    private static List<String> exempt(Plan plan) {
        return plan.children().stream()
                .filter(child -> child.slot() == 0 && child.kind() != ChildPlan.Kind.AUXILIARY)
                .filter(child -> switch (plan.isolation()) {
                    case MAPPING -> false;
                    case USER -> child.identity() == null;
                    case SANDBOX -> !child.restricted();
                })
                .map(ChildPlan::name)
                .toList();
    }
}
