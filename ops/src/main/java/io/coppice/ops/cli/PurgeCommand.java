package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceDirectory;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coppice purge}: forgets an instance: its segments, its root's records, its plan. */
@Command(
        name = "purge",
        description = {
            "Remove the segments and records of an instance; what its daemons had committed is gone.",
            "Refused (1) while its root or one of its children lives. Logs and reports of faults stay,"
                    + " unless --logs is given. What else is in NAME.own/, where a daemon makes its files, goes."
        })
final class PurgeCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Option(names = "--logs", description = "Remove the logs and the reports of faults too.")
    private boolean logs;

    PurgeCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        InstanceDirectory instance = logs ? coppice.resolveInstanceOrLogs() : coppice.resolveWholeInstance("the files");
        try (Purge purge = Purge.prepare(instance, coppice)) {
            if (!yes && !confirmed(instance, purge)) {
                coppice.note("Nothing removed.");
                return ExitCode.FAILED;
            }
            purge.remove(logs);
            coppice.output().line(instance.name() + ": removed " + purge.summary());
            return ExitCode.DONE;
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "Purge of " + instance.name() + " stopped half way: " + e
                            + "\n  What is left can be purged again once the cause is removed.");
        }
    }

    private boolean confirmed(InstanceDirectory instance, Purge purge) throws IOException {
        return Confirmation.given(
                coppice,
                "Remove " + purge.summary() + " of " + instance.name(),
                "purge would remove " + purge.summary() + " of " + instance.name() + ": say --yes.");
    }
}
