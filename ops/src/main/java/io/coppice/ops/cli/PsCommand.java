package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.ProcessTree;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coppice ps}: the processes of an instance as a tree. */
@Command(name = "ps", description = "Show the processes as a tree: the root, its children and their descendants.")
final class PsCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;

    @Option(
            names = {"-w", "--wide"},
            description = "Whole command lines also on a terminal.")
    private boolean wide;

    PsCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        try (Daemons daemons = new Daemons(coppice, coppice.resolveInstance())) {
            InstanceStatus status = daemons.table();
            coppice.output()
                    .lines(ProcessTree.lines(
                            status, coppice.proc(), coppice.palette(), TerminalWidth.toKeepTo(coppice.caller(), wide)));
            coppice.output().flush();
            daemons.noteProblems(status);
            return status.readable() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }
}
