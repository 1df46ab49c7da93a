package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import java.nio.file.Path;
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
    @SuppressWarnings("UnusedVariable") // accepted here, so that a misspelt option is an error before anything starts
    private boolean fresh;

    RunCommand(CoppiceCommand coppice, Supplier<PlanCompiler> compiler) {
        this.coppice = coppice;
        this.compiler = compiler;
    }

    @Override
    public Integer call() {
        Compilation compilation = compiler.get()
                .compile(
                        file,
                        ManifestOptions.instance(coppice),
                        coppice.caller().environment(),
                        Optional.empty());
        if (compilation instanceof Compilation.Compiled compiled) {
            compiled.warnings().forEach(coppice::error);
            coppice.output().text(compiled.planText());
            return ExitCode.DONE;
        }
        ((Compilation.Rejected) compilation).errors().forEach(coppice::error);
        return ExitCode.USAGE;
    }
}
