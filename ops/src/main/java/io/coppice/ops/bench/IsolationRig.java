package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Steps;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.manifest.IdRegister;
import io.coppice.ops.manifest.Surroundings;
import io.coppice.ops.view.InstanceBase;
import io.coppice.state.SegmentException;
import io.coppice.supervisor.plan.Isolation;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * An instance in each way of keeping workers apart that this machine has, all of the same daemons, running side by side, and the rows of
 * each. One thread.
 */
final class IsolationRig implements AutoCloseable {
    private static final long WATCHDOG_NS = TimeUnit.MINUTES.toNanos(5);
    private static final long POLL_MS = 5;

    private final Consumer<String> told;
    private final int heapMib;
    private final Map<Isolation, RecoveryRows> rows = new EnumMap<>(Isolation.class);
    private final List<BooleanSupplier> rests = new ArrayList<>();
    private final Deque<Closeable> open = new ArrayDeque<>();

    private IsolationRig(int heapMib, Consumer<String> told) {
        this.heapMib = heapMib;
        this.told = told;
    }

    /**
     * Starts everything, and waits until it runs.
     *
     * @param told which of them there cannot be, and why
     */
    static IsolationRig start(int heapMib, Consumer<String> told)
            throws IOException, InterruptedException, SegmentException {
        IsolationRig rig = new IsolationRig(heapMib, told);
        try {
            for (Isolation isolation : Isolation.values()) {
                rig.add(isolation);
            }
            return rig;
        } catch (Throwable e) {
            rig.close();
            throw e;
        }
    }

    private void add(Isolation isolation) throws IOException, InterruptedException, SegmentException {
        String jar =
                Steps.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        // Not beside the segments, of which a worker in a sandbox sees nothing.
        BenchDirectory orders = opened(BenchDirectory.create());
        BenchInstance instance = BenchInstance.of(
                IsolationManifest.text(BenchInstance.NAME, isolation, jar, heapMib, orders.path()),
                IsolationManifest.DAEMONS);
        open.push(() -> end(instance));
        if (isolation == Isolation.USER) {
            orders.openTo(PosixFilePermissions.fromString("rwx--x--x"));
            instance.openTo(PosixFilePermissions.fromString("rwx--x--x"));
        }
        String refusal = instance.check();
        if (!refusal.isEmpty()) {
            told.accept("no rows of `isolation: " + isolation.text() + "` here: " + refusal);
            return;
        }
        instance.start();
        instance.awaitReady();
        RootWatch root = new RootWatch(
                new InstanceBase(instance.path(), "a bench").instance(BenchInstance.NAME), instance.pid());
        instance.beside(root::close);
        rows.put(isolation, rowsOf(instance, root, orders.path()));
    }

    private RecoveryRows rowsOf(BenchInstance instance, RootWatch root, Path orders) throws SegmentException {
        RecoveryRows of = new RecoveryRows();
        RowTimes cold = of.times(IsolationTable.COLD, heapMib);
        of.add(KilledRow.cold(
                IsolationManifest.COLD, stepsOf(instance, IsolationManifest.COLD), kill -> cold.add(kill.commitNs())));
        RowTimes standby = of.times(IsolationTable.STANDBY, heapMib);
        RowTimes after = of.times(IsolationTable.STANDBY_AFTER_NOTICE, heapMib);
        StandbyReserve inReserve = new StandbyReserve(root, IsolationManifest.STANDBY);
        of.add(KilledRow.reserved(
                inReserve,
                stepsOf(instance, IsolationManifest.STANDBY),
                kill -> {
                    standby.add(kill.commitNs());
                    after.add(kill.commitNs() - kill.noticeNs());
                },
                told));
        SlotsAtRest coldSlot = new SlotsAtRest(root, IsolationManifest.SUBMIT_COLD, 1);
        of.add(submits(
                instance,
                orders,
                IsolationManifest.SUBMIT_COLD,
                coldSlot,
                of.times(IsolationTable.SUBMIT_COLD, heapMib)));
        SlotsAtRest slot = new SlotsAtRest(root, IsolationManifest.SUBMIT_STANDBY, 1);
        StandbyReserve reserve = new StandbyReserve(root, IsolationManifest.SUBMIT_STANDBY + "@1");
        of.add(submits(
                instance,
                orders,
                IsolationManifest.SUBMIT_STANDBY,
                () -> slot.getAsBoolean() && reserve.isReady(),
                of.times(IsolationTable.SUBMIT_STANDBY, heapMib)));
        rests.addAll(List.<BooleanSupplier>of(inReserve::isReady, coldSlot, slot, reserve::isReady));
        of.add(new SteadyRow(
                IsolationManifest.STEADY,
                new OrdersFile(orders.resolve(IsolationManifest.STEADY)),
                instance.segmentBeside(IsolationManifest.STEADY),
                of.times(IsolationTable.COMMIT, heapMib),
                of.times(IsolationTable.FILE, heapMib)));
        return of;
    }

    private static SubmitRow submits(
            BenchInstance instance, Path orders, String name, BooleanSupplier mayBegin, RowTimes times)
            throws SegmentException {
        return new SubmitRow(
                name,
                new OrdersFile(orders.resolve(name)),
                instance.segmentBeside(name),
                1,
                Integer.MAX_VALUE,
                mayBegin,
                times);
    }

    /** Until nobody is being started, in no instance: a JVM that starts takes a core from whatever is measured meanwhile. */
    void awaitRest() throws InterruptedException {
        long sinceNs = System.nanoTime();
        while (!rests.stream().allMatch(BooleanSupplier::getAsBoolean)) {
            if (System.nanoTime() - sinceNs > WATCHDOG_NS) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "bench: the instances were not at rest within " + TimeUnit.NANOSECONDS.toMinutes(WATCHDOG_NS)
                                + " minutes");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }

    private static SegmentSteps stepsOf(BenchInstance instance, String daemon) throws SegmentException {
        return instance.beside(SegmentSteps.of(instance.segment(daemon)));
    }

    /** Of each way that there is here. */
    Map<Isolation, RecoveryRows> rows() {
        return rows;
    }

    private <C extends Closeable> C opened(C closeable) {
        open.push(closeable);
        return closeable;
    }

    /** With all of its files nothing is left that belongs to its users. */
    private static void end(BenchInstance instance) throws IOException {
        instance.close();
        IdRegister.forget(
                new InstanceBase(instance.path(), "a bench")
                        .instance(BenchInstance.NAME)
                        .path()
                        .toString(),
                Surroundings.ofThisProcess());
    }

    @Override
    public void close() {
        for (Closeable next = open.poll(); next != null; next = open.poll()) {
            try {
                next.close();
            } catch (IOException e) {
                throw new CommandFailedException(ExitCode.FAILED, "bench: cannot clean up: " + e);
            }
        }
    }
}
