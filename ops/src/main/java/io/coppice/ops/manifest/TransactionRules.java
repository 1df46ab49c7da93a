package io.coppice.ops.manifest;

import io.coppice.state.Requests;
import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.plan.TransactionLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a daemon has of transactions. All sizes are bytes.
 *
 * @param slots how many run at a time, each in a child of its own; 0: it has none, and the rest means nothing
 * @param stateBytes of each slot's segment, whole pages
 * @param retries of a request after its first attempt
 * @param timeoutMs of each attempt
 * @param standbys for all slots together
 * @param queue how many wait beside those that run
 * @param inputBytes the largest input
 * @param quarantine how many are kept that failed for good
 */
record TransactionRules(
        int slots,
        long stateBytes,
        int retries,
        long timeoutMs,
        int standbys,
        int queue,
        long inputBytes,
        int quarantine) {
    static final TransactionRules NONE = new TransactionRules(0, 0, 0, 0, 0, 0, 0, 0);

    private static final long PAGE_BYTES = 4096;

    /** Of a daemon; what of it is wrong has been told, or is told by {@link #check}. */
    static TransactionRules of(DaemonSpec daemon) {
        TransactionKeys keys = DaemonKeys.TRANSACTIONS;
        if (!daemon.hasTransactions()) {
            return NONE;
        }
        Located<Integer> stated = daemon.own().get(keys.slots());
        int slots = stated == null ? 1 : stated.value(); // One stands in for a number that could not be read.
        Located<Integer> queue = daemon.stated(keys.queue());
        return new TransactionRules(
                slots,
                pages(daemon.value(keys.state())),
                daemon.value(keys.retries()),
                daemon.value(keys.timeout()),
                daemon.value(keys.standby()),
                queue == null ? slots : queue.value(),
                daemon.value(keys.input()),
                daemon.value(keys.quarantine()));
    }

    boolean isNone() {
        return slots == 0;
    }

    /** Tells of a name without room for a slot's number, of a number of slots that nobody wrote, and of a table that does not fit. */
    static void check(DaemonSpec daemon, Problems problems) {
        TransactionKeys keys = DaemonKeys.TRANSACTIONS;
        if (!daemon.hasTransactions()) {
            return;
        }
        // What is no mapping has been told as such.
        boolean mapping = daemon.own().mentionsGroup(TransactionKeys.GROUP)
                || daemon.own().isEmpty(TransactionKeys.GROUP);
        if (mapping && !daemon.own().mentions(keys.slots())) {
            Located<String> first = Objects.requireNonNull(daemon.own().firstOf(TransactionKeys.GROUP));
            problems.add(
                    first.at(),
                    daemon.name().path() + "." + TransactionKeys.GROUP,
                    "no `slots`",
                    "how many transactions may run at a time, 1 to " + PlanBounds.MAX_SLOTS,
                    "");
        }
        int longest =
                daemon.isReplicated() ? PlanBounds.MAX_REPLICATED_NAME_WITH_SLOTS : PlanBounds.MAX_NAME_WITH_SLOTS;
        int length = daemon.name().value().length();
        // Of replicas the name may be too long without slots, which is told then.
        boolean told = daemon.isReplicated() && length > PlanBounds.MAX_REPLICATED_NAME;
        if (daemon.named() && length > longest && !told) {
            problems.add(
                    daemon.name(),
                    "a name of " + length + " characters with `transactions`"
                            + (daemon.isReplicated() ? " and `replicas`" : ""),
                    "at most " + longest + ", as each slot has "
                            + (daemon.isReplicated() ? "the replica's number and its own" : "its number")
                            + " behind it",
                    "");
        }
        TransactionRules rules = of(daemon);
        long bytes = SegmentSpec.lengthFor(rules.daemonStateBytes(daemon), daemon.value(DaemonKeys.CHECKPOINTS));
        long without = SegmentSpec.lengthFor(daemon.value(DaemonKeys.STATE), daemon.value(DaemonKeys.CHECKPOINTS));
        if (bytes > SegmentSpec.MAX_LENGTH_BYTES && without <= SegmentSpec.MAX_LENGTH_BYTES) {
            Located<String> first = Objects.requireNonNull(daemon.own().firstOf(TransactionKeys.GROUP));
            problems.add(
                    first.at(),
                    daemon.name().path() + "." + TransactionKeys.GROUP,
                    "room for " + rules.entries() + " requests with an input of up to "
                            + Quantity.size(rules.inputBytes()) + " makes a segment of " + Quantity.roundedSize(bytes),
                    "at most " + Quantity.size(SegmentSpec.MAX_LENGTH_BYTES),
                    "lower `input`, `queue` or `quarantine`");
        }
    }

    /** Requests that the daemon's segment has room for: those that run, that wait, and that failed for good. */
    int entries() {
        return slots + queue + quarantine;
    }

    /** What the table of requests takes in the arena of the daemon's segment. */
    long tableBytes() {
        return isNone() ? 0 : Requests.sizeBytes(entries(), (int) inputBytes);
    }

    /**
     * The daemon's own state with what the table takes beside it: so much that the arena is larger by the table than it would be without,
     * and the undo log by what it takes to submit one of the largest inputs in a step; whole pages.
     */
    long daemonStateBytes(DaemonSpec daemon) {
        long state = daemon.value(DaemonKeys.STATE);
        if (isNone()) {
            return pages(state);
        }
        long wanted = SegmentSpec.arenaBytes(state) + tableBytes();
        long wantedUndo = SegmentSpec.undoBytes(state) + Requests.undoBytes(Requests.MAX_TASK_BYTES, (int) inputBytes);
        // No segment has a longer one, and it is longer than what the largest input takes.
        wantedUndo = Math.min(wantedUndo, SegmentSpec.undoBytes(PlanBounds.MAX_STATE_BYTES));
        long enlarged = pages(state);
        // Of each byte more an eighth goes to the undo log, so this ends after a few rounds.
        while (SegmentSpec.arenaBytes(enlarged) < wanted || SegmentSpec.undoBytes(enlarged) < wantedUndo) {
            enlarged += pages(
                    Math.max(wanted - SegmentSpec.arenaBytes(enlarged), wantedUndo - SegmentSpec.undoBytes(enlarged)));
        }
        return enlarged;
    }

    /** The names of the slots of one child that the daemon is. */
    List<String> slotsOf(String child) {
        List<String> names = new ArrayList<>(slots);
        for (int slot = 1; slot <= slots; slot++) {
            names.add(SlotName.of(child, slot));
        }
        return names;
    }

    /** What the daemon's process is told of them; nothing if it has none. */
    List<String> optionsOf(String child, InstanceDirectory directory) {
        List<String> options = new ArrayList<>();
        if (isNone()) {
            return options;
        }
        options.addAll(List.of(TransactionLimits.OPTION, inOneWord()));
        options.addAll(List.of("--root", directory.rootSegment().toString()));
        int slot = 1;
        for (String name : slotsOf(child)) {
            options.addAll(List.of("--slot", slot + "=" + directory.segment(name)));
            slot++;
        }
        options.addAll(List.of("--logs", directory.logs().toString()));
        return options;
    }

    /** What a running daemon cannot be told anew: it makes its table by it. */
    String inOneWord() {
        return new TransactionLimits(slots, queue, inputBytes, quarantine).inOneWord();
    }

    private static long pages(long bytes) {
        return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }
}
