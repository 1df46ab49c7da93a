package io.coppice.ops.manifest;

import io.coppice.state.Requests;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.TransactionLimits;
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
        Optional<TransactionLimits> told = TransactionLimits.of(daemon);
        if (slots.isEmpty() || told.isEmpty()) {
            return Optional.empty();
        }
        TransactionLimits limits = told.get();
        ChildPlan first = slots.get(0);
        return Optional.of("transactions in " + counted(slots.size(), "slot", "slots")
                + " (state " + Quantity.size(first.stateBytes())
                + ", timeout " + Quantity.duration(first.timeoutMs())
                + ", " + counted(first.maxRestarts(), "retry", "retries")
                + (first.standbys() == 0 ? "" : ", " + counted(first.standbys(), "standby", "standbys"))
                + ", queue of " + limits.queue()
                + ", input up to " + Quantity.size(limits.inputBytes())
                + ", quarantine of " + limits.quarantine() + ")");
    }

    /** How much of the daemon's state is not its own; nothing for one without transactions. */
    static String tableOf(ChildPlan daemon) {
        return TransactionLimits.of(daemon)
                .map(limits -> Requests.sizeBytes(limits.entries(), Math.toIntExact(limits.inputBytes())))
                .map(bytes -> " (" + Quantity.roundedSize(bytes) + " of it for requests)")
                .orElse("");
    }

    private static String counted(int count, String one, String more) {
        return count + " " + (count == 1 ? one : more);
    }
}
