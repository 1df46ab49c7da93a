package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import java.util.List;

/** What {@code coppice check} says of what keeps workers from touching each other, and of what that does not. Pure. */
final class IsolationReport {
    private static final String OF_MAPPING = """
            isolation  mapping: workers are one user, and map each other's segments read-only;
                       that keeps off accidents, not malice (the key `isolation` changes it)
            """;

    private static final String OF_USER = """
            isolation  user: each worker, and each process of a slot, is a user of its own; it is kept from writing what is
                       not its own, from reading segments that it has no `reads` for, and from signalling others.
                       Not from using up CPU and memory without `limits`, disks, or what is open to all users
            """;

    private IsolationReport() {}

    /** Lines, ended by a newline each. */
    static String of(Plan plan) {
        return switch (plan.isolation()) {
            case MAPPING -> OF_MAPPING;
            case USER -> OF_USER + privileged(plan);
            case SANDBOX -> throw new IllegalStateException("the reader of `isolation` has let this pass");
        };
    }

    private static String privileged(Plan plan) {
        List<String> names = plan.children().stream()
                .filter(child -> child.identity() == null && child.kind() == ChildPlan.Kind.COMMAND)
                .map(ChildPlan::name)
                .toList();
        return names.isEmpty()
                ? ""
                : "           Nothing is kept from " + String.join(", ", names) + ", as `user` says there\n";
    }
}
