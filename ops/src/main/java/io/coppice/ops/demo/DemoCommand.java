package io.coppice.ops.demo;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.demo.job.WordCountDaemon;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceName;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coppice demo}: a real job whose worker is killed again and again. */
@Command(
        name = "demo",
        description = {
            "Count the words of a file with a daemon that is killed N times while it works, and",
            "compare the result with a recount by another program. Exit 0 only if every count is right.",
            "It runs as an ordinary instance (demo, or what --instance says) and cleans up after itself."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int MOST_KILLS = 100_000;

    private final CoppiceCommand coppice;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "What to count; default: at least 50 MB of text that came with this JDK.")
    private @Nullable Path input;

    @Option(names = "--kills", paramLabel = "N", description = "How many SIGKILLs; default: ${DEFAULT-VALUE}.")
    private int kills = 10;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Repeats the kill plan of an earlier demo; default: another one each time.")
    private @Nullable Long seed;

    @Option(
            names = "--state",
            paramLabel = "SIZE",
            description = "Size of the daemon's state; default: ${DEFAULT-VALUE}.")
    private String state = "24MiB";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write word<TAB>count lines, sorted bytewise, if every count is right.")
    private @Nullable Path output;

    /** @param coppice the command it is a part of */
    public DemoCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    /**
     * Runs a demo of its own instance without a word, for its recovery times.
     *
     * @throws CommandFailedException if it cannot run, or a count is wrong
     */
    public static RecoveryTimes measure(CoppiceCommand coppice, String instance, int kills, long seed) {
        DemoCommand demo = new DemoCommand(coppice);
        demo.kills = kills;
        demo.seed = seed;
        try (DemoScreen screen = new DemoScreen(
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), false, false)) {
            return demo.run(demo.settings(coppice.caller(), instance), screen);
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "demo: " + e);
        }
    }

    @Override
    public Integer call() {
        Caller caller = coppice.caller();
        DemoSettings settings = settings(caller, coppice.instanceOption() == null ? "demo" : coppice.instanceOption());
        boolean terminal = caller.outKind() == Caller.OutputKind.TERMINAL;
        boolean live =
                terminal && !caller.environment().getOrDefault("TERM", "").equals("dumb");
        boolean colored = coppice.palette().colored();
        PrintStream out = new PrintStream(caller.out(), true, StandardCharsets.UTF_8);
        try (DemoScreen screen = new DemoScreen(out, live, colored)) {
            run(settings, screen);
            // The reader of a pipe may leave; a file that does not hold what was said to be in it is a failure.
            if (screen.failed() && caller.outKind() == Caller.OutputKind.FILE) {
                throw new CommandFailedException(ExitCode.FAILED, "demo: cannot write to standard output.");
            }
            return ExitCode.DONE;
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "demo: " + e);
        }
    }

    private RecoveryTimes run(DemoSettings settings, DemoScreen screen) throws IOException {
        DemoFolder folder = DemoFolder.create();
        DemoCleaner cleaner = new DemoCleaner(folder, settings.instance(), settings.launcher(), settings.proc());
        DemoRun demo = new DemoRun(settings, folder, cleaner, screen);
        LastWill will;
        try {
            will = LastWill.write(
                    settings.launcher(), folder, settings.instance().name());
        } catch (IOException e) {
            cleaner.clean().forEach(screen::line);
            throw e;
        }
        Thread hook = new Thread(() -> onInterrupt(demo, cleaner, will, screen), "coppice-demo-interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            boolean right = demo.run();
            (right ? cleaner.clean() : cleaner.cleanAndKeepArtefacts()).forEach(screen::line);
            will.revoke();
            if (!right) {
                throw new CommandFailedException(ExitCode.FAILED, "demo: counts differ" + whatIsKept(folder));
            }
            return demo.times();
        } catch (DemoFailedException | IOException | RuntimeException e) {
            screen.close();
            cleaner.cleanAndKeepArtefacts().forEach(screen::line);
            will.revoke();
            throw explained(e, demo, folder);
        } finally {
            forget(hook);
        }
    }

    private static CommandFailedException explained(Exception e, DemoRun demo, DemoFolder folder) throws IOException {
        if (e instanceof CommandFailedException failed) {
            return failed;
        }
        if (demo.interrupted()) {
            return new CommandFailedException(ExitCode.FAILED, "demo: interrupted");
        }
        String message = e instanceof DemoFailedException ? String.valueOf(e.getMessage()) : e.toString();
        int exitCode = e instanceof DemoFailedException failed ? failed.exitCode() : ExitCode.FAILED;
        return new CommandFailedException(exitCode, "demo: " + message + whatIsKept(folder));
    }

    /** Ctrl-C: the demo's own thread is left to find out; the JVM ends when this returns. */
    private static void onInterrupt(DemoRun demo, DemoCleaner cleaner, LastWill will, DemoScreen screen) {
        demo.interrupt();
        screen.close();
        cleaner.clean().forEach(screen::line);
        will.revoke();
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The JVM is going down already: the hook is at work.
        }
    }

    private static String whatIsKept(DemoFolder folder) throws IOException {
        List<String> kept = folder.names();
        return kept.isEmpty()
                ? ""
                : "\n  Kept for a closer look: " + folder.path() + " (" + String.join(", ", kept) + ").";
    }

    private DemoSettings settings(Caller caller, String name) {
        if (kills < 0 || kills > MOST_KILLS) {
            throw DemoRefusals.usage("--kills: " + kills + " must be 0 to " + MOST_KILLS + ".");
        }
        DemoRefusals.requireUsefulState(state);
        if (!InstanceName.isValid(name)) {
            throw DemoRefusals.usage("--instance: `" + name + "` is no instance name, expected [a-z0-9-]{1,32}.");
        }
        String launcher = System.getProperty("coppice.launcher", "");
        if (launcher.isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "demo: the system property coppice.launcher is not set; start it as `coppice demo`.");
        }
        Path here = caller.workingDirectory();
        DemoRefusals.requireTwoFiles(here, input, output);
        InstanceDirectory instance =
                InstanceBase.locate(caller.environment(), caller.uid(), here).instance(name);
        DemoRefusals.requireNobodyElses(instance);
        return new DemoSettings(
                Optional.ofNullable(input).map(file -> DemoRefusals.readable(here, file)),
                kills,
                seed == null ? new SplittableRandom().nextInt(1_000_000) : seed,
                state,
                Optional.ofNullable(output).map(file -> DemoRefusals.writable(here, file)),
                instance,
                Path.of(launcher),
                Path.of(System.getProperty("java.home")),
                List.of(ownClasses()),
                caller.proc());
    }

    private static Path ownClasses() {
        try {
            return Path.of(WordCountDaemon.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("coppice's own class path is no file", e);
        }
    }
}
