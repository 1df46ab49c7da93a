package io.coppice.ops.hosted;

import io.coppice.ops.cli.Caller;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.CoppiceCommand;
import io.coppice.ops.cli.ExitCode;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Hosts one instance from before its folder is made until nothing of it is left, however that ends: by itself, by a failure,
 * by Ctrl-C, or by the death of the hosting process. The command's main thread.
 */
public final class HostedInstance {
    private HostedInstance() {}

    /** What a command does with the instance. */
    public interface Work {
        /**
         * Starts the root and does it all, on the caller's thread.
         *
         * @return what was wrong with the result, empty if it was right
         * @throws HostedFailedException if there is no result
         */
        String run(HostedFolder folder, HostedCleaner cleaner) throws IOException, HostedFailedException;

        /** Makes {@link #run} give up soon. Any thread. */
        void interrupt();
    }

    /**
     * Does the work and cleans up. The folder stays if the work failed.
     *
     * @param bulky names of files in the folder that are not worth keeping then
     * @throws CommandFailedException if it cannot do it, or the result was wrong
     */
    public static void run(HostedSettings settings, ProgressScreen screen, List<String> bulky, Work work)
            throws IOException {
        String command = settings.command();
        HostedFolder folder = HostedFolder.create(command);
        if (settings.isolation() == Isolation.USER) {
            folder.openToWorkers();
        }
        HostedCleaner cleaner = new HostedCleaner(folder, settings, bulky);
        LastWill will;
        try {
            will = LastWill.write(
                    settings.launcher(), folder, settings.instance().name());
        } catch (IOException e) {
            cleaner.clean().forEach(screen::line);
            throw e;
        }
        Thread hook = new Thread(
                () -> {
                    // The command's own thread is left to find out; the JVM ends when this returns.
                    cleaner.interrupt();
                    work.interrupt();
                    screen.close();
                    cleaner.clean().forEach(screen::line);
                    will.revoke();
                },
                "coppice-" + command + "-interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            String wrong = work.run(folder, cleaner);
            (wrong.isEmpty() ? cleaner.clean() : cleaner.cleanAndKeepArtefacts()).forEach(screen::line);
            will.revoke();
            if (!wrong.isEmpty()) {
                throw new CommandFailedException(ExitCode.FAILED, command + ": " + wrong + whatIsKept(folder));
            }
        } catch (HostedFailedException | IOException | RuntimeException e) {
            screen.close();
            cleaner.cleanAndKeepArtefacts().forEach(screen::line);
            will.revoke();
            throw explained(command, e, cleaner, folder);
        } finally {
            forget(hook);
        }
    }

    /**
     * Runs a command's body with a screen as its caller wants one.
     *
     * @param verb as of {@link ProgressScreen}
     */
    public static int show(CoppiceCommand coppice, String command, String verb, Body body) {
        Caller caller = coppice.caller();
        boolean terminal = caller.outKind() == Caller.OutputKind.TERMINAL;
        boolean live =
                terminal && !caller.environment().getOrDefault("TERM", "").equals("dumb");
        PrintStream out = new PrintStream(caller.out(), true, StandardCharsets.UTF_8);
        try (ProgressScreen screen =
                new ProgressScreen(out, live, coppice.palette().colored(), verb)) {
            body.run(screen);
            // The reader of a pipe may leave; a file that does not hold what was said to be in it is a failure.
            if (screen.failed() && caller.outKind() == Caller.OutputKind.FILE) {
                throw new CommandFailedException(ExitCode.FAILED, command + ": cannot write to standard output.");
            }
            return ExitCode.DONE;
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, command + ": " + e);
        }
    }

    /** What is done under a screen. */
    public interface Body {
        /** Does it. */
        void run(ProgressScreen screen) throws IOException;
    }

    private static CommandFailedException explained(
            String command, Exception e, HostedCleaner cleaner, HostedFolder folder) throws IOException {
        if (e instanceof CommandFailedException failed) {
            return failed;
        }
        if (cleaner.interrupted()) {
            return new CommandFailedException(ExitCode.FAILED, command + ": interrupted");
        }
        String message = e instanceof HostedFailedException ? String.valueOf(e.getMessage()) : e.toString();
        int exitCode = e instanceof HostedFailedException failed ? failed.exitCode() : ExitCode.FAILED;
        return new CommandFailedException(exitCode, command + ": " + message + whatIsKept(folder));
    }

    private static String whatIsKept(HostedFolder folder) throws IOException {
        List<String> kept = folder.names();
        return kept.isEmpty()
                ? ""
                : "\n  Kept for a closer look: " + folder.path() + " (" + String.join(", ", kept) + ").";
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The JVM is going down already: the hook is at work.
        }
    }
}
