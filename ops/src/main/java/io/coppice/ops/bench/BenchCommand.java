package io.coppice.ops.bench;

import io.coppice.ops.cli.CoppiceCommand;
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
            "commit: one commit, and one step of the demo. root: a root at rest."
        })
public final class BenchCommand implements Callable<Integer> {
    /** What can be measured. */
    enum Subject {
        RECOVERY,
        COMMIT,
        ROOT
    }

    private final CoppiceCommand coppice;

    @Parameters(arity = "1", paramLabel = "recovery|commit|root", description = "What to measure.")
    private Subject subject = Subject.COMMIT;

    @Option(names = "--kills", paramLabel = "N", description = "Kills of a row of recovery; default: ${DEFAULT-VALUE}.")
    private int kills = 30;

    @Option(names = "--seconds", paramLabel = "S", description = "How long root watches; default: ${DEFAULT-VALUE}.")
    private int seconds = 20;

    /** A command of {@code coppice}. */
    public BenchCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() throws Exception {
        switch (subject) {
            case RECOVERY -> RecoveryBench.run(coppice, kills);
            case COMMIT -> CommitBench.run(coppice);
            case ROOT -> RootBench.run(coppice, seconds);
        }
        return 0;
    }
}
