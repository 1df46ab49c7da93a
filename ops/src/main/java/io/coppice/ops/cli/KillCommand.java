package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.SignalNames;
import io.coppice.ops.view.Suggestions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice kill}: sends a signal. Not a stop: what dies of it is restarted, and it does not count as a failure. */
@Command(
        name = "kill",
        description = {
            "Send a signal to daemons, KILL by default. Not a stop: what dies of it is restarted.",
            "That counts neither for its max_restarts nor for those of its groups."
        })
final class KillCommand implements Callable<Integer> {
    /** The root answers once the request is recorded, which takes it milliseconds. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final CoppiceCommand coppice;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "Daemons or commands; one with replicas stands for all of them.")
    private List<String> names = List.of();

    @Option(names = "--all", description = "Every daemon and command of the instance.")
    private boolean all;

    @Option(
            names = {"-s", "--signal"},
            paramLabel = "SIGNAL",
            description = "Name or number: KILL, SIGTERM, 15; default: KILL.")
    private String signal = "KILL";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to wait for the root's answer; default: 30s.")
    private Duration timeout = ANSWER_TIMEOUT;

    KillCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        String signalName = signalName();
        InstanceDirectory instance = coppice.resolveInstance();
        try (Daemons daemons = new Daemons(coppice, instance)) {
            int exitCode = ExitCode.DONE;
            ControlClient client = new ControlClient(instance, coppice.proc(), timeout);
            List<String> children = daemons.choose(names, all);
            if (children.isEmpty()) {
                coppice.output().line("no replicas");
            }
            for (String name : children) {
                ControlReply reply = client.ask("kill " + name + " " + signalName);
                if (reply instanceof ControlReply.Done done) {
                    coppice.output().line(name + ": sent " + signalName + incarnation(done.incarnation()));
                    coppice.output().flush();
                } else {
                    ControlReply.Refused refused = (ControlReply.Refused) reply;
                    coppice.note("Cannot kill " + name + ": " + refused.message());
                    exitCode = exitCode == ExitCode.DONE || exitCode == refused.exitCode()
                            ? refused.exitCode()
                            : ExitCode.FAILED;
                }
            }
            return exitCode;
        }
    }

    private static String incarnation(long incarnation) {
        return incarnation == 0 ? "" : " to incarnation " + incarnation;
    }

    private String signalName() {
        OptionalInt number = SignalNames.number(signal);
        if (number.isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "--signal: there is no signal `" + signal + "`."
                            + Suggestions.nearest(signal.toUpperCase(Locale.ROOT), SignalNames.all())
                                    .map(near -> " Did you mean " + near + "?")
                                    .orElse("")
                            + "\n  Signals: " + String.join(" ", SignalNames.all()) + ", or 1 to "
                            + SignalNames.all().size() + ".");
        }
        return SignalNames.name(number.getAsInt());
    }
}
