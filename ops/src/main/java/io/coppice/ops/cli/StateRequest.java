package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.Printable;
import io.coppice.supervisor.plan.SlotName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A request that is done when daemons have reached a state: asks the root for all of them, then watches its status table
 * until every one is there, or cannot get there, or the time is over.
 */
abstract class StateRequest implements Callable<Integer> {
    /** What systemd allows a unit by default for starting or stopping. */
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(90);

    private final CoppiceCommand coppice;
    private final String verb;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "Daemons or commands; one with replicas stands for all of them.")
    private List<String> names = List.of();

    @Option(names = "--all", description = "Every daemon and command of the instance.")
    private boolean all;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to wait until it is so, for example 500ms, 10s, 2m; default: 90s. Then exit 1; the"
                    + " request itself stands.")
    private @Nullable Duration timeout;

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

    /** Those of them that the root is asked for at once; all of them, unless a command knows better. */
    List<Target> atOnce(List<Target> targets) {
        return targets;
    }

    /**
     * Does what is left when those are there, or cannot get there.
     *
     * @param targets all that is asked for
     * @param timeout what the user gave; null for nothing
     * @param endNs when the time is over, by the caller's monotonic clock
     */
    void afterwards(
            List<Target> targets,
            Daemons daemons,
            ControlClient client,
            StateWatch watch,
            @Nullable Duration timeout,
            long endNs) {}

    /**
     * What is said at the end of the rest of the instance.
     *
     * @param children that are about to be asked for
     */
    List<String> hints(List<String> children, Daemons daemons) {
        return FailedSiblings.notes(children, daemons.table());
    }

    @Override
    public final Integer call() {
        InstanceDirectory instance = coppice.resolveInstance();
        Duration limit = timeout == null ? DEFAULT_TIMEOUT : timeout;
        try (Daemons daemons = new Daemons(coppice, instance)) {
            StateWatch watch = new StateWatch(coppice, daemons, verb, this::judge);
            long endNs = watch.nowNs() + limit.toNanos();
            ControlClient client = new ControlClient(instance, coppice.proc(), limit);
            List<Target> targets = daemons.targets(names, all);
            names.forEach(this::requireNoSlot);
            List<String> hints = hints(
                    targets.stream()
                            .flatMap(target -> target.children().stream())
                            .toList(),
                    daemons);
            Map<String, Long> pending = new LinkedHashMap<>();
            for (Target target : atOnce(targets)) {
                if (target.children().isEmpty()) {
                    coppice.output().line(target.name() + ": no replicas");
                }
                target.children().forEach(name -> ask(name, client, watch, pending));
            }
            watch.await(pending, endNs, limit, "");
            afterwards(targets, daemons, client, watch, timeout, endNs);
            hints.forEach(coppice::note);
            return watch.exitCode();
        }
    }

    /** One that there is; of others it has been said that there is none. */
    private void requireNoSlot(String name) {
        if (SlotName.isSlot(name)) {
            String daemon = Printable.of(SlotName.daemonOf(name));
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "Cannot " + verb + " " + Printable.of(name) + ": a slot of transactions runs when " + daemon
                            + " has work for it, and not else.\n  `coppice " + verb + " " + daemon
                            + "` is for the daemon;"
                            + " `coppice kill " + Printable.of(name) + "` ends an attempt.");
        }
    }

    private void ask(String name, ControlClient client, StateWatch watch, Map<String, Long> pending) {
        if (pending.containsKey(name)) {
            return; // named twice, as one of its set
        }
        ControlReply reply = client.ask(verb + " " + name);
        if (reply instanceof ControlReply.Done done) {
            pending.put(name, done.incarnation());
        } else {
            ControlReply.Refused refused = (ControlReply.Refused) reply;
            watch.complain(refused.exitCode(), "Cannot " + verb + " " + name + ": " + refused.message());
        }
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
