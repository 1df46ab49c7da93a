package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.state.root.RootSnapshot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a root at rest takes, by how many children it has: watched from outside through {@code /proc}. */
final class RootBench {
    private static final Path PROC = Path.of("/proc");

    /** The first turns may compile the code that the later ones run; the figures are of a root that has settled. */
    private static final int TURNS_TO_SETTLE = 5;

    private RootBench() {}

    static void run(CoppiceCommand coppice, List<Integer> childrenCounts, int seconds, boolean json)
            throws IOException, InterruptedException {
        PrintStream err = new PrintStream(coppice.caller().err(), true, StandardCharsets.UTF_8);
        List<RestRow> rows = new ArrayList<>();
        for (int children : childrenCounts) {
            err.println("a root with " + children + " children, " + seconds + " s …");
            try (BenchInstance instance = BenchInstance.of(children)) {
                rows.add(row(instance, children, seconds));
            }
        }
        PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
        String machine = Figures.machine("Roots at rest");
        if (json) {
            out.println(RestTable.json(rows, machine));
        } else {
            RestTable.lines(rows, machine).forEach(out::println);
        }
    }

    private static RestRow row(BenchInstance instance, int children, int seconds)
            throws IOException, InterruptedException {
        instance.start();
        instance.awaitReady();
        long settled = turns(instance.await(snapshot -> turns(snapshot) > 0, "a turn on record")) + TURNS_TO_SETTLE;
        RootSnapshot.RootInfo before = instance.await(snapshot -> turns(snapshot) >= settled, settled + " turns")
                .root()
                .orElseThrow();
        long beganNs = System.nanoTime();
        ProcessReading first = ProcessReading.of(PROC, instance.pid());
        TimeUnit.SECONDS.sleep(seconds);
        ProcessReading last = ProcessReading.of(PROC, instance.pid());
        RootSnapshot.RootInfo after = instance.await(instance::allReady, "all children ready still")
                .root()
                .orElseThrow();
        double tookSeconds = (System.nanoTime() - beganNs) / 1e9;
        long turns = after.turns() - before.turns();
        if (turns <= 0) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "bench root: the root with " + children + " children went round " + turns + " times in "
                            + tookSeconds + " s; give it more --seconds.");
        }
        return new RestRow(
                children,
                BenchInstance.daemonsOf(children),
                ProcessReading.memory(PROC, instance.pid()),
                turns / tookSeconds,
                (after.allocatedBytes() - before.allocatedBytes()) / (double) turns,
                RestRow.between(first, last));
    }

    private static long turns(RootSnapshot snapshot) {
        return snapshot.root().orElseThrow().turns();
    }
}
