package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/** {@code bench state}: finds the bench beside the product, gives it a directory, and prints what it found. */
final class StateBenchRun {
    private StateBenchRun() {}

    static void run(CoppiceCommand coppice, boolean full, boolean json, Set<StateBench.Part> parts) throws Exception {
        StateBench bench = ServiceLoader.load(StateBench.class)
                .findFirst()
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.FAILED,
                        "bench state: what it measures against is not on the class path.\n  Start it by the launcher"
                                + " (./coppice bench state), which builds and finds it."));
        PrintStream err = new PrintStream(coppice.caller().err(), true, StandardCharsets.UTF_8);
        BenchDirectory directory = BenchDirectory.create();
        StateReport report;
        Thread cleaner = new Thread(() -> remove(directory), "bench-cleaner");
        Runtime.getRuntime().addShutdownHook(cleaner);
        try {
            report = bench.run(new StateBench.Settings(full, parts, directory.path()), err::println);
        } finally {
            Runtime.getRuntime().removeShutdownHook(cleaner);
            remove(directory);
        }
        PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
        if (json) {
            out.println(StateTable.json(report, machine()));
        } else {
            StateTable.lines(report, machine()).forEach(out::println);
        }
    }

    private static List<String> machine() {
        return List.of(
                "State, on " + System.getProperty("java.vm.name") + " " + Runtime.version(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors");
    }

    private static void remove(BenchDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "bench state: cannot remove " + directory.path() + ": " + e.getMessage());
        }
    }
}
