package io.coppice.ops.service;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What there is of systemd. */
@FunctionalInterface
interface ServiceManager {
    /**
     * Calls {@code systemctl} to its end.
     *
     * @throws CommandFailedException with what it said, if it failed or is not there
     */
    void call(String... arguments);

    /** The machine's. */
    static ServiceManager ofThisMachine() {
        return arguments -> {
            List<String> command = new ArrayList<>(List.of("systemctl"));
            command.addAll(List.of(arguments));
            String text = String.join(" ", command);
            try {
                Process process =
                        new ProcessBuilder(command).redirectErrorStream(true).start();
                process.getOutputStream().close();
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int status = process.waitFor();
                if (status != 0) {
                    throw new CommandFailedException(
                            ExitCode.FAILED, "`" + text + "` failed with status " + status + ": " + said.strip());
                }
            } catch (IOException e) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "`" + text + "` cannot be run: " + e.getMessage() + "\n  Is this a machine with systemd?");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException(ExitCode.FAILED, "interrupted while `" + text + "` ran");
            }
        };
    }
}
