package io.coppice.ops.hosted;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What is done if the hosting command's own process dies without having cleaned up, as {@code kill -9} makes it: {@code coppice
 * hosted-cleanup}. Any thread.
 *
 * <p>A shell waits, in a session of its own, at the end of a pipe that only that process can write to. The kernel closes
 * that pipe with the process, however it ends; only a word in it says that nothing is left to do.
 */
final class LastWill {
    private static final String WAIT = "folder=$1; shift; read -r done || exec \"$@\" >\"$folder/cleanup.log\" 2>&1";

    private final Process shell;

    private LastWill(Process shell) {
        this.shell = shell;
    }

    /** Makes it known; to be called before there is anything to clean up but the folder itself. */
    static LastWill write(Path launcher, HostedFolder folder, String instance) throws IOException {
        String path = folder.path().toString();
        ProcessBuilder shell = new ProcessBuilder(List.of(
                        "setsid",
                        "sh",
                        "-c",
                        WAIT,
                        "sh",
                        path,
                        launcher.toString(),
                        HostedCleanupCommand.NAME,
                        path,
                        "--instance",
                        instance))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        // Whatever happens to the sources meanwhile: what cleans up is what has run.
        shell.environment().put("COPPICE_BUILD", "never");
        return new LastWill(shell.start());
    }

    /** All is cleaned up. Waits until the shell has heard of it. */
    void revoke() {
        try (OutputStream pipe = shell.getOutputStream()) {
            pipe.write("done\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return; // Somebody has killed the shell: then it does nothing either.
        }
        shell.onExit().join();
    }
}
