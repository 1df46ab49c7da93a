package io.coppice.ops.bench;

import io.coppice.ops.bench.RecoveryManifest.Role;
import io.coppice.state.SegmentException;
import io.coppice.state.root.RootSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The rows of what runs beside a root: other supervisors, and what the bench itself starts. */
final class OutsideRows {
    /** A service that ends within a second of its start is started again only after another one. */
    private static final long RUNSV_PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(1_100);

    private final BenchInstance instance;
    private final Guests guests;
    private final Path programs;
    private final Consumer<String> told;
    private final RecoveryRows rows;
    private final Optional<Path> runsv;

    /**
     * @param programs where programs can be executed
     * @param told which rows there cannot be, and why
     */
    OutsideRows(BenchInstance instance, Guests guests, Path programs, Consumer<String> told, RecoveryRows rows) {
        this.instance = instance;
        this.guests = guests;
        this.programs = programs;
        this.told = told;
        this.rows = rows;
        this.runsv = program("runsv", "runit");
    }

    /**
     * Of one heap. Their daemons are stopped: the root only made the segments, and showed how it starts them.
     *
     * @param running as the root has it on record
     * @param archives whether there are any
     */
    void add(RootSnapshot running, int heapMib, boolean archives)
            throws IOException, InterruptedException, SegmentException {
        String served = Role.RUNSV.daemon(heapMib);
        String empty = Role.EMPTY.daemon(heapMib);
        String archivedEmpty = Role.ARCHIVED_EMPTY.daemon(heapMib);
        WorkerLaunch servedLaunch = launchOf(running, served);
        WorkerLaunch emptyLaunch = launchOf(running, empty);
        WorkerLaunch archivedLaunch = launchOf(running, archivedEmpty);
        instance.stop(List.of(served, empty, archivedEmpty));
        if (runsv.isPresent()) {
            serve(runsv.get(), served, servedLaunch, rows.times(RecoveryTable.RUNSV, heapMib));
        }
        addEmpty(empty, emptyLaunch, rows.times(RecoveryTable.EMPTY_DAEMON, heapMib));
        if (archives) {
            addEmpty(archivedEmpty, archivedLaunch, rows.times(RecoveryTable.ARCHIVED_EMPTY_DAEMON, heapMib));
        }
        rows.add(new EmptyJvmRow(guests, rows.times(RecoveryTable.EMPTY_JVM, heapMib)));
    }

    private void addEmpty(String name, WorkerLaunch launch, RowTimes times) throws SegmentException {
        SegmentSteps segment = instance.beside(SegmentSteps.of(instance.segment(name)));
        rows.add(new EmptyDaemonRow(launch, segment, guests, log(name), times));
    }

    private static WorkerLaunch launchOf(RootSnapshot running, String name) throws IOException {
        return WorkerLaunch.of(running.child(name).orElseThrow().pid());
    }

    private void serve(Path program, String name, WorkerLaunch launch, RowTimes times)
            throws IOException, SegmentException {
        SegmentSteps steps = instance.beside(SegmentSteps.of(instance.segment(name)));
        RunsvService.start(
                program,
                programs.resolve(name),
                instance.path().resolve(name + ".count"),
                steps.incarnation(),
                launch,
                log(name),
                guests);
        rows.add(
                new KilledRow(name, steps, Kill.Successor.COLD, longEnough(steps), kill -> times.add(kill.commitNs())));
    }

    private static BooleanSupplier longEnough(StepView steps) {
        return new BooleanSupplier() {
            private long incarnation;
            private long sinceNs;

            @Override
            public boolean getAsBoolean() {
                if (steps.incarnation() != incarnation) {
                    incarnation = steps.incarnation();
                    sinceNs = System.nanoTime();
                }
                return System.nanoTime() - sinceNs > RUNSV_PATIENCE_NS;
            }
        };
    }

    /** The C program, if it can be compiled. */
    void addFork(long stateBytes) throws IOException, InterruptedException {
        Optional<Path> compiler = program("cc", "gcc");
        if (compiler.isEmpty()) {
            return;
        }
        Path program;
        try {
            program = ForkProgram.compile(compiler.get(), programs);
        } catch (IOException e) {
            told.accept("no row of cc: " + e.getMessage());
            return;
        }
        StepView steps = instance.beside(
                ForkProgram.start(program, instance.path().resolve("fork.state"), stateBytes, log("fork"), guests));
        RowTimes fork = rows.times(RecoveryTable.FORK, 0);
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
}
