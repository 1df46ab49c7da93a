package io.coppice.ops;

import io.coppice.ops.bench.BenchCommand;
import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CommandLineParts;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.CoppiceCommandLine;
import io.coppice.ops.demo.DemoCommand;
import io.coppice.ops.hosted.HostedCleanupCommand;
import io.coppice.ops.service.InstallCommand;
import io.coppice.ops.service.UninstallCommand;
import io.coppice.ops.simulate.SimulateCommand;
import io.coppice.ops.torture.TortureCommand;
import io.coppice.supervisor.core.Supervisor;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Where the {@code coppice} process starts. */
public final class Main {
    private static final String LIBRARY_LOG_LEVEL = "org.slf4j.simpleLogger.log.net.openhft";

    private Main() {}

    /** Runs one command; the JVM ends with its exit code. */
    public static void main(String[] args) {
        // The memory library greets with a line at INFO, which would stand on every client's standard error.
        if (System.getProperty(LIBRARY_LOG_LEVEL) == null) {
            System.setProperty(LIBRARY_LOG_LEVEL, "warn");
        }
        int exitCode;
        try {
            exitCode = new CoppiceCommandLine(Caller.ofThisProcess(), parts()).run(args);
        } catch (CommandFailedException e) {
            System.err.println("coppice: " + e.getMessage());
            exitCode = e.exitCode();
        }
        System.exit(exitCode);
    }

    private static CommandLineParts parts() {
        SortedMap<String, Function<CoppiceCommand, Object>> more = new TreeMap<>();
        more.put("bench", BenchCommand::new);
        more.put("demo", DemoCommand::new);
        more.put("hosted-cleanup", HostedCleanupCommand::new);
        more.put("install", coppice -> new InstallCommand(coppice, ManifestPlans::new));
        more.put("schema", SchemaCommand::new);
        more.put("simulate", coppice -> new SimulateCommand(coppice, ManifestPlans::new, Supervisor::step));
        more.put("torture", TortureCommand::new);
        more.put("uninstall", UninstallCommand::new);
        return new CommandLineParts(ManifestPlans::new, more);
    }
}
