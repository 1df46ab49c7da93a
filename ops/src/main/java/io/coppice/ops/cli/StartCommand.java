package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import picocli.CommandLine.Command;

/** {@code coppice start}: returns when the daemon is ready, or completed. */
@Command(
        name = "start",
        description = "Start daemons that are stopped, failed, completed or in backoff. Returns when they are ready.")
final class StartCommand extends StateRequest {
    private final CoppiceCommand coppice;

    StartCommand(CoppiceCommand coppice) {
        super(coppice, "start");
        this.coppice = coppice;
    }

    @Override
    Judgement judge(DaemonStatus daemon, long incarnation) {
        return readiness(daemon, true, coppice);
    }

    /** @param newEnough whether this incarnation is the one that was asked for */
    static Judgement readiness(DaemonStatus daemon, boolean newEnough, CoppiceCommand coppice) {
        if (!daemon.wantedUp()) {
            return new Judgement.OutOfReach("somebody asked to stop it meanwhile.");
        }
        if (daemon.is("failed")) {
            long nowEpochMs = coppice.caller().clocks().epochMs().getAsLong();
            return new Judgement.OutOfReach("it failed"
                    + daemon.lastExit()
                            .map(exit -> " (" + exit.words(nowEpochMs) + ")")
                            .orElse("")
                    + ".\n  `coppice logs " + daemon.name() + "` shows what it wrote.");
        }
        return newEnough && (daemon.is("ready") || daemon.is("completed")) ? Judgement.REACHED : Judgement.PENDING;
    }
}
