package io.coppice.ops.bench;

import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.state.SegmentException;
import io.coppice.supervisor.os.OsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * From {@code kill -9} to the first committed step of a successor, side by side with what that consists of and with what others do. The
 * rows are measured in turn, so that what disturbs the machine hits all of them; a first round does not count.
 */
final class RecoveryBench {
    private RecoveryBench() {}

    static void run(CoppiceCommand coppice, RecoverySettings settings, boolean json)
            throws IOException, InterruptedException, OsException, SegmentException {
        PrintStream err = new PrintStream(coppice.caller().err(), true, StandardCharsets.UTF_8);
        try (RecoveryRig rig = RecoveryRig.start(settings, err::println)) {
            for (int round = 0; round <= settings.kills(); round++) {
                err.println(round == 0 ? "warming up …" : "round " + round + " of " + settings.kills() + " …");
                for (RecoveryRow row : rig.rows()) {
                    row.measure();
                }
                if (round == 0) {
                    rig.times().forEach(RowTimes::forget);
                }
            }
            RecoveryTable table = new RecoveryTable(rig.times(), settings.heapsMib());
            List<String> parked = rig.parked().stream().map(ParkedStandby::line).toList();
            PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
            if (json) {
                out.println(table.json(Runtime.version().toString()));
                parked.forEach(err::println);
            } else {
                out.println(Figures.machine("Recovery, " + (settings.stateBytes() >> 20) + " MiB of state"));
                table.lines().forEach(out::println);
                parked.forEach(out::println);
            }
        }
    }
}
