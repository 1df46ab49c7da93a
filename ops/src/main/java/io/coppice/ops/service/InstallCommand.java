package io.coppice.ops.service;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.cli.PlanCompiler;
import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.cli.PlanCompiler.Provision;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
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
        PrintStream out = new PrintStream(coppice.caller().out(), true, StandardCharsets.UTF_8);
        into.requireUsable(absolute);
        Optional<Provision> missing = missing(absolute);
        if (missing.isPresent() && !dryRun) {
            unitName.requireRoot(coppice, "install");
            into.requireOurs(unit);
            out.print(make(missing.get()) + "\n");
        }
        // Nothing else lacks anything of the machine.
        Optional<Isolation> isolation =
                missing.isPresent() && dryRun ? Optional.of(Isolation.USER) : isolation(absolute);
        if (isolation.isEmpty()) {
            return ExitCode.USAGE;
        }
        String text = into.text(absolute, isolation.get());
        if (dryRun) {
            missing.ifPresent(lacking -> out.print("# would " + lacking.intent() + "\n"));
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

    private Optional<Provision> missing(Path absolute) {
        try {
            return compiler.get().missing(absolute, coppice.caller().environment());
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "What this machine lacks cannot be told: " + e.getMessage());
        }
    }

    private static String make(Provision missing) {
        try {
            return missing.make();
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot " + missing.intent() + ": " + e.getMessage());
        }
    }

    /** Of the manifest; empty if it is wrong, which has been told then. */
    private Optional<Isolation> isolation(Path absolute) {
        Compilation compilation = compiler.get()
                .compile(absolute, Optional.empty(), coppice.caller().environment(), Optional.empty(), List.of());
        if (compilation instanceof Compilation.Rejected rejected) {
            rejected.errors().forEach(coppice::error);
            return Optional.empty();
        }
        Compilation.Compiled compiled = (Compilation.Compiled) compilation;
        compiled.warnings().forEach(coppice::error);
        try {
            return Optional.of(PlanText.read(compiled.planText()).isolation());
        } catch (PlanFormatException e) {
            throw new IllegalStateException("The plan of " + absolute + " cannot be read", e);
        }
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
