package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code coppice restart}: returns when a later incarnation is ready. */
@Command(
        name = "restart",
        description = {
            "Stop daemons in order and start them again. Returns when the new incarnations are ready.",
            "The replicas of a daemon are restarted one at a time, each when all the others are ready and well. It ends with the first that"
                    + " does not come back, and leaves the others alone. --timeout is for all of them; its default for each."
        })
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

    @Override
    List<Target> atOnce(List<Target> targets) {
        List<Target> sets = targets.stream().filter(Target::set).toList();
        return targets.stream()
                .filter(target -> !target.set()
                        && sets.stream().noneMatch(set -> set.children().contains(target.name())))
                .toList();
    }

    @Override
    void afterwards(
            List<Target> targets,
            Daemons daemons,
            ControlClient client,
            StateWatch watch,
            @Nullable Duration timeout,
            long endNs) {
        RollingRestart rolling = new RollingRestart(coppice, daemons, client, watch, timeout, endNs);
        boolean goesOn = watch.exitCode() == ExitCode.DONE;
        for (Target set : targets.stream().filter(Target::set).toList()) {
            if (goesOn) {
                goesOn = rolling.roll(set);
            } else {
                coppice.note("The replicas of " + set.name() + " were not touched.");
            }
        }
    }
}
