package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.EventInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How long after {@code kill -9} of a root its successor has taken over all that ran, beside the start of the same root with nothing to
 * take over. Each round has an instance of its own. Times are from the start of {@code coppice run} to what the root itself recorded, in
 * whole milliseconds.
 */
final class AdoptionBench {
    private static final long NS_PER_MS = 1_000_000;
    private static final ProcFileSystem PROCESSES = new ProcFileSystem(Path.of("/proc"));

    /** One start of a root: epoch milliseconds of the moments that it passes. */
    private record Start(long execMs, long jvmMs, long onRecordMs, long doneMs) {}

    private AdoptionBench() {}

    static void run(CoppiceCommand coppice, int children, int rounds, boolean json)
            throws IOException, InterruptedException {
        PrintStream err = new PrintStream(coppice.caller().err(), true, StandardCharsets.UTF_8);
        Start[] cold = new Start[rounds];
        Start[] adopting = new Start[rounds];
        for (int round = 0; round < rounds; round++) {
            err.println("round " + (round + 1) + " of " + rounds + " with " + children + " children …");
            try (BenchInstance instance = BenchInstance.of(children)) {
                cold[round] = start(instance, 0, EventType.READY, children);
                RootSnapshot before = instance.awaitReady();
                instance.killRoot();
                long lastEvent = before.root().orElseThrow().eventCount();
                adopting[round] = start(instance, lastEvent, EventType.ADOPTED, children);
                check(before, instance.awaitReady());
            }
        }
        int daemons = BenchInstance.daemonsOf(children);
        Figures figures =
                new Figures("Roots with " + daemons + " idle daemons and " + (children - daemons) + " plain commands");
        String on = ": `coppice run` to the root on record";
        figures.times("cold start" + on, times(cold, start -> start.onRecordMs() - start.execMs()));
        figures.times("cold start: to all children ready", times(cold, start -> start.doneMs() - start.execMs()));
        figures.times("after kill -9" + on, times(adopting, start -> start.onRecordMs() - start.execMs()));
        figures.times(
                "after kill -9: to all children adopted", times(adopting, start -> start.doneMs() - start.execMs()));
        figures.times(
                "adoption: of that the launcher and the plan",
                times(adopting, start -> start.jvmMs() - start.execMs()));
        figures.times(
                "adoption: of that the root's JVM, until it is on record",
                times(adopting, start -> start.onRecordMs() - start.jvmMs()));
        figures.times(
                "adoption: of that taking the children over",
                times(adopting, start -> start.doneMs() - start.onRecordMs()));
        figures.print(coppice, json);
    }

    /** Starts a root and waits until it has recorded one such event about each child. */
    private static Start start(BenchInstance instance, long afterEvent, EventType type, int children)
            throws IOException, InterruptedException {
        long execMs = System.currentTimeMillis();
        instance.start();
        long jvmMs = instance.awaitJvm();
        RootSnapshot done = instance.await(
                snapshot -> events(snapshot, afterEvent, type).size() == children,
                children + " events `" + type.word() + "`");
        return new Start(
                execMs,
                jvmMs,
                done.root().orElseThrow().sinceEpochMs(),
                events(done, afterEvent, type).get(children - 1).epochMs());
    }

    private static List<EventInfo> events(RootSnapshot snapshot, long after, EventType type) {
        return snapshot.events().stream()
                .filter(event -> event.sequence() > after && event.type() == type)
                .toList();
    }

    private static void check(RootSnapshot before, RootSnapshot after) {
        List<String> wrong =
                AdoptionCheck.differences(before, after, child -> PROCESSES.lives(child.pid(), child.startTicks()));
        if (!wrong.isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "bench adoption: what was adopted is not what ran before; no figure is worth anything then:\n  "
                            + String.join("\n  ", wrong));
        }
    }

    private static long[] times(Start[] starts, ToLongFunction<Start> tookMs) {
        long[] timesNs = new long[starts.length];
        for (int i = 0; i < starts.length; i++) {
            timesNs[i] = tookMs.applyAsLong(starts[i]) * NS_PER_MS;
        }
        return timesNs;
    }
}
