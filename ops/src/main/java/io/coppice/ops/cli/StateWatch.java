package io.coppice.ops.cli;

import io.coppice.ops.cli.StateRequest.Judgement;
import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Watches the status table until children are where they were asked to be, or cannot get there, or the time is over. Says so child by
 * child, and remembers the worst of it. One thread.
 */
final class StateWatch {
    private final CoppiceCommand coppice;
    private final Daemons daemons;
    private final String verb;
    private final BiFunction<DaemonStatus, Long, Judgement> judge;
    private int exitCode = ExitCode.DONE;

    /**
     * Watches nothing yet.
     *
     * @param verb what was asked for, for texts
     * @param judge whether a child is there; told what the root said it acted on
     */
    StateWatch(CoppiceCommand coppice, Daemons daemons, String verb, BiFunction<DaemonStatus, Long, Judgement> judge) {
        this.coppice = coppice;
        this.daemons = daemons;
        this.verb = verb;
        this.judge = judge;
    }

    /** What the command is to exit with by what has been seen so far. */
    int exitCode() {
        return exitCode;
    }

    /**
     * Waits for all of them.
     *
     * @param pending what the root said it acted on, by name; emptied
     * @param endNs when the time is over, by the caller's monotonic clock
     * @param limit the whole time, for texts
     * @param behind what follows the line of one that is there
     */
    void await(Map<String, Long> pending, long endNs, Duration limit, String behind) {
        while (!pending.isEmpty()) {
            // Looked at before the table, so that a table read after it is the last word of a root that has gone.
            boolean late = nowNs() - endNs >= 0;
            InstanceStatus status = daemons.table();
            pending.entrySet().removeIf(entry -> settled(entry.getKey(), entry.getValue(), status, behind));
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
                                "Could not " + verb + " " + name + " within " + limit.toMillis() + " ms"
                                        + status.daemon(name)
                                                .map(StateWatch::present)
                                                .orElse("")
                                        + ". The request stands."));
                return;
            }
        }
    }

    long nowNs() {
        return coppice.caller().clocks().monotonicNs().getAsLong();
    }

    private boolean settled(String name, long incarnation, InstanceStatus status, String behind) {
        Optional<DaemonStatus> daemon = status.daemon(name);
        if (daemon.isEmpty()) {
            return false; // The table could not be read this time.
        }
        Judgement judgement = judge.apply(daemon.get(), incarnation);
        if (judgement instanceof Judgement.Reached) {
            coppice.output().line(name + ": " + daemon.get().state() + process(daemon.get()) + behind);
            coppice.output().flush();
            return true;
        }
        if (judgement instanceof Judgement.OutOfReach outOfReach) {
            complain(ExitCode.FAILED, "Could not " + verb + " " + name + ": " + outOfReach.reason());
            return true;
        }
        Optional<String> failed = failedDependency(daemon.get(), status);
        if (failed.isPresent()) {
            complain(
                    ExitCode.FAILED,
                    "Could not " + verb + " " + name + present(daemon.get()) + ", which has failed; `coppice start "
                            + failed.get() + "` tries it again. The request stands.");
            return true;
        }
        return false;
    }

    /** One that is waited for, and will not come by itself. */
    private static Optional<String> failedDependency(DaemonStatus daemon, InstanceStatus status) {
        return daemon.waitingFor().stream()
                .map(waiting -> waiting.replaceFirst(" .*", ""))
                .filter(name ->
                        status.daemon(name).map(other -> other.is("failed")).orElse(false))
                .findFirst();
    }

    /** One cause keeps its own code; several different ones are just a failure. */
    void complain(int code, String message) {
        coppice.note(message);
        exitCode = exitCode == ExitCode.DONE || exitCode == code ? code : ExitCode.FAILED;
    }

    static String present(DaemonStatus daemon) {
        return ": it is " + daemon.stateWords() + process(daemon);
    }

    private static String process(DaemonStatus daemon) {
        return daemon.pid().isPresent()
                ? " (pid " + daemon.pid().getAsLong() + ", incarnation " + daemon.incarnation() + ")"
                : "";
    }
}
