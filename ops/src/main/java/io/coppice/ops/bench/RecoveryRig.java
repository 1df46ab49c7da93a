package io.coppice.ops.bench;

import io.coppice.ops.bench.RecoveryManifest.Role;
import io.coppice.ops.bench.job.Steps;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.view.InstanceBase;
import io.coppice.state.SegmentException;
import io.coppice.state.root.RootSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * All that {@code bench recovery} measures, running side by side: one root with the daemons of all rows, and beside it what it is
 * compared with. What is not being killed steps a hundred times a second, or waits. One thread.
 */
final class RecoveryRig implements AutoCloseable {
    private final BenchInstance instance;
    private final Consumer<String> told;
    private final RecoveryRows rows = new RecoveryRows();
    private final SupervisedRows supervised;

    private RecoveryRig(RecoverySettings settings, Consumer<String> told, BenchInstance instance)
            throws IOException, InterruptedException, SegmentException {
        this.instance = instance;
        this.told = told;
        Path programs = instance.beside(BenchDirectory.forPrograms()).path();
        Guests guests = instance.beside(new Guests());
        instance.start();
        instance.awaitReady();
        boolean archives = new ArchiveWait(instance, told).await(settings.heapsMib());
        RootSnapshot running = instance.awaitReady();
        RootWatch root = new RootWatch(
                new InstanceBase(instance.path(), "a bench").instance(BenchInstance.NAME), instance.pid());
        instance.beside(root::close);
        supervised = new SupervisedRows(instance, root, told, rows);
        OutsideRows outside = new OutsideRows(instance, guests, programs, told, rows);
        for (int heapMib : settings.heapsMib()) {
            supervised.add(heapMib, archives);
            outside.add(running, heapMib, archives);
        }
        outside.addFork(settings.stateBytes());
        new TransactionRows(instance, root, rows).add(settings.heapsMib().get(0), guests);
    }

    /**
     * Starts everything, and waits until it runs.
     *
     * @param told what a reader of the figures should know: which rows there cannot be, for instance
     */
    static RecoveryRig start(RecoverySettings settings, Consumer<String> told)
            throws IOException, InterruptedException, SegmentException {
        String jar =
                Steps.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        BenchInstance instance = BenchInstance.of(
                RecoveryManifest.text(BenchInstance.NAME, jar, settings.heapsMib(), settings.stateBytes())
                        + TransactionRows.manifest(jar, settings.heapsMib().get(0)),
                settings.heapsMib().size() * Role.values().length + TransactionRows.DAEMONS);
        try {
            return new RecoveryRig(settings, told, instance);
        } catch (Throwable e) {
            instance.close();
            throw e;
        }
    }

    /** In turn, for one round. */
    List<RecoveryRow> rows() {
        return rows.rows();
    }

    /** In the order of the table. */
    List<RowTimes> times() {
        return rows.times();
    }

    /** What standbys take that wait; takes ten seconds. */
    List<ParkedStandby> parked() throws IOException, InterruptedException {
        return ParkedStandby.watch(supervised.reserves(), told);
    }

    @Override
    public void close() {
        instance.close();
    }
}
