package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import picocli.CommandLine.Command;

/** {@code coppice restart}: returns when a later incarnation is ready. */
@Command(
        name = "restart",
        description = "Stop daemons in order and start them again. Returns when the new incarnations are ready.")
final class RestartCommand extends StateRequest {
    private final CoppiceCommand coppice;

    RestartCommand(CoppiceCommand coppice) {
        super(coppice, "restart");
        this.coppice = coppice;
    }

    @Override
    Judgement judge(DaemonStatus daemon, long incarnation) {
        return StartCommand.readiness(daemon, daemon.incarnation() > incarnation, coppice);
    }
}
