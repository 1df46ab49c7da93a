package io.coppice.ops.service;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coppice uninstall}: takes back what {@code install} wrote. */
@Command(
        name = "uninstall",
        description = {
            "Stop the service, and remove the unit that `coppice install` wrote.",
            "Segments and logs stay: `coppice purge` forgets them."
        })
public final class UninstallCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;
    private final Supplier<Installation> installation;

    @Mixin
    private UnitName unitName = new UnitName();

    @Option(names = "--dry-run", description = "Print what would be called and removed, and change nothing.")
    private boolean dryRun;

    /** On this machine. */
    public UninstallCommand(CoppiceCommand coppice) {
        this(coppice, Installation::ofThisProcess);
    }

    UninstallCommand(CoppiceCommand coppice, Supplier<Installation> installation) {
        this.coppice = coppice;
        this.installation = installation;
    }

    @Override
    public Integer call() {
        Installation from = installation.get();
        String name = unitName.unit();
        Path unit = from.unit(name);
        if (!from.isThere(unit)) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "There is no " + unit + ": nothing is installed by that name.");
        }
        from.requireOurs(unit);
        PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
        if (dryRun) {
            out.print("# would call: systemctl disable --now " + name + "\n# would remove " + unit
                    + "\n# and then call: systemctl daemon-reload\n");
            return ExitCode.DONE;
        }
        unitName.requireRoot(coppice, "uninstall");
        from.manager().call("disable", "--now", name);
        from.remove(unit);
        from.manager().call("daemon-reload");
        out.print("Removed " + unit + ". Segments and logs are still there; `coppice purge` forgets them.\n");
        return ExitCode.DONE;
    }
}
