package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A request that is done when daemons have reached a state: asks the root for all of them, then watches its status table
 * until every one is there, or cannot get there, or the time is over.
 */
abstract class StateRequest implements Callable<Integer> {
    /** What systemd allows a unit by default for starting or stopping. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(90);

    private final CoppiceCommand coppice;
    private final String verb;
    private int exitCode = ExitCode.DONE;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Daemons or commands.")
    private List<String> names = List.of();

    @Option(names = "--all", description = "Every daemon and command of the instance.")
    private boolean all;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to wait until it is so, for example 500ms, 10s, 2m; default: 90s. Then exit 1; the"
                    + " request itself stands.")
    private Duration timeout = DEFAULT_TIMEOUT;

    StateRequest(CoppiceCommand coppice, String verb) {
        this.coppice = coppice;
        this.verb = verb;
    }

    /**
     * Whether the daemon is there.
     *
     * @param incarnation what the root said it acted on
     */
    abstract Judgement judge(DaemonStatus daemon, long incarnation);

    @Override
    public final Integer call() {
        long startNs = nowNs();
        InstanceDirectory instance = coppice.resolveInstance();
        try (Daemons daemons = new Daemons(coppice, instance)) {
            ControlClient client = new ControlClient(instance, coppice.proc(), timeout);
            Map<String, Long> pending = new LinkedHashMap<>();
            for (String name : daemons.choose(names, all)) {
                ControlReply reply = client.ask(verb + " " + name);
                if (reply instanceof ControlReply.Done done) {
                    pending.put(name, done.incarnation());
                } else {
                    ControlReply.Refused refused = (ControlReply.Refused) reply;
                    complain(refused.exitCode(), "Cannot " + verb + " " + name + ": " + refused.message());
                }
            }
            await(daemons, pending, startNs);
            return exitCode;
        }
    }

    private void await(Daemons daemons, Map<String, Long> pending, long startNs) {
        while (!pending.isEmpty()) {
            // Looked at before the table, so that a table read after it is the last word of a root that has gone.
            boolean late = nowNs() - startNs >= timeout.toNanos();
            InstanceStatus status = daemons.table();
            pending.entrySet().removeIf(entry -> settled(entry.getKey(), entry.getValue(), status));
            if (pending.isEmpty()) {
                return;
            }
            if (!status.root().running()) {
                pending.keySet()
                        .forEach(name -> complain(
                                ExitCode.FAILED,
                                "Cannot tell whether " + name + " will " + verb + ": the root "
                                        + status.root().words()
                                        + ".\n  `coppice run` starts it again; it honours what was asked."));
                return;
            }
            if (late || !Polling.pause(Polling.AWAIT_INTERVAL)) {
                daemons.noteProblems(status);
                pending.keySet()
                        .forEach(name -> complain(
                                ExitCode.FAILED,
                                "Could not " + verb + " " + name + " within " + timeout.toMillis() + " ms"
                                        + status.daemon(name)
                                                .map(StateRequest::present)
                                                .orElse("")
                                        + ". The request stands."));
                return;
            }
        }
    }

    private long nowNs() {
        return coppice.caller().clocks().monotonicNs().getAsLong();
    }

    private boolean settled(String name, long incarnation, InstanceStatus status) {
        Optional<DaemonStatus> daemon = status.daemon(name);
        if (daemon.isEmpty()) {
            return false; // The table could not be read this time.
        }
        Judgement judgement = judge(daemon.get(), incarnation);
        if (judgement instanceof Judgement.Reached) {
            coppice.output().line(name + ": " + daemon.get().state() + process(daemon.get()));
            coppice.output().flush();
            return true;
        }
        if (judgement instanceof Judgement.OutOfReach outOfReach) {
            complain(ExitCode.FAILED, "Could not " + verb + " " + name + ": " + outOfReach.reason());
            return true;
        }
        return false;
    }

    private void complain(int code, String message) {
        coppice.note(message);
        // One cause keeps its own code; several different ones are just a failure.
        exitCode = exitCode == ExitCode.DONE || exitCode == code ? code : ExitCode.FAILED;
    }

    private static String present(DaemonStatus daemon) {
        return ": it is " + daemon.stateWords() + process(daemon);
    }

    private static String process(DaemonStatus daemon) {
        return daemon.pid().isPresent()
                ? " (pid " + daemon.pid().getAsLong() + ", incarnation " + daemon.incarnation() + ")"
                : "";
    }

    /** What a look at the table says about a request. */
    sealed interface Judgement {
        Judgement REACHED = new Reached();
        Judgement PENDING = new Pending();

        /** It is so. */
        record Reached() implements Judgement {}

        /** Not yet. */
        record Pending() implements Judgement {}

        /** It will not happen by itself. */
        record OutOfReach(String reason) implements Judgement {}
    }
}
