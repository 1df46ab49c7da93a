package io.coppice.ops.cli;

import io.coppice.ops.view.JournalMatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a child wrote to the journal, as journalctl(1) reads it: its lines and nothing beside them, as from a log file. */
final class JournalLines {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final CoppiceCommand coppice;
    private final String name;
    private final JournalMatch match;

    JournalLines(CoppiceCommand coppice, String name, JournalMatch match) {
        this.coppice = coppice;
        this.name = name;
        this.match = match;
    }

    /**
     * Prints them to their end, or for ever.
     *
     * @param lines only the last ones; null for all
     * @throws CommandFailedException if there is no journalctl, or it fails
     */
    void print(@Nullable Integer lines, boolean follow) {
        List<String> command =
                new ArrayList<>(List.of(journalctl().toString(), "--no-pager", "--quiet", "--output=cat"));
        command.add("--lines=" + (lines == null ? "all" : lines.toString()));
        if (follow) {
            command.add("--follow");
        }
        command.addAll(match.matches());
        try {
            Process process = new ProcessBuilder(command).start();
            // Whatever ends this process first: one that only waits for lines would stay behind.
            Thread end = new Thread(process::destroy);
            Runtime.getRuntime().addShutdownHook(end);
            try {
                process.getOutputStream().close();
                CompletableFuture<String> complaint =
                        CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
                boolean any = copy(process.getInputStream());
                int status = process.waitFor();
                if (status != 0) {
                    throw failed(status, complaint.join().strip());
                }
                if (!any && !follow && (lines == null || lines > 0)) {
                    coppice.note("the journal shows no line of " + name + " (" + match.commandLine()
                            + ").\n  Lines of a service of the system are for root and the group systemd-journal.");
                }
            } finally {
                process.destroy();
                forget(end);
            }
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot run " + command.get(0) + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // asks the command to end
        }
    }

    private Path journalctl() {
        for (String directory : coppice.caller().variable("PATH").split(":", -1)) {
            Path candidate = Path.of(directory).resolve("journalctl");
            if (directory.startsWith("/") && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        throw new CommandFailedException(
                ExitCode.FAILED,
                "Cannot read the journal, where " + name + " writes: no journalctl on PATH."
                        + "\n  Install systemd's, or have it write to a file: `log: file` in the manifest.");
    }

    /** Whether there was anything. */
    private boolean copy(InputStream in) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        boolean any = false;
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            any |= read > 0;
            coppice.output().bytes(chunk, read);
            if (in.available() == 0) {
                coppice.output().flush();
            }
        }
        coppice.output().flush();
        return any;
    }

    private static String text(InputStream in) {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(what it said cannot be read: " + e.getMessage() + ")";
        }
    }

    private CommandFailedException failed(int status, String complaint) {
        boolean permission = complaint.toLowerCase(Locale.ROOT).contains("permission");
        return new CommandFailedException(
                permission ? ExitCode.NOT_PERMITTED : ExitCode.FAILED,
                "Cannot read the journal, where " + name + " writes: `" + match.commandLine() + "` ended with status "
                        + status + (complaint.isEmpty() ? "." : ": " + complaint)
                        + (permission ? "\n  Root may read it, and the group systemd-journal." : ""));
    }

    private static void forget(Thread end) {
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException e) {
            // The process is ending already, and runs the hook itself.
            return;
        }
    }
}
