package io.coppice.ops.manifest;

import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.limits.Controller;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Limits;
import io.coppice.supervisor.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What {@code coppice check} says of the limits of processes: a table, and by what each is enforced where this was asked. Pure. */
final class LimitsReport {
    private static final int MOST_ROWS = 64;

    private LimitsReport() {}

    /** Empty for a plan without limits. */
    static String of(Plan plan, ControlGroups groups) {
        List<ChildPlan> limited = plan.children().stream()
                .filter(child -> !child.limits().isNone() && child.slot() <= 1 && ReplicaReport.isShown(child.daemon()))
                .toList();
        if (limited.isEmpty()) {
            return "";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("process", "memory", "cpu", "tasks"));
        limited.stream().limit(MOST_ROWS).forEach(child -> rows.add(row(plan, child)));
        StringBuilder report =
                new StringBuilder("process limits, each of a process and all that comes of it, standbys included:\n");
        append(rows, report);
        if (limited.size() > MOST_ROWS) {
            report.append("  (").append(limited.size() - MOST_ROWS).append(" more)\n");
        }
        for (Controller controller : Controller.values()) {
            List<ChildPlan> having = limited.stream()
                    .filter(child -> controller.of(child.limits()) > 0)
                    .toList();
            if (!having.isEmpty()) {
                report.append("  ").append(controller.key()).append(": ");
                report.append(enforcement(plan, controller, having, groups)).append('\n');
            }
        }
        return report.append(
                        "  As it is for whoever starts the instance as this was asked; as a service it is what the unit is given.\n")
                .toString();
    }

    private static String enforcement(Plan plan, Controller controller, List<ChildPlan> having, ControlGroups groups) {
        ControlGroups.Place place = groups.place(controller);
        if (place != null) {
            return "enforced by control groups of version " + (place.unified() ? 2 : 1) + " below " + place.directory();
        }
        String why = groups.whyNot(controller);
        String commands = names(plan, having, child -> child.kind() == ChildPlan.Kind.COMMAND);
        String jvms = names(plan, having, child -> child.kind() != ChildPlan.Kind.COMMAND);
        String all = names(plan, having, child -> true);
        return switch (controller) {
            case MEMORY ->
                (jvms.isEmpty()
                                ? ""
                                : "NOT enforced of " + jvms
                                        + ", JVMs of ours, which would take a lower RLIMIT_AS or RLIMIT_DATA for a fault"
                                        + (commands.isEmpty() ? "" : "; "))
                        + (commands.isEmpty()
                                ? ""
                                : "of " + commands
                                        + " only the private data of each single process (RLIMIT_DATA), not all together")
                        + ": " + why;
            case CPU -> "NOT enforced of " + all + " (`nice` says who goes first): " + why;
            case TASKS ->
                "NOT enforced of " + all
                        + " (`ulimits: {nproc: …}` limits all processes of a user, whoever started them): " + why;
        };
    }

    /** Of those, with blanks and commas between; as many as the table has rows. */
    private static String names(Plan plan, List<ChildPlan> children, Predicate<ChildPlan> of) {
        List<String> names = children.stream()
                .filter(of)
                .map(child -> ReplicaReport.name(plan, child.daemon()) + (child.slot() > 0 ? "@transactions" : ""))
                .toList();
        return names.size() <= MOST_ROWS
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MOST_ROWS)) + " and " + (names.size() - MOST_ROWS) + " more";
    }

    private static List<String> row(Plan plan, ChildPlan child) {
        Limits limits = child.limits();
        return List.of(
                ReplicaReport.name(plan, child.daemon()) + (child.slot() > 0 ? ", each transaction" : ""),
                limits.memoryBytes() == 0 ? "-" : Quantity.size(limits.memoryBytes()),
                limits.cpuThousandths() == 0 ? "-" : LimitKeys.inProcessors(limits.cpuThousandths()),
                limits.tasks() == 0 ? "-" : String.valueOf(limits.tasks()));
    }

    private static void append(List<List<String>> rows, StringBuilder report) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            report.append("  ")
                    .append(row.get(0))
                    .append(" ".repeat(widths[0] - row.get(0).length()));
            for (int i = 1; i < columns; i++) {
                report.append(" ".repeat(2 + widths[i] - row.get(i).length())).append(row.get(i));
            }
            report.append('\n');
        }
    }
}
