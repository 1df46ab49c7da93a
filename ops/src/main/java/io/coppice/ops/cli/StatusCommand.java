package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.StatusJson;
import io.coppice.ops.view.StatusTable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice status}: root and daemons at a glance, for people or, with {@code --json}, for tools. */
@Command(name = "status", description = "Show the root and its daemons. Also works while the root is dead.")
final class StatusCommand implements Callable<Integer> {
    /** Cursor home; each line then erases what is left of the old one, and at last all below goes. */
    private static final String HOME = "\u001b[H";

    private static final String CLEAR = "\u001b[2J";
    private static final String ERASE_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    private final CoppiceCommand coppice;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "Only these, or the replicas of these; default: all.")
    private List<String> names = List.of();

    @Option(names = "--json", description = "One JSON object, and nothing else, on standard output.")
    private boolean json;

    @Option(
            names = {"-w", "--watch"},
            description = "Again and again, until Ctrl-C; redrawn in place on a terminal.")
    private boolean watch;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Between two looks with --watch; default: 1s.")
    private Duration interval = Duration.ofSeconds(1);

    @Option(names = "--wide", description = "All columns, uncut, also on a terminal that is too narrow for them.")
    private boolean wide;

    StatusCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        InstanceDirectory instance = coppice.resolveInstance();
        try (Daemons daemons = new Daemons(coppice, instance)) {
            if (!names.isEmpty()) {
                daemons.known(names);
            }
            boolean redraw = watch && !json && coppice.caller().canRedraw();
            coppice.output().text(redraw ? CLEAR : "");
            boolean readable = show(daemons, redraw);
            while (watch && Polling.pause(interval)) {
                coppice.output().text(redraw || json ? "" : "\n");
                readable = show(daemons, redraw);
            }
            return readable ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** Returns whether the status table could be read. */
    private boolean show(Daemons daemons, boolean redraw) {
        InstanceStatus status = daemons.status();
        if (!names.isEmpty()) {
            status = status.only(Daemons.childrenOf(names, status));
        }
        if (json) {
            try {
                StatusJson.write(status, coppice.output().asStream());
            } catch (IOException e) {
                throw coppice.output().failure(e);
            }
        } else {
            List<String> lines = StatusTable.lines(
                    status,
                    coppice.palette(),
                    coppice.caller().clocks(),
                    TerminalWidth.toKeepTo(coppice.caller(), wide));
            coppice.output().text(redraw ? HOME : "");
            for (String line : lines) {
                coppice.output().line(redraw ? line + ERASE_LINE : line);
            }
            coppice.output().text(redraw ? ERASE_BELOW : "");
        }
        coppice.output().flush();
        if (!redraw) {
            daemons.noteProblems(status);
        }
        return status.readable();
    }
}
