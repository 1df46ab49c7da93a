package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** {@code fork.c}, compiled and started. */
final class ForkProgram {
    private static final String SOURCE = "fork.c";
    private static final int WATCHDOG_SECONDS = 60;
    private static final long POLL_MS = 1;

    private ForkProgram() {}

    /**
     * Compiles it.
     *
     * @param compiler {@code cc}
     * @param directory for the source, the program and what the compiler prints
     * @return the program
     * @throws IOException if the compiler refuses it
     */
    static Path compile(Path compiler, Path directory) throws IOException, InterruptedException {
        Path source = directory.resolve(SOURCE);
        try (InputStream in = Objects.requireNonNull(ForkProgram.class.getResourceAsStream(SOURCE), SOURCE)) {
            Files.copy(in, source);
        }
        Path program = directory.resolve("fork");
        Path said = directory.resolve("cc.log");
        Process cc = new ProcessBuilder(
                        List.of(compiler.toString(), "-O2", "-Wall", "-o", program.toString(), source.toString()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (cc.waitFor() != 0) {
            throw new IOException(compiler + " refused " + SOURCE + ": "
                    + Files.readString(said).strip());
        }
        return program;
    }

    /**
     * Starts it, and waits for the first step of its first child.
     *
     * @param state file that it makes, in memory
     * @param log where it writes
     */
    static StepView start(Path program, Path state, long bytes, Path log, Guests guests)
            throws IOException, InterruptedException {
        Process process = guests.start(new ProcessBuilder(program.toString(), state.toString(), String.valueOf(bytes))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (System.nanoTime() < endNs && process.isAlive()) {
            if (sizeOf(state) >= bytes) {
                StepView steps = ForkedSteps.of(state);
                if (steps.incarnation() > 0) {
                    return steps;
                }
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        throw new CommandFailedException(
                ExitCode.FAILED,
                "bench recovery: the C program made no step. It printed: "
                        + Files.readString(log).strip());
    }

    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0; // Not made yet; whoever waits has a watchdog.
        }
    }
}
