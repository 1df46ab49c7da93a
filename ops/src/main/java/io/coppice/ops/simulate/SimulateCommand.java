package io.coppice.ops.simulate;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.cli.PlanCompiler;
import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.simulation.Core;
import io.coppice.supervisor.simulation.FaultChoice;
import io.coppice.supervisor.simulation.FaultFormatException;
import io.coppice.supervisor.simulation.Questions;
import io.coppice.supervisor.simulation.SimulationReport;
import io.coppice.supervisor.simulation.SimulationRuns;
import io.coppice.supervisor.simulation.SimulationSettings;
import io.coppice.supervisor.specs.PlanSpecs;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice simulate}: what a manifest's instance will do under which faults, without starting anything. */
@Command(
        name = "simulate",
        description = {
            "Tell how a manifest's daemons fare on a simulated machine on which things fail.",
            "Nothing is started: the root's own rules run against simulated processes. Every run",
            "checks after every event what must always hold (no two owners, no commit lost, every",
            "death answered, ...); then the faults end, and all must come up and go down in order.",
            "The last line is `simulate: runs=N events=M violations=0 ...`; exit 1 if any is found."
        },
        footerHeading = "%nFaults, times an hour (2/h; units s m h d) of each process, of the root, or of operators:%n",
        footer = {
            "  crash hang exit poison false-alarm unhealthy standby-death root-death",
            "  root-stall operator reload",
            "With a chance at each occasion (5%%):",
            "  start-crash slow-boot spawn-failure slow-death ignores-term uninterruptible",
            "  zombie pid-reuse late-word stage-talk",
            "For example: --faults crash=2/h,hang=1/d,root-death,spawn-failure=5%%"
        })
public final class SimulateCommand implements Callable<Integer> {
    private static final double HOUR_NS = 3.6e12;
    private static final double MOST_HOURS = 8_766;

    private final CoppiceCommand coppice;
    private final Supplier<PlanCompiler> compiler;
    private final Core core;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The manifest; default: ./coppice.yaml.")
    private Path file = Path.of("coppice.yaml");

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of the first run, the next has S+1 and so on: a seed always means the same run. Default:"
                    + " ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--runs", paramLabel = "N", description = "How many runs; default: ${DEFAULT-VALUE}.")
    private int runs = 200;

    @Option(
            names = "--hours",
            paramLabel = "H",
            description = "How long faults strike in each run, in simulated hours; default: ${DEFAULT-VALUE}.")
    private String hours = "1";

    @Option(
            names = "--faults",
            paramLabel = "LIST",
            description =
                    "`none`, or a comma list of `all`, KIND, KIND=RATE and KIND=CHANCE, see below. A kind without a"
                            + " figure is off, rare or frequent, each run anew. Default: ${DEFAULT-VALUE}.")
    private String faults = "all";

    @Option(names = "--json", description = "The answers as one JSON object, with all times in ms.")
    private boolean json;

    /**
     * With the rules that are to be simulated.
     *
     * @param core the root's, {@code Supervisor::step}
     */
    public SimulateCommand(CoppiceCommand coppice, Supplier<PlanCompiler> compiler, Core core) {
        this.coppice = coppice;
        this.compiler = compiler;
        this.core = core;
    }

    @Override
    public Integer call() {
        FaultChoice choice = choice();
        double length = length();
        if (runs < 1 || runs > SimulationSettings.MOST_RUNS) {
            throw usage("--runs: " + runs + " must be 1 to " + SimulationSettings.MOST_RUNS);
        }
        Compilation compilation =
                compiler.get().compile(file, instance(), coppice.caller().environment(), Optional.empty(), List.of());
        if (compilation instanceof Compilation.Rejected rejected) {
            rejected.errors().forEach(coppice::error);
            return ExitCode.USAGE;
        }
        Compilation.Compiled compiled = (Compilation.Compiled) compilation;
        compiled.warnings().forEach(coppice::error);
        Plan plan = plan(compiled);
        List<ChildSpec> specs = PlanSpecs.specs(plan);
        SimulationSettings settings = new SimulationSettings(
                PlanSpecs.groups(plan),
                specs,
                plan.children().stream().map(ChildPlan::probes).toList(),
                choice,
                seed,
                runs,
                Math.max(1, (long) (length * HOUR_NS)));
        return simulate(settings);
    }

    private int simulate(SimulationSettings settings) {
        long startNs = System.nanoTime();
        SimulationReport report;
        try (SimulationProgress progress = SimulationProgress.of(coppice.caller(), settings.runs())) {
            report = new SimulationRuns(settings, core).run(Runtime.getRuntime().availableProcessors(), progress);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException(ExitCode.FAILED, "simulate: interrupted.");
        }
        double seconds = (System.nanoTime() - startNs) / 1e9;
        Questions questions = new Questions(settings, core);
        boolean found = report.violationCount() > 0;
        // A core that breaks its rules has nothing to say about the manifest.
        Answers answers = new Answers(
                report,
                found ? List.of() : questions.givingUp(),
                found ? List.of() : questions.outages(),
                this::replay,
                seconds);
        PrintStream out = new PrintStream(coppice.caller().out(), false, StandardCharsets.UTF_8);
        if (json) {
            try {
                AnswersJson.write(answers, out);
            } catch (IOException e) {
                throw new CommandFailedException(ExitCode.FAILED, "Cannot write to standard output: " + e.getMessage());
            }
        } else {
            AnswersText.lines(answers).forEach(out::println);
        }
        if (out.checkError()) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot write to standard output.");
        }
        return found ? ExitCode.FAILED : ExitCode.DONE;
    }

    /** The command that makes that very run again. */
    private String replay(long ofSeed) {
        return "coppice simulate " + quoted(file.toString()) + " --seed " + ofSeed + " --runs 1 --hours " + hours
                + " --faults " + faults
                + (coppice.instanceOption() == null ? "" : " --instance " + coppice.instanceOption());
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./+:@%,=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private Optional<String> instance() {
        return Optional.ofNullable(coppice.instanceOption());
    }

    private FaultChoice choice() {
        try {
            return FaultChoice.parse(faults);
        } catch (FaultFormatException e) {
            throw usage("--faults: " + e.getMessage());
        }
    }

    private double length() {
        if (!hours.matches("[0-9]{1,6}(\\.[0-9]{1,9})?")) {
            throw usage("--hours: `" + hours + "` is no number of hours, expected for example 24 or 0.5");
        }
        double length = Double.parseDouble(hours);
        if (length <= 0 || length > MOST_HOURS) {
            throw usage("--hours: " + hours + " must be more than 0 and at most " + (long) MOST_HOURS + ", a year");
        }
        return length;
    }

    private static CommandFailedException usage(String what) {
        return new CommandFailedException(
                ExitCode.USAGE, "simulate: " + what + ".\n  `coppice simulate --help` tells more.");
    }

    /** Simulated probes need no process that looks; and nobody submits a transaction there. */
    private static Plan withoutProber(Plan plan) {
        return plan.withChildren(plan.children().stream()
                .filter(child -> child.kind() != ChildPlan.Kind.AUXILIARY && child.slot() == 0)
                .toList());
    }

    private static Plan plan(Compilation.Compiled compiled) {
        try {
            Plan plan = PlanText.read(compiled.planText());
            return withoutProber(plan);
        } catch (PlanFormatException e) {
            throw new IllegalStateException("a plan of our own cannot be read", e);
        }
    }
}
