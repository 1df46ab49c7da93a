package io.coppice.ops.bench;

import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.state.SegmentException;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What it costs to keep workers apart: the same daemons in each of the ways that this machine has, measured in turn, so that what disturbs
 * the machine hits all of them; a first round does not count.
 */
final class IsolationBench {
    private IsolationBench() {}

    static void run(CoppiceCommand coppice, int kills, int heapMib, boolean json)
            throws IOException, InterruptedException, OsException, SegmentException {
        PrintStream err = new PrintStream(coppice.caller().err(), true, StandardCharsets.UTF_8);
        try (IsolationRig rig = IsolationRig.start(heapMib, err::println)) {
            for (int round = 0; round <= kills; round++) {
                err.println(round == 0 ? "warming up …" : "round " + round + " of " + kills + " …");
                for (RecoveryRows of : rig.rows().values()) {
                    for (RecoveryRow row : of.rows()) {
                        row.measure();
                    }
                    if (round == 0) {
                        of.times().forEach(RowTimes::forget);
                    }
                }
            }
            Map<Isolation, List<RowTimes>> times = new EnumMap<>(Isolation.class);
            rig.rows().forEach((isolation, of) -> times.put(isolation, of.times()));
            IsolationTable table = new IsolationTable(times);
            PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
            if (json) {
                out.println(table.json(Runtime.version().toString()));
            } else {
                out.println(Figures.machine("What isolation costs, heap " + heapMib + " MiB"));
                table.lines().forEach(out::println);
            }
        }
    }
}
