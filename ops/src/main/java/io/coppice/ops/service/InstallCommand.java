package io.coppice.ops.service;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.cli.PlanCompiler;
import io.coppice.ops.cli.PlanCompiler.Compilation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice install}: this checkout as a systemd service. */
@Command(
        name = "install",
        description = {
            "Make a systemd service of this checkout and a manifest.",
            "It is not started: `systemctl enable --now` does that. Installing again, after the checkout or the manifest",
            "was moved or the JDK is another, replaces what an earlier one wrote."
        })
public final class InstallCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;
    private final Supplier<PlanCompiler> compiler;
    private final Supplier<Installation> installation;

    @Parameters(
            arity = "0..1",
            paramLabel = "MANIFEST",
            description = "What the service runs; default: ${DEFAULT-VALUE}.")
    private Path manifest = Path.of("/etc/coppice/coppice.yaml");

    @Mixin
    private UnitName unitName = new UnitName();

    @Option(names = "--dry-run", description = "Print what would be written and called, and change nothing.")
    private boolean dryRun;

    /** On this machine. */
    public InstallCommand(CoppiceCommand coppice, Supplier<PlanCompiler> compiler) {
        this(coppice, compiler, Installation::ofThisProcess);
    }

    InstallCommand(CoppiceCommand coppice, Supplier<PlanCompiler> compiler, Supplier<Installation> installation) {
        this.coppice = coppice;
        this.compiler = compiler;
        this.installation = installation;
    }

    @Override
    public Integer call() {
        Installation into = installation.get();
        Path unit = into.unit(unitName.unit());
        Path absolute = coppice.caller().workingDirectory().resolve(manifest).normalize();
        Compilation compilation = compiler.get()
                .compile(absolute, Optional.empty(), coppice.caller().environment(), Optional.empty(), List.of());
        if (compilation instanceof Compilation.Rejected rejected) {
            rejected.errors().forEach(coppice::error);
            return ExitCode.USAGE;
        }
        ((Compilation.Compiled) compilation).warnings().forEach(coppice::error);
        String text = into.text(absolute);
        PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
        if (dryRun) {
            out.print("# would write " + unit + ":\n" + text + "# and then call: systemctl daemon-reload\n");
            return ExitCode.DONE;
        }
        unitName.requireRoot(coppice, "install");
        warnOfOtherOwners(into.home());
        into.write(unit, text);
        into.manager().call("daemon-reload");
        out.print("Wrote " + unit + ", for " + absolute + ".\n"
                + "  systemctl enable --now " + unitName.unit() + "   starts it, now and at boot\n"
                + "  systemctl status " + unitName.unit() + "         shows it; coppice status tells more\n");
        return ExitCode.DONE;
    }

    private void warnOfOtherOwners(Path home) {
        try {
            int owner = (Integer) Files.getAttribute(home, "unix:uid");
            if (owner != 0) {
                coppice.error("coppice: " + home + " belongs to user " + owner
                        + ", who can thereby change what the service does as root.");
            }
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot look at " + home + ": " + e);
        }
    }
}
