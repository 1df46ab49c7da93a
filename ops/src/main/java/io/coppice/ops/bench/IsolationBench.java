package io.coppice.ops.bench;

import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.state.SegmentException;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What it costs to keep workers apart: the same daemons in each of the ways that this machine has, measured in turn, so that what disturbs
 * the machine hits all of them; a first round does not count.
 */
final class IsolationBench {
    private IsolationBench() {}

    /** Each row in each way, in another order each round: none is always the one that comes after the same other. */
    private static void measure(IsolationRig rig, int round) throws IOException, InterruptedException, OsException {
        List<RecoveryRows> ways = new ArrayList<>(rig.rows().values());
        Collections.rotate(ways, round);
        int rows = ways.get(0).rows().size();
        for (int row = 0; row < rows; row++) {
            for (RecoveryRows way : ways) {
                rig.awaitRest();
                way.rows().get(row).measure();
            }
        }
    }

    static void run(CoppiceCommand coppice, int kills, int heapMib, boolean json)
            throws IOException, InterruptedException, OsException, SegmentException {
        PrintStream err = new PrintStream(coppice.caller().err(), true, StandardCharsets.UTF_8);
        try (IsolationRig rig = IsolationRig.start(heapMib, err::println)) {
            for (int round = 0; round <= kills; round++) {
                err.println(round == 0 ? "warming up …" : "round " + round + " of " + kills + " …");
                measure(rig, round);
                if (round == 0) {
                    rig.rows().values().forEach(of -> of.times().forEach(RowTimes::forget));
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
