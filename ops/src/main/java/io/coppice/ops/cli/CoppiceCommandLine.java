package io.coppice.ops.cli;

import io.coppice.ops.hosted.IsolationChoice;
import io.coppice.ops.view.Palette;
import io.coppice.ops.view.Printable;
import io.coppice.ops.view.Suggestions;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs the command, and turns every ending into an exit code and, if need be, a message. */
public final class CoppiceCommandLine {
    private final Caller caller;
    private final CommandLineParts parts;

    /** @param parts what lies behind the commands of other packages */
    public CoppiceCommandLine(Caller caller, CommandLineParts parts) {
        this.caller = caller;
        this.parts = parts;
    }

    /** Runs one command to its end on this thread and returns the exit code. Call once. */
    public int run(String... args) {
        CoppiceCommand coppice = new CoppiceCommand(caller);
        try {
            int exitCode = commandLine(coppice, args).execute(args);
            coppice.output().flush();
            return exitCode;
        } catch (OutputClosedException e) {
            return ExitCode.DONE;
        } catch (CommandFailedException e) {
            return report(coppice, e);
        } catch (InternalError e) {
            // How the JVM tells that a mapped file was truncated; readers expect it where they read, this is the net
            // below.
            coppice.output().flushIfOpen();
            coppice.note("A file was truncated while it was read (" + e.getMessage()
                    + ").\n  Try again; if it stays so," + " `coppice status` tells which segment is damaged.");
            return ExitCode.FAILED;
        }
    }

    /** Every command, for {@code --help} and for completion. */
    static CommandLine complete(CoppiceCommand coppice, CommandLineParts parts) {
        CommandLine line = new CommandLine(coppice);
        catalogue(parts).forEach((name, command) -> line.addSubcommand(name, command.apply(coppice)));
        return line;
    }

    private CommandLine commandLine(CoppiceCommand coppice, String[] args) {
        CommandLine line = tree(coppice, args);
        boolean colored = coppiceHelpIsColored();
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(IsolationChoice.class, IsolationChoice::of);
        // An instance may be called as a command is: the torture's is.
        line.setAllowSubcommandsAsOptionParameters(true);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(colored ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpAutoWidth(caller.onTerminal());
        line.setOut(
                new PrintWriter(new OutputStreamWriter(coppice.output().asStream(), StandardCharsets.UTF_8), false));
        line.setErr(new PrintWriter(new OutputStreamWriter(caller.err(), StandardCharsets.UTF_8), true));
        line.setParameterExceptionHandler((e, unused) -> usageError(coppice, e));
        line.setExecutionExceptionHandler((e, command, result) -> failure(coppice, e));
        return line;
    }

    private boolean coppiceHelpIsColored() {
        return Palette.choose(io.coppice.ops.view.ColorMode.AUTO, caller.onTerminal(), caller.environment())
                .colored();
    }

    /** Registers the one command that was asked for if it stands first: reflection on fifteen others would cost more than it does. */
    private CommandLine tree(CoppiceCommand coppice, String[] args) {
        Function<CoppiceCommand, Object> first =
                args.length == 0 ? null : catalogue(parts).get(args[0]);
        return first == null
                ? complete(coppice, parts)
                : new CommandLine(coppice).addSubcommand(args[0], first.apply(coppice));
    }

    private static SortedMap<String, Function<CoppiceCommand, Object>> catalogue(CommandLineParts parts) {
        SortedMap<String, Function<CoppiceCommand, Object>> commands = new TreeMap<>(parts.commands());
        commands.put("run", coppice -> new RunCommand(coppice, parts.compiler()));
        commands.put("check", coppice -> new CheckCommand(coppice, parts.compiler()));
        commands.put("recover", RecoverCommand::new);
        commands.put("reload", coppice -> new ReloadCommand(coppice, parts.compiler()));
        commands.put("scale", coppice -> new ScaleCommand(coppice, parts.compiler()));
        commands.put("status", StatusCommand::new);
        commands.put("ps", PsCommand::new);
        commands.put("kill", KillCommand::new);
        commands.put("stop", StopCommand::new);
        commands.put("start", StartCommand::new);
        commands.put("restart", RestartCommand::new);
        commands.put("events", EventsCommand::new);
        commands.put("logs", LogsCommand::new);
        commands.put("state", StateCommand::new);
        commands.put("restore", RestoreCommand::new);
        commands.put("purge", PurgeCommand::new);
        commands.put("transactions", TransactionsCommand::new);
        commands.put("completion", coppice -> new CompletionCommand(coppice, parts));
        return commands;
    }

    private static int usageError(CoppiceCommand coppice, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        boolean unknownCommand = e instanceof UnmatchedArgumentException unmatched
                && e.getCommandLine().getParent() == null
                && !unmatched.getUnmatched().get(0).startsWith("-");
        String what = unknownCommand
                ? unknownCommand(
                        e.getCommandLine(),
                        ((UnmatchedArgumentException) e).getUnmatched().get(0))
                : Printable.of(String.valueOf(e.getMessage())) + nearOption(e);
        coppice.error(command + ": " + what + "\n  `" + command + " --help` tells more.");
        return ExitCode.USAGE;
    }

    private static String unknownCommand(CommandLine root, String typed) {
        List<String> names = new ArrayList<>();
        root.getSubcommands().forEach((name, command) -> {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                names.add(name);
            }
        });
        return "Unknown command `" + Printable.of(typed) + "`."
                + Suggestions.nearest(typed, names)
                        .map(near -> " Did you mean `" + near + "`?")
                        .orElse("")
                + "\n  Commands: " + String.join(", ", names) + ".";
    }

    private static String nearOption(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
            List<String> names = new ArrayList<>();
            e.getCommandLine().getCommandSpec().optionsMap().keySet().forEach(names::add);
            return Suggestions.nearest(unmatched.getUnmatched().get(0), names)
                    .map(near -> ". Did you mean " + near + "?")
                    .orElse("");
        }
        return "";
    }

    private static int failure(CoppiceCommand coppice, Exception e) {
        if (e instanceof OutputClosedException) {
            return ExitCode.DONE;
        }
        if (e instanceof CommandFailedException failed) {
            return report(coppice, failed);
        }
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        coppice.error(
                CoppiceCommand.NAME + ": a defect of coppice itself; please report it with these lines.\n" + trace);
        return ExitCode.FAILED;
    }

    private static int report(CoppiceCommand coppice, CommandFailedException e) {
        coppice.output().flushIfOpen();
        coppice.note(String.valueOf(e.getMessage()));
        return e.exitCode();
    }
}
