package io.coppice.ops.bench;

import io.coppice.ops.bench.job.EmptyTask;
import io.coppice.ops.bench.job.Submitter;
import io.coppice.ops.hosted.ManifestText;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.state.SegmentException;
import io.coppice.worker.Task;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The rows of transactions, of one heap: from submit to result of an empty task, and tasks in a second; beside the same task called, and in
 * a JVM that was made for it.
 */
final class TransactionRows {
    /** Such a row takes seconds. */
    private static final int BATCHES = 5;

    private static final int TASKS_A_SLOT = 3;

    /** A daemon of these rows. */
    private enum Submitters {
        RESERVED(1, 1),
        ONE_SLOT(1, 0),
        TWO_SLOTS(2, 0),
        FOUR_SLOTS(4, 0);

        private final int slots;
        private final int standbys;

        Submitters(int slots, int standbys) {
            this.slots = slots;
            this.standbys = standbys;
        }

        String daemon() {
            return "submit-" + slots + (standbys == 0 ? "" : "-standby");
        }

        String orders() {
            return daemon() + ".orders";
        }
    }

    /** How many daemons {@link #manifest} declares. */
    static final int DAEMONS = Submitters.values().length;

    private final BenchInstance instance;
    private final RootWatch root;
    private final RecoveryRows rows;

    TransactionRows(BenchInstance instance, RootWatch root, RecoveryRows rows) {
        this.instance = instance;
        this.root = root;
        this.rows = rows;
    }

    /**
     * Lines of the manifest.
     *
     * @param jar with the daemons' classes
     */
    static String manifest(String jar, int heapMib) {
        StringBuilder text = new StringBuilder();
        for (Submitters each : Submitters.values()) {
            text.append(
                    "  %s: {main: %s, classpath: [%s], state: 64KiB, jvm: {heap: %dMiB, archive: none}, args: [%s], transactions: {slots: %d, standby: %d, state: 64KiB, input: 64B, quarantine: 0}}%n"
                            .formatted(
                                    each.daemon(),
                                    Submitter.class.getName(),
                                    ManifestText.quoted(jar),
                                    heapMib,
                                    each.orders(),
                                    each.slots,
                                    each.standbys));
        }
        return text.toString();
    }

    void add(int heapMib, Guests guests) throws SegmentException {
        StandbyReserve reserve = new StandbyReserve(root, Submitters.RESERVED.daemon() + "@1");
        BooleanSupplier atRest = atRest(Submitters.RESERVED);
        addSubmit(
                Submitters.RESERVED,
                1,
                Integer.MAX_VALUE,
                () -> atRest.getAsBoolean() && reserve.isReady(),
                rows.times(RecoveryTable.TRANSACTION_STANDBY, heapMib));
        addSubmit(
                Submitters.ONE_SLOT,
                1,
                Integer.MAX_VALUE,
                atRest(Submitters.ONE_SLOT),
                rows.times(RecoveryTable.TRANSACTION_COLD, heapMib));
        rows.add(new EmptyJvmRow(
                guests,
                EmptyTask.class,
                List.of(EmptyJvmRow.classPathOf(EmptyTask.class), EmptyJvmRow.classPathOf(Task.class)),
                rows.times(RecoveryTable.TASK_JVM, heapMib)));
        rows.add(new CalledRow(rows.times(RecoveryTable.TASK_CALLED, heapMib)));
        for (Submitters each : List.of(Submitters.ONE_SLOT, Submitters.TWO_SLOTS, Submitters.FOUR_SLOTS)) {
            addSubmit(
                    each,
                    each.slots * TASKS_A_SLOT,
                    BATCHES,
                    atRest(each),
                    rows.times(RecoveryTable.transactionsOf(each.slots), heapMib));
        }
    }

    private void addSubmit(Submitters of, int tasks, int atMost, BooleanSupplier mayBegin, RowTimes times)
            throws SegmentException {
        rows.add(new SubmitRow(
                of.daemon(),
                new OrdersFile(instance.path().resolve(of.orders())),
                instance.segmentBeside(of.daemon()),
                tasks,
                atMost,
                mayBegin,
                times));
    }

    private BooleanSupplier atRest(Submitters of) {
        return new SlotsAtRest(root, of.daemon(), of.slots);
    }
}
