package io.coppice.ops.cli;

import io.coppice.ops.cli.PlanCompiler.Compilation;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code coppice check}: all that is wrong with a manifest, at once, and nothing started. */
@Command(
        name = "check",
        description = "Check a manifest without starting anything: every error with file:line:column, and where the"
                + " instance would live.")
final class CheckCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;
    private final Supplier<PlanCompiler> compiler;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The manifest; default: ./" + ManifestInstance.FILE + ".")
    private Path file = Path.of(ManifestInstance.FILE);

    CheckCommand(CoppiceCommand coppice, Supplier<PlanCompiler> compiler) {
        this.coppice = coppice;
        this.compiler = compiler;
    }

    @Override
    public Integer call() {
        Compilation compilation = new HeldScales(coppice, compiler.get()).compile(file);
        if (compilation instanceof Compilation.Compiled compiled) {
            compiled.warnings().forEach(coppice::error);
            coppice.output().lines(compiled.summary().get());
            return ExitCode.DONE;
        }
        ((Compilation.Rejected) compilation).errors().forEach(coppice::error);
        return ExitCode.USAGE;
    }
}
