package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.cli.StateRequest.Judgement;
import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.PlanFile;
import io.coppice.ops.view.RootLiveness;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code coppice reload}: reads the manifest, as the root would have it read if it were started now, and has the root change over.
 * So it is the root's environment and the root's JDK that count, not the caller's.
 */
@Command(
        name = "reload",
        description = {
            "Read the manifest again. Daemons that are new are started, those that are gone are stopped, and those that would be"
                    + " started in another way now are started anew; the others are not touched, whatever their rules say now.",
            "All that is new is reserved first: if that fails, or the manifest has an error, nothing is changed."
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
        long startNs = nowNs();
        InstanceDirectory instance = instance();
        Plan present = presentPlan(instance);
        Compilation compilation = compile(instance, present);
        if (compilation instanceof Compilation.Rejected rejected) {
            rejected.errors().forEach(coppice::error);
            coppice.note("Nothing was changed.");
            return ExitCode.USAGE;
        }
        Compilation.Compiled compiled = (Compilation.Compiled) compilation;
        compiled.warnings().forEach(coppice::error);
        PlanChange change = PlanChange.between(present, plan(compiled.planText()));
        if (dryRun) {
            tell(instance, change);
            return ExitCode.DONE;
        }
        try (Daemons daemons = new Daemons(coppice, instance)) {
            Map<String, Long> pending = new HashMap<>();
            InstanceStatus before = daemons.table();
            for (String name : change.started()) {
                pending.put(
                        name, before.daemon(name).map(DaemonStatus::incarnation).orElse(0L));
            }
            ask(instance, compiled.planText());
            awaitRecord(instance, compiled.planText(), startNs);
            tell(instance, change);
            coppice.output().flush();
            return awaitReady(daemons, pending, startNs);
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
                ? coppice.resolveInstance()
                : coppice.resolveInstance(ManifestInstance.of(ManifestOptions.absolute(coppice, manifest)));
    }

    private Plan presentPlan(InstanceDirectory instance) {
        PlanFile record = PlanFile.read(instance);
        return record.plan()
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.FAILED,
                        "Cannot tell what " + instance.name() + " runs. "
                                + record.problem().orElse("It has no plan: " + instance.plan() + " is missing.")));
    }

    private Compilation compile(InstanceDirectory instance, Plan present) {
        RootLiveness liveness = RootLiveness.of(instance, coppice.proc());
        if (!(liveness instanceof RootLiveness.Running root)) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "The root of " + instance.name() + " " + liveness.words()
                            + ", so there is nothing to reload.\n  `coppice run` starts it by the manifest as it is.");
        }
        Map<String, String> environment = coppice.proc()
                .environment(root.pid())
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.NOT_PERMITTED,
                        "Not permitted to read the environment of the root of " + instance.name() + " (pid "
                                + root.pid()
                                + "), which its daemons inherit.\n  Run this command as the user whose root it is."));
        return compiler.get()
                .compile(
                        file == null ? Path.of(present.manifest()) : file,
                        Optional.of(instance.name()),
                        environment,
                        coppice.proc().javaHome(root.pid()));
    }

    private static Plan plan(String text) {
        try {
            return PlanText.read(text.stripTrailing() + "\n");
        } catch (PlanFormatException e) {
            throw new IllegalStateException("the compiler's own plan", e);
        }
    }

    /** Hands the plan over in a file that only the instance's user can read. */
    private void ask(InstanceDirectory instance, String planText) {
        try {
            Path handed = Files.createTempFile(
                    instance.path(),
                    "plan-",
                    ".next",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                UserPrincipal owner = Files.getOwner(instance.path());
                if (!owner.equals(Files.getOwner(handed))) {
                    Files.setOwner(handed, owner);
                }
                Files.writeString(handed, planText.stripTrailing() + "\n");
                ControlReply reply =
                        new ControlClient(instance, coppice.proc(), timeout).ask("reload " + handed.getFileName());
                if (reply instanceof ControlReply.Refused refused) {
                    throw new CommandFailedException(refused.exitCode(), "Nothing was changed: " + refused.message());
                }
            } finally {
                Files.deleteIfExists(handed);
            }
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Cannot hand the new plan over in " + instance.path() + ": " + e);
        }
    }

    /** The root records the plan when it has taken effect: when what goes is gone. */
    private void awaitRecord(InstanceDirectory instance, String planText, long startNs) {
        String expected = planText.stripTrailing() + "\n";
        while (true) {
            boolean late = nowNs() - startNs >= timeout.toNanos();
            RootLiveness root = RootLiveness.of(instance, coppice.proc());
            PlanFile record = PlanFile.read(instance);
            if (record.plan()
                    .filter(plan -> PlanText.write(plan).equals(expected))
                    .isPresent()) {
                return;
            }
            if (!root.running()) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "The root of " + instance.name() + " " + root.words()
                                + " before the reload was done.\n  `coppice run` starts it by the new manifest.");
            }
            if (late || !Polling.pause(Polling.AWAIT_INTERVAL)) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "What the new manifest lacks has not ended within " + timeout.toMillis()
                                + " ms; the reload goes on when it has.\n  `coppice status --instance "
                                + instance.name()
                                + "` shows what is stopping.");
            }
        }
    }

    private int awaitReady(Daemons daemons, Map<String, Long> pending, long startNs) {
        int exitCode = ExitCode.DONE;
        while (!pending.isEmpty()) {
            boolean late = nowNs() - startNs >= timeout.toNanos();
            InstanceStatus status = daemons.table();
            for (DaemonStatus daemon : status.daemons()) {
                Long before = pending.get(daemon.name());
                if (before == null) {
                    continue;
                }
                if (!daemon.wantedUp()) {
                    pending.remove(daemon.name()); // An operator stopped it, and it stays so.
                    continue;
                }
                Judgement judgement = StartCommand.readiness(daemon, daemon.incarnation() > before, coppice);
                if (judgement instanceof Judgement.OutOfReach outOfReach) {
                    coppice.note(daemon.name() + " is not ready: " + outOfReach.reason());
                    exitCode = ExitCode.FAILED;
                }
                if (!(judgement instanceof Judgement.Pending)) {
                    pending.remove(daemon.name());
                }
            }
            if (pending.isEmpty()) {
                break;
            }
            if (!status.root().running() || late || !Polling.pause(Polling.AWAIT_INTERVAL)) {
                daemons.noteProblems(status);
                coppice.note("The new plan holds, but not ready within " + timeout.toMillis() + " ms: "
                        + String.join(", ", pending.keySet().stream().sorted().toList()) + ". The root "
                        + status.root().words() + ".");
                return ExitCode.FAILED;
            }
        }
        return exitCode;
    }

    private long nowNs() {
        return coppice.caller().clocks().monotonicNs().getAsLong();
    }
}
