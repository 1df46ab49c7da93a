package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.supervisor.plan.PlanBounds;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice bench}: figures of this machine. */
@Command(
        name = "bench",
        description = {
            "Measure this machine; nothing is judged.",
            "recovery: from a kill to the successor's first committed step, beside the kernel's own word, a C program that"
                    + " forks itself (if cc is there), runsv (if runit is), and the start of an empty JVM; from a submit to"
                    + " the result of a transaction.",
            "commit: one commit, and one step of the demo.",
            "root: a root at rest, by number of children: memory, CPU, wakeups, and what a turn allocates.",
            "adoption: from the start of a root to its having adopted what a killed one left running, beside a cold start.",
            "heartbeat: the root's look at the heartbeats of up to 100,000 daemons, in this process.",
            "state: atomic updates beside LMDB, MVStore and SQLite, recovery, publishing, and rings beside Aeron IPC."
                    + " Fetches those once, by Maven. About eight minutes; --full takes over half an hour.",
            "isolation: what each way of keeping workers apart costs, of those that there are here: start, recovery,"
                    + " transactions, and a daemon at work."
        })
public final class BenchCommand implements Callable<Integer> {
    /** With one child there is no daemon among them, and so no heartbeat to look at. */
    private static final int FEWEST_CHILDREN = 2;

    private static final List<Integer> CHILDREN_AT_REST = List.of(5, 100, 500);
    private static final int CHILDREN_TO_ADOPT = 105;
    private static final List<Integer> HEAPS_TO_RECOVER = List.of(32, 256);
    private static final List<Integer> HEAP_TO_ISOLATE = List.of(32);
    private static final int KILLS_OF_RECOVERY = 50;
    private static final int KILLS_OF_ISOLATION = 20;
    private static final String STATE_TO_RECOVER = "64MiB";

    /** What can be measured. */
    enum Subject {
        RECOVERY,
        COMMIT,
        ROOT,
        ADOPTION,
        HEARTBEAT,
        STATE,
        ISOLATION;

        /** As people type it, also for completion. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final CoppiceCommand coppice;

    @Parameters(
            arity = "1",
            paramLabel = "recovery|commit|root|adoption|heartbeat|state|isolation",
            description = "What to measure.")
    private Subject subject = Subject.COMMIT;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description = "Kills of a row; default: " + KILLS_OF_RECOVERY + " of recovery, " + KILLS_OF_ISOLATION
                    + " of isolation.")
    private @Nullable Integer kills;

    @Option(
            names = "--heap",
            paramLabel = "MIB",
            split = ",",
            description = "recovery: rows for each; default: 32,256. isolation: one; default: 32.")
    private List<Integer> heaps = List.of();

    @Option(
            names = "--state",
            paramLabel = "SIZE",
            description = "recovery: state that each process has touched; default: 64MiB.")
    private String state = "";

    @Option(names = "--seconds", paramLabel = "S", description = "How long root watches; default: ${DEFAULT-VALUE}.")
    private int seconds = 20;

    @Option(
            names = "--children",
            paramLabel = "N",
            split = ",",
            description = "root: a row for each; default: 5,100,500. adoption: one number; default: 105."
                    + " At most 5 of them are daemons.")
    private List<Integer> children = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds of adoption; default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--quick", description = "state: one fork of few iterations; the default.")
    private boolean quick;

    @Option(names = "--full", description = "state: several forks of many iterations.")
    private boolean full;

    @Option(
            names = "--only",
            paramLabel = "PART",
            description = "state: only ${COMPLETION-CANDIDATES}; repeatable. Default: all.")
    private List<StateBench.Part> only = List.of();

    @Option(names = "--json", description = "One JSON value, and nothing else, on standard output.")
    private boolean json;

    /** A command of {@code coppice}. */
    public BenchCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() throws Exception {
        refuseWhatDoesNotFit();
        try {
            measure();
        } catch (InterruptedException e) {
            throw new CommandFailedException(ExitCode.FAILED, "bench: interrupted; there are no figures.");
        }
        return 0;
    }

    private void measure() throws Exception {
        switch (subject) {
            case RECOVERY -> RecoveryBench.run(coppice, recovery(), json);
            case COMMIT -> CommitBench.run(coppice, json);
            case ROOT -> RootBench.run(coppice, children.isEmpty() ? CHILDREN_AT_REST : children, seconds, json);
            case ADOPTION ->
                AdoptionBench.run(coppice, children.isEmpty() ? CHILDREN_TO_ADOPT : children.get(0), rounds, json);
            case HEARTBEAT -> HeartbeatBench.run(coppice, json);
            case ISOLATION -> IsolationBench.run(coppice, kills(KILLS_OF_ISOLATION), heapToIsolate(), json);
            case STATE ->
                StateBenchRun.run(
                        coppice,
                        full,
                        json,
                        only.isEmpty() ? EnumSet.allOf(StateBench.Part.class) : EnumSet.copyOf(only));
        }
    }

    private int kills(int otherwise) {
        return kills == null ? otherwise : kills;
    }

    private RecoverySettings recovery() {
        return RecoverySettings.of(
                kills(KILLS_OF_RECOVERY),
                heaps.isEmpty() ? HEAPS_TO_RECOVER : heaps,
                state.isEmpty() ? STATE_TO_RECOVER : state);
    }

    /** As bounded as those of recovery. */
    private int heapToIsolate() {
        RecoverySettings settings = RecoverySettings.of(
                kills(KILLS_OF_ISOLATION), heaps.isEmpty() ? HEAP_TO_ISOLATE : heaps, STATE_TO_RECOVER);
        return settings.heapsMib().get(0);
    }

    private void refuseWhatDoesNotFit() {
        refuseIf(quick && full, "--quick and --full exclude each other; give one.");
        refuseIf(
                subject != Subject.STATE && (quick || full || !only.isEmpty()),
                "--quick, --full and --only belong to `bench state`.");
        refuseIf(
                !children.isEmpty() && subject != Subject.ROOT && subject != Subject.ADOPTION,
                "--children belongs to `bench root` and `bench adoption`.");
        refuseIf(
                subject != Subject.RECOVERY && subject != Subject.ISOLATION && !heaps.isEmpty(),
                "--heap belongs to `bench recovery` and `bench isolation`.");
        refuseIf(subject != Subject.RECOVERY && !state.isEmpty(), "--state belongs to `bench recovery`.");
        refuseIf(heaps.size() > 1 && subject == Subject.ISOLATION, "`bench isolation` takes one --heap.");
        refuseIf(
                children.size() > 1 && subject == Subject.ADOPTION, "`bench adoption` takes one number of --children.");
        for (int count : children) {
            refuseIf(
                    count < FEWEST_CHILDREN || count > PlanBounds.MAX_CHILDREN,
                    "--children " + count + ": expected " + FEWEST_CHILDREN + " to " + PlanBounds.MAX_CHILDREN + ".");
        }
        refuseIf(kills(1) < 1 || seconds < 1 || rounds < 1, "--kills, --seconds and --rounds are 1 or more.");
    }

    private static void refuseIf(boolean wrong, String why) {
        if (wrong) {
            throw new CommandFailedException(ExitCode.USAGE, "bench: " + why);
        }
    }
}
