package io.coppice.ops.bench;

import io.coppice.ops.bench.RecoveryManifest.Role;
import io.coppice.ops.bench.job.Steps;
import io.coppice.state.SegmentException;
import io.coppice.state.root.RootSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * All that {@code bench recovery} measures, running side by side: one root with the daemons of all rows, and beside it what it is
 * compared with. What is not being killed steps a hundred times a second. One thread.
 */
final class RecoveryRig implements AutoCloseable {
    /** A service that ends within a second of its start is started again only after another one. */
    private static final long RUNSV_PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(1_100);

    private final RecoverySettings settings;
    private final Consumer<String> told;
    private final BenchInstance instance;
    private final Guests guests;
    private final Path programs;
    private final List<RecoveryRow> rows = new ArrayList<>();
    private final List<RowTimes> times = new ArrayList<>();

    private RecoveryRig(RecoverySettings settings, Consumer<String> told, BenchInstance instance) throws IOException {
        this.settings = settings;
        this.told = told;
        this.instance = instance;
        this.programs = instance.beside(BenchDirectory.forPrograms()).path();
        this.guests = instance.beside(new Guests());
    }

    /**
     * Starts everything, and waits until it runs.
     *
     * @param told which rows there cannot be, and why
     */
    static RecoveryRig start(RecoverySettings settings, Consumer<String> told)
            throws IOException, InterruptedException, SegmentException {
        String jar =
                Steps.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        BenchInstance instance = BenchInstance.of(
                RecoveryManifest.text(BenchInstance.NAME, jar, settings.heapsMib(), settings.stateBytes()),
                settings.heapsMib().size() * Role.values().length);
        try {
            RecoveryRig rig = new RecoveryRig(settings, told, instance);
            instance.start();
            rig.build(instance.awaitReady());
            return rig;
        } catch (Throwable e) {
            instance.close();
            throw e;
        }
    }

    /** In turn, for one round. */
    List<RecoveryRow> rows() {
        return rows;
    }

    /** In the order of the table. */
    List<RowTimes> times() {
        return times;
    }

    private void build(RootSnapshot running) throws IOException, InterruptedException, SegmentException {
        Optional<Path> runsv = program("runsv", "runit");
        for (int heapMib : settings.heapsMib()) {
            RowTimes cold = times(RecoveryTable.COLD, heapMib);
            RowTimes notice = times(RecoveryTable.NOTICE, heapMib);
            rows.add(killed(Role.COLD, heapMib, kill -> {
                cold.add(kill.commitNs());
                notice.add(kill.noticeNs());
            }));
            RowTimes coldSmall = times(RecoveryTable.COLD_SMALL_PAGES, heapMib);
            RowTimes noticeSmall = times(RecoveryTable.NOTICE_SMALL_PAGES, heapMib);
            rows.add(killed(Role.SMALL_PAGES, heapMib, kill -> {
                coldSmall.add(kill.commitNs());
                noticeSmall.add(kill.noticeNs());
            }));
            stopped(running, heapMib, runsv);
        }
        buildFork();
    }

    private KilledRow killed(Role role, int heapMib, Consumer<Kill> result) throws SegmentException {
        String name = role.daemon(heapMib);
        StepView steps = instance.beside(SegmentSteps.of(instance.segment(name)));
        return new KilledRow(name, steps, Kill.Successor.COLD, () -> true, result);
    }

    /** Daemons of which the root only made the segments, and showed how it starts them. */
    private void stopped(RootSnapshot running, int heapMib, Optional<Path> runsv)
            throws IOException, InterruptedException, SegmentException {
        String served = Role.RUNSV.daemon(heapMib);
        String empty = Role.EMPTY.daemon(heapMib);
        WorkerLaunch servedLaunch = launchOf(running, served);
        WorkerLaunch emptyLaunch = launchOf(running, empty);
        instance.stop(List.of(served, empty));
        if (runsv.isPresent()) {
            rows.add(serve(runsv.get(), served, servedLaunch, times(RecoveryTable.RUNSV, heapMib)));
        }
        RowTimes emptyDaemon = times(RecoveryTable.EMPTY_DAEMON, heapMib);
        SegmentSteps segment = instance.beside(SegmentSteps.of(instance.segment(empty)));
        rows.add(new EmptyDaemonRow(emptyLaunch, segment, guests, log(empty), emptyDaemon));
        rows.add(new EmptyJvmRow(guests, times(RecoveryTable.EMPTY_JVM, heapMib)));
    }

    private static WorkerLaunch launchOf(RootSnapshot running, String name) throws IOException {
        return WorkerLaunch.of(running.child(name).orElseThrow().pid());
    }

    private RecoveryRow serve(Path runsv, String name, WorkerLaunch launch, RowTimes result)
            throws IOException, SegmentException {
        SegmentSteps steps = instance.beside(SegmentSteps.of(instance.segment(name)));
        RunsvService.start(
                runsv,
                programs.resolve(name),
                instance.path().resolve(name + ".count"),
                steps.incarnation(),
                launch,
                log(name),
                guests);
        long[] stepSeen = {0, System.nanoTime()};
        return new KilledRow(
                name,
                steps,
                Kill.Successor.COLD,
                () -> {
                    if (steps.incarnation() != stepSeen[0]) {
                        stepSeen[0] = steps.incarnation();
                        stepSeen[1] = System.nanoTime();
                    }
                    return System.nanoTime() - stepSeen[1] > RUNSV_PATIENCE_NS;
                },
                kill -> result.add(kill.commitNs()));
    }

    private void buildFork() throws IOException, InterruptedException {
        Optional<Path> compiler = program("cc", "gcc");
        if (compiler.isEmpty()) {
            return;
        }
        Path program;
        try {
            program = ForkProgram.compile(compiler.get(), programs);
        } catch (IOException e) {
            told.accept("no row of a C program: " + e.getMessage());
            return;
        }
        StepView steps = instance.beside(ForkProgram.start(
                program, instance.path().resolve("fork.state"), settings.stateBytes(), log("fork"), guests));
        RowTimes fork = times(RecoveryTable.FORK, 0);
        rows.add(new KilledRow(
                "the C program", steps, Kill.Successor.READY, () -> true, kill -> fork.add(kill.commitNs())));
    }

    private Optional<Path> program(String name, String debianPackage) {
        Optional<Path> found = OutsidePrograms.find(name, Objects.requireNonNullElse(System.getenv("PATH"), ""));
        if (found.isEmpty()) {
            told.accept("no row of " + name + ": it is not on PATH (Debian: apt-get install " + debianPackage + ")");
        }
        return found;
    }

    private Path log(String name) {
        return programs.resolve(name + ".log");
    }

    private RowTimes times(String row, int heapMib) {
        RowTimes result = new RowTimes(row, heapMib);
        times.add(result);
        return result;
    }

    @Override
    public void close() {
        instance.close();
    }
}
