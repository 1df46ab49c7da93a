package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.supervisor.plan.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coppice reload}: reads the manifest, and has the root change over. */
@Command(
        name = "reload",
        description = {
            "Read the manifest again, and apply what was changed in it.",
            "Daemons that are new are started, those that are gone are stopped, and those that would be"
                    + " started in another way now are started anew; the others are not touched, whatever their rules say now.",
            "All that is new is reserved first: if that fails, or the manifest has an error, nothing is changed.",
            "What `coppice scale` made of the number of replicas of a daemon holds until the manifest says another number."
        })
final class ReloadCommand implements Callable<Integer> {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(90);

    private final CoppiceCommand coppice;
    private final Supplier<PlanCompiler> compiler;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The manifest; default: the one that the instance runs by.")
    private @Nullable Path file;

    @Option(names = "--dry-run", description = "Tell what would be done, and do nothing.")
    private boolean dryRun;

    @Option(
            names = "--json",
            description =
                    "What is done, or would be, to each daemon as one JSON object, and nothing else, on standard output.")
    private boolean json;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to wait until it is so, for example 500ms, 10s, 2m; default: 90s. Then exit 1; the"
                    + " reload goes on.")
    private Duration timeout = DEFAULT_TIMEOUT;

    ReloadCommand(CoppiceCommand coppice, Supplier<PlanCompiler> compiler) {
        this.coppice = coppice;
        this.compiler = compiler;
    }

    @Override
    public Integer call() {
        InstanceDirectory instance = instance();
        Changeover changeover = new Changeover(coppice, instance, timeout);
        if (dryRun) {
            tell(instance, draft(changeover, changeover.presentPlan()).change());
            return ExitCode.DONE;
        }
        return changeover.changeOver(
                present -> Optional.of(draft(changeover, present)), draft -> tell(instance, draft.change()));
    }

    private Changeover.Draft draft(Changeover changeover, Plan present) {
        Path manifest = file;
        Compilation compilation = changeover.compile(
                compiler.get(), manifest == null ? Path.of(present.manifest()) : manifest, present.replicaSets());
        if (compilation instanceof Compilation.Rejected rejected) {
            rejected.errors().forEach(coppice::error);
            throw new CommandFailedException(ExitCode.USAGE, "Nothing was changed.");
        }
        Compilation.Compiled compiled = (Compilation.Compiled) compilation;
        compiled.warnings().forEach(coppice::error);
        return new Changeover.Draft(compiled.planText(), PlanChange.between(present, Changeover.plan(compiled)));
    }

    private void tell(InstanceDirectory instance, PlanChange change) {
        if (json) {
            coppice.output().line(change.json(instance.name(), dryRun));
        } else {
            coppice.output().lines(change.lines());
        }
    }

    /** With a manifest and nothing else to go by: the instance that it names. */
    private InstanceDirectory instance() {
        Path manifest = file;
        return manifest == null || ManifestOptions.instance(coppice).isPresent()
                ? coppice.resolveInstance()
                : coppice.resolveInstance(ManifestInstance.of(ManifestOptions.absolute(coppice, manifest)));
    }
}
