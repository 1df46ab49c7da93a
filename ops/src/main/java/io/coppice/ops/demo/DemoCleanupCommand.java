package io.coppice.ops.demo;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code coppice demo-cleanup FOLDER --instance NAME}: stops and removes a demo whose own process is dead; see {@link LastWill}. */
@Command(
        name = DemoCleanupCommand.NAME,
        hidden = true,
        description = "Stop what a demo that was killed has left, and remove its files.")
public final class DemoCleanupCommand implements Callable<Integer> {
    static final String NAME = "demo-cleanup";

    private final CoppiceCommand coppice;

    @Parameters(paramLabel = "FOLDER", description = "The demo's temporary folder.")
    private @Nullable Path folder;

    /** @param coppice the command it is a part of */
    public DemoCleanupCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        Caller caller = coppice.caller();
        Path given = java.util.Objects.requireNonNull(folder, "picocli requires it");
        String name = String.valueOf(coppice.instanceOption());
        if (!InstanceName.isValid(name)) {
            throw new CommandFailedException(ExitCode.USAGE, NAME + ": --instance: the name of the demo's instance.");
        }
        try {
            DemoFolder left = DemoFolder.existing(caller.workingDirectory().resolve(given));
            List<String> complaints = new DemoCleaner(
                            left,
                            InstanceBase.locate(caller.environment(), caller.uid(), caller.workingDirectory())
                                    .instance(name),
                            Path.of(System.getProperty("coppice.launcher", "coppice")),
                            caller.proc())
                    .clean();
            if (!complaints.isEmpty()) {
                throw new CommandFailedException(ExitCode.FAILED, NAME + ": " + String.join("\n", complaints));
            }
            return ExitCode.DONE;
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.USAGE, NAME + ": " + e.getMessage());
        }
    }
}
