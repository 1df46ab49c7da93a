package io.coppice.ops.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code coppice completion}: a script for the shell. */
@Command(
        name = "completion",
        description = {
            "Print a completion script for bash or zsh.",
            "bash: source <(coppice completion)",
            "zsh:  autoload -U +X compinit bashcompinit; compinit; bashcompinit; source <(coppice completion zsh)"
        })
final class CompletionCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;
    private final CommandLineParts parts;

    @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash (default) or zsh; one script serves both.")
    private Shell shell = Shell.BASH;

    CompletionCommand(CoppiceCommand coppice, CommandLineParts parts) {
        this.coppice = coppice;
        this.parts = parts;
    }

    @Override
    public Integer call() {
        String prelude = shell == Shell.ZSH ? "autoload -U +X compinit bashcompinit\ncompinit\nbashcompinit\n" : "";
        coppice.output()
                .text(prelude
                        + AutoComplete.bash(
                                CoppiceCommand.NAME,
                                CoppiceCommandLine.complete(new CoppiceCommand(coppice.caller()), parts)));
        return ExitCode.DONE;
    }

    enum Shell {
        BASH,
        ZSH;

        /** As people type it, also for completion. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
