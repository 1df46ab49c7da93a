package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice bench}: figures of this machine. */
@Command(
        name = "bench",
        description = {
            "Measure this machine; nothing is judged.",
            "recovery: from a kill to the successor's first commit, beside the kernel's own word and a bare JVM's start.",
            "commit: one commit, and one step of the demo. root: a root at rest.",
            "state: atomic updates beside LMDB, MVStore and SQLite, recovery, publishing, and rings beside Aeron IPC."
                    + " Fetches those once, by Maven. About eight minutes; --full takes over half an hour."
        })
public final class BenchCommand implements Callable<Integer> {
    /** What can be measured. */
    enum Subject {
        RECOVERY,
        COMMIT,
        ROOT,
        STATE;

        /** As people type it, also for completion. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final CoppiceCommand coppice;

    @Parameters(arity = "1", paramLabel = "recovery|commit|root|state", description = "What to measure.")
    private Subject subject = Subject.COMMIT;

    @Option(names = "--kills", paramLabel = "N", description = "Kills of a row of recovery; default: ${DEFAULT-VALUE}.")
    private int kills = 30;

    @Option(names = "--seconds", paramLabel = "S", description = "How long root watches; default: ${DEFAULT-VALUE}.")
    private int seconds = 20;

    @Option(names = "--quick", description = "state: one fork of few iterations; the default.")
    private boolean quick;

    @Option(names = "--full", description = "state: several forks of many iterations.")
    private boolean full;

    @Option(
            names = "--only",
            paramLabel = "PART",
            description = "state: only ${COMPLETION-CANDIDATES}; repeatable. Default: all.")
    private List<StateBench.Part> only = List.of();

    @Option(names = "--json", description = "state: one JSON object, and nothing else, on standard output.")
    private boolean json;

    /** A command of {@code coppice}. */
    public BenchCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() throws Exception {
        if (quick && full) {
            throw new CommandFailedException(ExitCode.USAGE, "bench: --quick and --full exclude each other; give one.");
        }
        if (subject != Subject.STATE && (quick || full || json || !only.isEmpty())) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "bench: --quick, --full, --only and --json belong to `bench state`.");
        }
        switch (subject) {
            case RECOVERY -> RecoveryBench.run(coppice, kills);
            case COMMIT -> CommitBench.run(coppice);
            case ROOT -> RootBench.run(coppice, seconds);
            case STATE ->
                StateBenchRun.run(
                        coppice,
                        full,
                        json,
                        only.isEmpty() ? EnumSet.allOf(StateBench.Part.class) : EnumSet.copyOf(only));
        }
        return 0;
    }
}
