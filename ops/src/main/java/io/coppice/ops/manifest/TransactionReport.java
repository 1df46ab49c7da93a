package io.coppice.ops.manifest;

import io.coppice.state.Requests;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.WorkerOptions;
import java.util.List;
import java.util.Optional;

/** What {@code coppice check} says of a daemon's transactions: one clause for all its slots. Pure. */
final class TransactionReport {
    private TransactionReport() {}

    /** Empty for a daemon without any. */
    static Optional<String> of(Plan plan, ChildPlan daemon) {
        List<ChildPlan> slots = plan.children().stream()
                .filter(child -> child.slot() > 0 && child.daemon().equals(daemon.name()))
                .toList();
        String[] numbers = numbers(daemon);
        if (slots.isEmpty() || numbers.length == 0) {
            return Optional.empty();
        }
        ChildPlan first = slots.get(0);
        return Optional.of("transactions in " + counted(slots.size(), "slot", "slots")
                + " (state " + Quantity.size(first.stateBytes())
                + ", timeout " + Quantity.duration(first.timeoutMs())
                + ", " + counted(first.maxRestarts(), "retry", "retries")
                + (first.standbys() == 0 ? "" : ", " + counted(first.standbys(), "standby", "standbys"))
                + ", queue of " + numbers[1]
                + ", input up to " + Quantity.size(Long.parseLong(numbers[2]))
                + ", quarantine of " + numbers[3] + ")");
    }

    /** How much of the daemon's state is not its own; nothing for one without transactions. */
    static String tableOf(ChildPlan daemon) {
        String[] numbers = numbers(daemon);
        if (numbers.length == 0) {
            return "";
        }
        int entries = Integer.parseInt(numbers[0]) + Integer.parseInt(numbers[1]) + Integer.parseInt(numbers[3]);
        return " (" + Quantity.roundedSize(Requests.sizeBytes(entries, Integer.parseInt(numbers[2])))
                + " of it for requests)";
    }

    /** Slots, queue, input and quarantine, as the daemon is told them. */
    private static String[] numbers(ChildPlan daemon) {
        String told = WorkerOptions.value(daemon.argv(), "--transactions");
        return told == null ? new String[0] : told.split(",", -1);
    }

    private static String counted(int count, String one, String more) {
        return count + " " + (count == 1 ? one : more);
    }
}
