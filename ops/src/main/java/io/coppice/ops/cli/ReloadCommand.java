package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.supervisor.plan.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    @Option(
            names = "--dry-run",
            description = "Tell what would be done, or refuse what would be refused, and do nothing.")
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
            Plan present = changeover.presentPlan();
            Changeover.Draft draft = draft(instance, changeover, present);
            changeover.requirePossible(compiler.get(), present, draft);
            tell(instance, draft.change());
            return ExitCode.DONE;
        }
        return changeover.changeOver(
                compiler.get(),
                present -> Optional.of(draft(instance, changeover, present)),
                draft -> tell(instance, draft.change()));
    }

    private Changeover.Draft draft(InstanceDirectory instance, Changeover changeover, Plan present) {
        Path given = file;
        Path manifest = given == null ? Path.of(present.manifest()) : given;
        checkName(instance, ManifestOptions.absolute(coppice, manifest), Path.of(present.manifest()));
        Compilation compilation = changeover.compile(compiler.get(), manifest, present.replicaSets());
        if (compilation instanceof Compilation.Rejected rejected) {
            rejected.errors().forEach(coppice::error);
            throw new CommandFailedException(ExitCode.USAGE, "Nothing was changed.");
        }
        Compilation.Compiled compiled = (Compilation.Compiled) compilation;
        compiled.warnings().forEach(coppice::error);
        Plan next = Changeover.plan(compiled);
        List<String> obstacles = SizeObstacles.in(next);
        if (!obstacles.isEmpty()) {
            obstacles.forEach(coppice::error);
            throw new CommandFailedException(ExitCode.USAGE, "Nothing was changed.");
        }
        PlanChange change = PlanChange.between(present, next);
        OpenStartFiles.warnings(present, next, change).forEach(coppice::error);
        return new Changeover.Draft(compiled.planText(), change);
    }

    /**
     * A manifest may be that of another instance, and then all that runs would be taken for gone; but a root can also have been started
     * under another name than its manifest has, and be given one that has the same.
     */
    private void checkName(InstanceDirectory instance, Path manifest, Path presentManifest) {
        Optional<String> named = ManifestInstance.declaredIn(manifest).filter(name -> !name.equals(instance.name()));
        if (named.isEmpty()) {
            return;
        }
        String what = manifest + " is the manifest of the instance " + named.get() + ", and this is " + instance.name();
        if (manifest.equals(presentManifest)) {
            coppice.note(what + ", which keeps its name; `coppice run` starts one by the other.");
        } else if (!named.equals(ManifestInstance.declaredIn(presentManifest))) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "Nothing was changed: " + what + ".\n  `coppice reload --instance " + named.get()
                            + "` is for that one; without the key `instance` a manifest is for any.");
        }
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
                ? coppice.resolveWholeInstance("the plans")
                : coppice.resolveWholeInstance(
                        ManifestInstance.of(ManifestOptions.absolute(coppice, manifest)), "the plans");
    }
}
