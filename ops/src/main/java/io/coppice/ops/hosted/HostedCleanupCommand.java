package io.coppice.ops.hosted;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceName;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code coppice hosted-cleanup FOLDER --instance NAME}: stops and removes an instance whose host is dead; see {@link LastWill}. */
@Command(
        name = HostedCleanupCommand.NAME,
        hidden = true,
        description = "Stop what a demo or torture that was killed has left, and remove its files.")
public final class HostedCleanupCommand implements Callable<Integer> {
    static final String NAME = "hosted-cleanup";

    private final CoppiceCommand coppice;

    @Parameters(paramLabel = "FOLDER", description = "Its temporary folder.")
    private @Nullable Path folder;

    /** @param coppice the command it is a part of */
    public HostedCleanupCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        Caller caller = coppice.caller();
        Path given = java.util.Objects.requireNonNull(folder, "picocli requires it");
        String name = String.valueOf(coppice.instanceOption());
        if (!InstanceName.isValid(name)) {
            throw new CommandFailedException(ExitCode.USAGE, NAME + ": --instance: the name of its instance.");
        }
        try {
            HostedFolder left = HostedFolder.existing(caller.workingDirectory().resolve(given));
            List<String> complaints = new HostedCleaner(
                            left,
                            new HostedSettings(
                                    NAME,
                                    InstanceBase.locate(caller.environment(), caller.uid(), caller.workingDirectory())
                                            .instance(name),
                                    Isolation.MAPPING,
                                    Path.of(System.getProperty("coppice.launcher", "coppice")),
                                    caller.proc()),
                            List.of())
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
