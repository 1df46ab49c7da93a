package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code coppice stop}: returns when the daemon is down, and it stays down. */
@Command(name = "stop", description = "Stop daemons and keep them stopped. Returns when they are down.")
final class StopCommand extends StateRequest {
    StopCommand(CoppiceCommand coppice) {
        super(coppice, "stop");
    }

    @Override
    List<String> hints(List<String> children, Daemons daemons) {
        return List.of(); // Nothing comes up, so nothing is missed.
    }

    @Override
    Judgement judge(DaemonStatus daemon, long incarnation) {
        if (daemon.wantedUp()) {
            return new Judgement.OutOfReach("somebody asked to start it again meanwhile.");
        }
        boolean down = daemon.is("stopped") || daemon.is("failed") || daemon.is("completed");
        return down ? Judgement.REACHED : Judgement.PENDING;
    }
}
