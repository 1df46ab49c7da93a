package io.coppice.ops.cli;

import io.coppice.ops.view.ColorMode;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.Palette;
import io.coppice.ops.view.ProcFileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code coppice} itself: the options that every command takes, and what commands share of their caller. One thread. */
@Command(
        name = CoppiceCommand.NAME,
        synopsisSubcommandLabel = "COMMAND",
        description = "Supervises daemons that resume from their last commit when they are killed.",
        versionProvider = Version.class,
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 usage or manifest error, 3 no such instance or",
            "daemon, 4 not permitted, 5 the root gave up."
        })
public final class CoppiceCommand implements Callable<Integer> {
    static final String NAME = "coppice";

    private final Caller caller;
    private final Output output;
    private boolean stderrClosed;

    @Option(
            names = "--instance",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "Which instance; default: $$COPPICE_INSTANCE, else the one ./coppice.yaml names,"
                    + " else the only one that runs.")
    private @Nullable String instance;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            scope = ScopeType.INHERIT,
            description = "auto, always or never; default: auto (on a terminal, unless NO_COLOR is set).")
    private ColorMode color = ColorMode.AUTO;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this help.")
    @SuppressWarnings("UnusedVariable") // picocli sets it and prints the help itself
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    @SuppressWarnings("UnusedVariable") // picocli sets it and prints the version itself
    private boolean version;

    @Spec
    private @Nullable CommandSpec spec;

    CoppiceCommand(Caller caller) {
        this.caller = caller;
        this.output = new Output(caller);
    }

    @Override
    public Integer call() {
        CommandSpec mine = java.util.Objects.requireNonNull(spec);
        throw new ParameterException(mine.commandLine(), "Missing command.");
    }

    /** Who called. */
    public Caller caller() {
        return caller;
    }

    /** Value of {@code --instance} as given, unchecked; null without. */
    public @Nullable String instanceOption() {
        return instance;
    }

    /** Text on standard output. A reader who has left ends the command in silence. */
    public void print(String text) {
        output.text(text);
    }

    Output output() {
        return output;
    }

    ProcFileSystem proc() {
        return new ProcFileSystem(caller.proc());
    }

    /** Colours, if they are welcome: as {@code --color}, the terminal and {@code NO_COLOR} say. */
    public Palette palette() {
        return Palette.choose(color, caller.onTerminal(), caller.environment());
    }

    /** The instance this command is about, which may be one that only its root's segment and socket are open of; see {@link InstanceResolver}. */
    InstanceDirectory resolveInstance() {
        return new InstanceResolver(caller).resolve(instance);
    }

    /**
     * The same, but all of it is open to this user.
     *
     * @param what the command needs of it, in the plural
     */
    InstanceDirectory resolveWholeInstance(String what) {
        InstanceResolver resolver = new InstanceResolver(caller);
        InstanceDirectory found = resolver.resolve(instance);
        resolver.requireWhole(found, what);
        return found;
    }

    /** The same, but for a command that by itself knows of one. */
    InstanceDirectory resolveWholeInstance(Optional<String> otherwise, String what) {
        InstanceResolver resolver = new InstanceResolver(caller);
        InstanceDirectory found = resolver.resolve(otherwise.orElse(instance));
        resolver.requireWhole(found, what);
        return found;
    }

    /** The same, also if nothing but logs is left of it. */
    InstanceDirectory resolveInstanceOrLogs() {
        InstanceResolver resolver = new InstanceResolver(caller, found -> found.exists() || found.hasLogs());
        InstanceDirectory found = resolver.resolve(instance);
        resolver.requireWhole(found, "the files");
        return found;
    }

    /** Tells the user something beside the answer. */
    void note(String text) {
        error(NAME + ": " + text);
    }

    /** A line on standard error, as it is. */
    public void error(String text) {
        if (stderrClosed) {
            return;
        }
        try {
            caller.err().write((text + "\n").getBytes(StandardCharsets.UTF_8));
            caller.err().flush();
        } catch (IOException e) {
            stderrClosed =
                    true; // Nobody reads our errors, so there is nowhere to tell this either; the exit code remains.
        }
    }
}
