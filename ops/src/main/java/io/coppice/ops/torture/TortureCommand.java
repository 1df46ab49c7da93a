package io.coppice.ops.torture;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.hosted.HostedInstance;
import io.coppice.ops.hosted.HostedSettings;
import io.coppice.ops.hosted.IsolationChoice;
import io.coppice.ops.torture.job.TortureReader;
import io.coppice.ops.torture.job.TortureSubmitter;
import io.coppice.ops.torture.job.TortureWriter;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coppice torture}: kills daemons at random instants, and checks that no commit of theirs is broken. */
@Command(
        name = "torture",
        description = {
            "Kill daemons N times at random instants, and check that no commit is lost or torn.",
            "They change every kind of structure and read each other while SIGKILL hits them,",
            "one has transactions, which are killed as well, and so is the root.",
            "What they leave is checked against what they acknowledged to another process,",
            "and against a model on the heap. Exit 0 only if nothing committed was lost or",
            "torn, and nothing uncommitted was seen. It runs as an ordinary instance",
            "(torture, or what --instance says) and cleans up after itself; if it finds",
            "something, it tells where the evidence is."
        })
public final class TortureCommand implements Callable<Integer> {
    private static final int MOST_KILLS = 1_000_000;

    private final CoppiceCommand coppice;

    @Option(names = "--kills", paramLabel = "N", description = "How many SIGKILLs; default: ${DEFAULT-VALUE}.")
    private int kills = 200;

    @Option(
            names = "--standby-kills",
            paramLabel = "N",
            description =
                    "How many SIGKILLs of standbys, beside the others: while they boot, while they wait, and right after"
                            + " they were assigned. 0: no daemon has a standby. Default: ${DEFAULT-VALUE}.")
    private int standbyKills = 10;

    @Option(
            names = "--transaction-kills",
            paramLabel = "N",
            description =
                    "How many SIGKILLs of processes that run transactions, beside the others. 0: there are none. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int transactionKills = 20;

    @Option(
            names = "--root-kills",
            paramLabel = "N",
            description = "How many SIGKILLs of the root, beside the others; the next one is started at once. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int rootKills = 5;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Repeats the script and the kill schedule of an earlier run; default: another one each time.")
    private @Nullable Long seed;

    @Option(names = "--isolation", paramLabel = "MODE", description = IsolationChoice.DESCRIPTION)
    private IsolationChoice isolation = IsolationChoice.MAPPING;

    /** @param coppice the command it is a part of */
    public TortureCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        requireInRange("--kills", kills);
        requireInRange("--standby-kills", standbyKills);
        requireInRange("--transaction-kills", transactionKills);
        requireInRange("--root-kills", rootKills);
        String instance = coppice.instanceOption() == null ? "torture" : coppice.instanceOption();
        HostedSettings host = HostedSettings.of(
                coppice.caller(),
                "torture",
                instance,
                isolation.isolation(),
                Set.of(TortureWriter.class.getName(), TortureReader.class.getName(), TortureSubmitter.class.getName()));
        long chosen = seed == null ? new SplittableRandom().nextInt(1_000_000) : seed;
        return HostedInstance.show(
                coppice,
                "torture",
                "done",
                screen -> HostedInstance.run(
                        host,
                        screen,
                        List.of(TortureRun.SOCKET, TortureRun.GATE),
                        new TortureRun(
                                host, new Kills(kills, standbyKills, transactionKills, rootKills), chosen, screen)));
    }

    private static void requireInRange(String option, int given) {
        if (given < 0 || given > MOST_KILLS) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "torture: " + option + ": " + given + " must be 0 to " + MOST_KILLS + ".");
        }
    }
}
