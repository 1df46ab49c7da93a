package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.DaemonTransactions;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.Printable;
import io.coppice.ops.view.TransactionsReader;
import io.coppice.state.RequestId;
import io.coppice.state.RequestInfo;
import io.coppice.state.SegmentException;
import io.coppice.state.StateException;
import io.coppice.state.root.OrderCode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Has daemons retry or drop what they have in quarantine, or drop a result that they do not take up. The root is asked for it, and writes it down; the daemon does it with its next commit,
 * which is waited for in its segment. One thread.
 *
 * @param code what they are to do
 * @param which the number of a transaction, or {@code all}
 * @param timeout for all of it
 */
record QuarantineOrder(OrderCode code, String which, Duration timeout) {
    private static final String ALL = "all";

    /** @throws CommandFailedException with exit code 2 if {@code which} is neither */
    QuarantineOrder {
        if (!which.equals(ALL) && RequestId.parse(which).isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "--" + verb(code) + ": `" + Printable.of(which)
                            + "` is no transaction, expected its number as it is listed, like 1-17, or all.");
        }
    }

    boolean concernsAll() {
        return which.equals(ALL);
    }

    /**
     * Gives it to these daemons, one after the other.
     *
     * @return the exit code
     */
    int give(
            CoppiceCommand coppice,
            InstanceDirectory instance,
            Daemons daemons,
            TransactionsReader reader,
            List<String> names) {
        long endNs = nowNs(coppice) + timeout.toNanos();
        int exitCode = ExitCode.DONE;
        for (String name : names) {
            int count = count(reader.read(name, List.of()));
            if (count == 0) {
                coppice.output().line(name + ": nothing is quarantined");
                continue;
            }
            ControlReply reply =
                    new ControlClient(instance, coppice.proc(), timeout).ask(code.word() + " " + name + " " + which);
            int one;
            if (reply instanceof ControlReply.Done done) {
                one = await(coppice, daemons, reader, name, done.incarnation(), endNs, count);
            } else {
                ControlReply.Refused refused = (ControlReply.Refused) reply;
                coppice.note("Cannot " + verb(code) + " " + what() + " of " + name + ": " + refused.message());
                one = refused.exitCode();
            }
            exitCode = exitCode == ExitCode.DONE || exitCode == one ? one : ExitCode.FAILED;
            coppice.output().flush();
        }
        return exitCode;
    }

    private static String verb(OrderCode code) {
        return code == OrderCode.DROP ? "drop" : "retry";
    }

    private String what() {
        return concernsAll() ? "what is quarantined" : which;
    }

    /**
     * How many it is about.
     *
     * @throws CommandFailedException if that one is neither in quarantine nor, where it is to be dropped, done and not taken up, or nobody can tell
     */
    private int count(DaemonTransactions present) {
        if (present.problem().isPresent()) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "Cannot read what " + present.name() + " has submitted: "
                            + present.problem().get());
        }
        List<RequestInfo> quarantined = present.quarantined();
        if (concernsAll()) {
            return quarantined.size();
        }
        long id = RequestId.parse(which).orElseThrow();
        boolean isDone = present.done().stream().anyMatch(request -> request.id() == id);
        if (isDone && code == OrderCode.DROP) {
            return 1;
        }
        if (quarantined.stream().noneMatch(request -> request.id() == id)) {
            String ids = quarantined.stream()
                    .map(request -> RequestId.text(request.id()))
                    .collect(Collectors.joining(", "));
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    present.name() + " has no " + which + " in quarantine"
                            + present.table()
                                    .flatMap(table -> table.request(id))
                                    .map(request -> ": it is " + present.words(request))
                                    .orElse("")
                            + ".\n  " + (ids.isEmpty() ? "There is nothing in it." : "There is " + ids + "."));
        }
        return 1;
    }

    private int await(
            CoppiceCommand coppice,
            Daemons daemons,
            TransactionsReader reader,
            String name,
            long number,
            long endNs,
            int count) {
        while (true) {
            // Looked at first, so that what is read after it is the last word.
            boolean late = nowNs(coppice) - endNs >= 0;
            InstanceStatus status = daemons.table();
            if (isDone(reader, name, number)) {
                coppice.output().line(name + ": " + done(count));
                return ExitCode.DONE;
            }
            Optional<DaemonStatus> daemon = status.daemon(name);
            if (daemon.isPresent() && isDownForGood(daemon.get())) {
                coppice.note(name + " is " + daemon.get().stateWords() + ".\n  The order stands (" + code.word() + " "
                        + which + "): it is carried out once the daemon runs; `coppice start " + name + "` starts it.");
                return ExitCode.FAILED;
            }
            if (!status.root().running()) {
                coppice.note("Cannot tell whether " + name + " will do it: the root "
                        + status.root().words() + ".\n  The order stands (" + code.word() + " " + which
                        + "); `coppice run` starts the root again.");
                return ExitCode.FAILED;
            }
            if (late || !Polling.pause(Polling.AWAIT_INTERVAL)) {
                coppice.note(name + " has not done it within " + timeout.toMillis() + " ms"
                        + daemon.map(StateWatch::present).orElse("") + ".\n  The order stands (" + code.word() + " "
                        + which + ").");
                return ExitCode.FAILED;
            }
        }
    }

    private static boolean isDone(TransactionsReader reader, String name, long number) {
        try {
            return reader.orderDone(name) >= number;
        } catch (IOException | SegmentException | StateException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "The order stands, but nobody can tell whether " + name + " has carried it out: " + e.getMessage());
        }
    }

    private static boolean isDownForGood(DaemonStatus daemon) {
        return daemon.is("failed") || daemon.is("completed") || (daemon.is("stopped") && !daemon.wantedUp());
    }

    private String done(int count) {
        String what = concernsAll() ? count + (count == 1 ? " transaction" : " transactions") : which;
        return switch (code) {
            case RETRY -> what + " to be tried again";
            case RETRY_AFRESH ->
                what + " to be tried again, afresh and under "
                        + (concernsAll() && count > 1 ? "new numbers" : "a new number");
            case DROP -> what + " dropped";
        };
    }

    private static long nowNs(CoppiceCommand coppice) {
        return coppice.caller().clocks().monotonicNs().getAsLong();
    }
}
