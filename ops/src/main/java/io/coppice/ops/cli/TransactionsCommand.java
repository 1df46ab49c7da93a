package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonTransactions;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.Printable;
import io.coppice.ops.view.SlotStatus;
import io.coppice.ops.view.TransactionsReader;
import io.coppice.state.RequestId;
import io.coppice.state.RequestReader.Request;
import io.coppice.state.SegmentException;
import io.coppice.state.StateException;
import io.coppice.state.root.OrderCode;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice transactions}: what daemons have submitted to their transactions, whether they live or not. */
@Command(
        name = "transactions",
        description = {
            "Show the transactions of daemons: slots, queue, and what is quarantined because all attempts at it failed.",
            "Also works while the daemon or the root is dead. --retry and --drop are orders for the daemon, given by the"
                    + " root: they stand until it runs."
        })
final class TransactionsCommand implements Callable<Integer> {
    /** Standard output, in place of a file. */
    private static final String STANDARD_OUTPUT = "-";

    private final CoppiceCommand coppice;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "Daemon, or NAME.N for a replica; one with replicas stands for all of them. Default: all that"
                    + " have transactions.")
    private @Nullable String name;

    @Option(names = "--json", description = "One JSON object, and nothing else, on standard output.")
    private boolean json;

    @Option(names = "--wide", description = "All columns, uncut, also on a terminal that is too narrow for them.")
    private boolean wide;

    @Option(
            names = "--input",
            paramLabel = "ID",
            description = "Write the input of this transaction, byte for byte, to where --output says.")
    private @Nullable String input;

    @Option(names = "--output", paramLabel = "FILE", description = "Takes that input; - is standard output.")
    private @Nullable String output;

    @Option(
            names = "--retry",
            paramLabel = "ID|all",
            description = "Have the daemon submit what is quarantined again, under its number; see --afresh.")
    private @Nullable String retry;

    @Option(
            names = "--afresh",
            description =
                    "With --retry: as a new one, under another number, with nothing of what its attempts have kept;"
                            + " else it goes on from the last checkpoint, if its slot still has that.")
    private boolean afresh;

    @Option(
            names = "--drop",
            paramLabel = "ID|all",
            description =
                    "Have the daemon forget what is quarantined, with its input; with its ID, also what is done and not taken up.")
    private @Nullable String drop;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "With --retry or --drop: how long to wait until the daemon has done it, for example 500ms, 10s,"
                            + " 2m; default: 90s. Then exit 1; the order stands.")
    private @Nullable Duration timeout;

    TransactionsCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        requireCombination();
        Optional<QuarantineOrder> order = order();
        InstanceDirectory instance = coppice.resolveWholeInstance("the segments");
        try (Daemons daemons = new Daemons(coppice, instance)) {
            TransactionsReader reader = new TransactionsReader(instance);
            if (order.isPresent()) {
                return order.get().give(coppice, instance, daemons, reader, ordered(daemons, order.get()));
            }
            return input == null ? show(instance, daemons, reader) : write(daemons, reader, input);
        }
    }

    private void requireCombination() {
        if ((input == null) != (output == null)) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "Give --input and --output together: --input ID --output FILE, or - for standard output.");
        }
        boolean ordered = retry != null || drop != null;
        List<String> given = new ArrayList<>();
        addIf(given, json, "--json");
        addIf(given, input != null, "--input");
        addIf(given, retry != null, "--retry");
        addIf(given, drop != null, "--drop");
        if (given.size() > 1) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "Give one of " + String.join(", ", given) + ", not more of them.");
        }
        if (name == null && (input != null || ordered)) {
            throw new CommandFailedException(ExitCode.USAGE, "Of which daemon? Give its name.");
        }
        if (afresh && retry == null) {
            throw new CommandFailedException(ExitCode.USAGE, "--afresh is for --retry.");
        }
        if (timeout != null && !ordered) {
            throw new CommandFailedException(ExitCode.USAGE, "--timeout is for --retry and --drop.");
        }
    }

    private static void addIf(List<String> words, boolean condition, String word) {
        if (condition) {
            words.add(word);
        }
    }

    private Optional<QuarantineOrder> order() {
        Duration limit = timeout == null ? StateRequest.DEFAULT_TIMEOUT : timeout;
        if (retry != null) {
            return Optional.of(new QuarantineOrder(afresh ? OrderCode.RETRY_AFRESH : OrderCode.RETRY, retry, limit));
        }
        return drop == null ? Optional.empty() : Optional.of(new QuarantineOrder(OrderCode.DROP, drop, limit));
    }

    /** Each daemon has numbers of its own. */
    private List<String> ordered(Daemons daemons, QuarantineOrder order) {
        String daemon = String.valueOf(name);
        if (!order.concernsAll()) {
            daemons.requireOne(daemon, "transactions");
        }
        List<String> children = chosen(daemons, daemons.table());
        if (children.isEmpty()) {
            coppice.output().line(daemon + ": no replicas");
        }
        return children;
    }

    private int show(InstanceDirectory instance, Daemons daemons, TransactionsReader reader) {
        InstanceStatus status = daemons.table();
        List<DaemonTransactions> found = new ArrayList<>();
        for (String daemon : chosen(daemons, status)) {
            found.add(reader.read(daemon, slots(daemon, status)));
        }
        if (json) {
            try {
                DaemonTransactions.writeJson(
                        instance.name(), found, coppice.output().asStream());
            } catch (IOException e) {
                throw coppice.output().failure(e);
            }
        } else {
            showLines(instance, found);
        }
        coppice.output().flush();
        found.forEach(daemon -> daemon.problem()
                .ifPresent(
                        problem -> coppice.note("Cannot read what " + daemon.name() + " has submitted: " + problem)));
        return found.stream().allMatch(daemon -> daemon.problem().isEmpty()) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void showLines(InstanceDirectory instance, List<DaemonTransactions> found) {
        if (found.isEmpty()) {
            coppice.output()
                    .line(
                            name == null
                                    ? "no daemon of " + instance.name() + " has transactions"
                                    : name + ": no replicas");
        }
        int maxWidth = TerminalWidth.toKeepTo(coppice.caller(), wide);
        String between = "";
        for (DaemonTransactions daemon : found) {
            coppice.output().text(between);
            coppice.output()
                    .lines(daemon.lines(coppice.palette(), coppice.caller().clocks(), maxWidth));
            between = "\n";
        }
    }

    /** The daemons that are asked about, all with transactions as far as anybody can tell. */
    private List<String> chosen(Daemons daemons, InstanceStatus status) {
        if (name == null) {
            if (!status.readable()) {
                throw new CommandFailedException(
                        ExitCode.FAILED, "Cannot tell which daemons there are. " + String.join(" ", status.problems()));
            }
            return status.daemons().stream()
                    .filter(daemon -> !daemon.slots().isEmpty())
                    .map(daemon -> daemon.name())
                    .toList();
        }
        List<String> children = daemons.known(List.of(name)).get(0).children();
        children.forEach(child -> requireTransactions(child, status));
        return children;
    }

    private static void requireTransactions(String child, InstanceStatus status) {
        if (SlotName.isSlot(child)) {
            String daemon = Printable.of(SlotName.daemonOf(child));
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    Printable.of(child) + " is a slot of the transactions of " + daemon + ".\n  Name that: `coppice"
                            + " transactions " + daemon + "`.");
        }
        if (status.readable() && slots(child, status).isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    child + " has no transactions.\n  `transactions: {slots: N}` in the manifest gives a daemon some.");
        }
    }

    private static List<SlotStatus> slots(String daemon, InstanceStatus status) {
        return status.daemon(daemon).map(known -> known.slots()).orElse(List.of());
    }

    private int write(Daemons daemons, TransactionsReader reader, String text) {
        long id = RequestId.parse(text)
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.USAGE,
                        "`" + Printable.of(text) + "` is no transaction, expected its number as it is listed, like"
                                + " 1-17."));
        String daemon = String.valueOf(name);
        daemons.requireOne(daemon, "transactions");
        requireTransactions(daemon, daemons.table());
        try {
            Request request = reader.request(daemon, id)
                    .orElseThrow(() -> new CommandFailedException(
                            ExitCode.FAILED,
                            daemon + " has no transaction " + text + ", or no more.\n  `coppice transactions " + daemon
                                    + "` lists what it has."));
            write(request.input());
            return ExitCode.DONE;
        } catch (IOException | SegmentException | StateException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Cannot read what " + daemon + " has submitted: " + e.getMessage());
        }
    }

    private void write(byte[] bytes) {
        String file = String.valueOf(output);
        if (file.equals(STANDARD_OUTPUT)) {
            coppice.output().bytes(bytes, bytes.length);
            coppice.output().flush();
            return;
        }
        try {
            Files.write(coppice.caller().workingDirectory().resolve(file), bytes);
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot write " + file + ": " + e);
        }
    }
}
