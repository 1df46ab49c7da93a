package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.PlanFile;
import io.coppice.ops.view.RootLiveness;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code coppice run}: the part that is not the root. It reads the manifest and prints the plan on standard output; the
 * launcher takes it from there, replaces itself by the root and hands it that text, so that the root never reads YAML.
 */
@Command(
        name = "run",
        description = {
            "Run the daemons of a manifest, in the foreground.",
            "SIGTERM or Ctrl-C stops all of them in order; a second one kills them. It ends by itself when every"
                    + " daemon is completed. Segments survive: the next run goes on from them."
        })
final class RunCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;
    private final Supplier<PlanCompiler> compiler;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The manifest; default: ./" + ManifestInstance.FILE + ".")
    private Path file = Path.of(ManifestInstance.FILE);

    /** The launcher passes it to the root. */
    @Option(names = "--fresh", description = "Empty every segment first; refused while daemons of this instance live.")
    private boolean fresh;

    RunCommand(CoppiceCommand coppice, Supplier<PlanCompiler> compiler) {
        this.coppice = coppice;
        this.compiler = compiler;
    }

    @Override
    public Integer call() {
        HeldScales scales = new HeldScales(coppice, compiler.get());
        Compilation compilation = fresh ? scales.compile(file, List.of()) : scales.compile(file);
        if (compilation instanceof Compilation.Compiled compiled) {
            compiled.warnings().forEach(coppice::error);
            Plan plan = Changeover.plan(compiled);
            List<String> obstacles = fresh ? List.of() : SizeObstacles.in(plan);
            if (obstacles.isEmpty()) {
                reserve(plan);
                coppice.output().text(compiled.planText());
                return ExitCode.DONE;
            }
            obstacles.forEach(coppice::error);
        } else {
            ((Compilation.Rejected) compilation).errors().forEach(coppice::error);
        }
        Optional<Plan> recorded = fresh ? Optional.empty() : planOfADeadRoot();
        if (recorded.isEmpty()) {
            return ExitCode.USAGE;
        }
        coppice.note("The manifest cannot be followed. The last root of "
                + recorded.get().instance()
                + " died and left what it ran, which shall not be left alone for that: going on by the plan that it had."
                + "\n  Mend the manifest, then `coppice reload`.");
        coppice.output().text(PlanText.write(recorded.get()));
        return ExitCode.DONE;
    }

    private void reserve(Plan plan) {
        try {
            compiler.get().reserve(plan, coppice.caller().environment());
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Cannot give users to the workers of " + plan.instance() + ": " + e.getMessage());
        }
    }

    /** What the last root of the instance ran by, if it died and something of it is alive. */
    private Optional<Plan> planOfADeadRoot() {
        Optional<InstanceDirectory> instance = ManifestOptions.instance(coppice)
                .or(() -> ManifestInstance.of(ManifestOptions.absolute(coppice, file)))
                .map(name -> InstanceBase.locate(
                                coppice.caller().environment(),
                                coppice.caller().uid(),
                                coppice.caller().workingDirectory())
                        .instance(name))
                .filter(this::isOurs);
        if (instance.isEmpty()) {
            return Optional.empty();
        }
        try (Daemons daemons = new Daemons(coppice, instance.get())) {
            InstanceStatus status = daemons.table();
            boolean left = status.root() instanceof RootLiveness.NotRunning
                    && status.children().anyMatch(daemon -> daemon.pid().isPresent());
            return left ? PlanFile.read(instance.get()).plan() : Optional.empty();
        }
    }

    /** What another user put there is not to be run. */
    private boolean isOurs(InstanceDirectory instance) {
        try {
            long owner = ((Integer) Files.getAttribute(instance.path(), "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    & 0xffff_ffffL;
            return owner == coppice.caller().uid();
        } catch (IOException e) {
            return false; // There is none.
        }
    }
}
