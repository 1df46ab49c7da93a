package io.coppice.ops.demo;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.ops.demo.job.WordCountDaemon;
import io.coppice.ops.manifest.Quantity;
import io.coppice.state.SegmentSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a demo refuses before it starts anything: better to be told before the job than after it. Changes nothing. */
final class DemoRefusals {
    private DemoRefusals() {}

    /** Whether a state holds every word of the input is found out by counting. */
    static void requireUsefulState(String state) {
        Long bytes = Quantity.sizeBytes(state);
        if (bytes == null) {
            throw usage("--state: `" + state + "` is no size, expected " + Quantity.SIZE_EXPECTED + ".");
        }
        if (bytes < WordCountDaemon.SMALLEST_STATE_BYTES || bytes > SegmentSpec.MAX_LENGTH_BYTES) {
            throw usage("--state: " + state + " is out of range, expected "
                    + Quantity.size(WordCountDaemon.SMALLEST_STATE_BYTES) + " to "
                    + Quantity.size(SegmentSpec.MAX_LENGTH_BYTES) + ".");
        }
    }

    /** The counts must not replace what is counted. */
    static void requireTwoFiles(Path here, @Nullable Path input, @Nullable Path output) {
        if (input == null || output == null) {
            return;
        }
        Path from = here.resolve(input);
        Path to = here.resolve(output);
        try {
            if (Files.exists(from) && Files.exists(to) && Files.isRegularFile(to) && Files.isSameFile(from, to)) {
                throw usage("--output " + output + " is the --input itself, and would replace it by the counts.");
            }
        } catch (IOException e) {
            throw usage("--output " + output + ": " + e.getMessage() + ".");
        }
    }

    /** The file itself, absolute. */
    static Path readable(Path here, Path asGiven) {
        Path file = here.resolve(asGiven);
        String problem;
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                problem = "it is not a regular file";
            } else if (isLongerThanItSays(file)) {
                problem = "it says that it is empty, and is not; copy it to a file";
            } else {
                return file.toRealPath();
            }
        } catch (NoSuchFileException e) {
            problem = "there is no such file";
        } catch (AccessDeniedException e) {
            problem = "permission denied";
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        throw new CommandFailedException(
                ExitCode.FAILED, "demo: cannot read --input " + asGiven + ": " + problem + ".");
    }

    /** As the files of {@code /proc} are, which have no length before they are read. */
    private static boolean isLongerThanItSays(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() >= 0 && Files.size(file) == 0;
        }
    }

    /** The file, absolute. */
    static Path writable(Path here, Path asGiven) {
        Path file = here.resolve(asGiven);
        Path parent = file.toAbsolutePath().getParent();
        boolean possible = Files.exists(file)
                ? !Files.isDirectory(file) && Files.isWritable(file)
                : parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
        if (!possible) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "demo: cannot write --output " + asGiven + ": expected a file, or a name in a directory, that this"
                            + " user may write.");
        }
        return file.toAbsolutePath();
    }

    static CommandFailedException usage(String message) {
        return new CommandFailedException(ExitCode.USAGE, "demo: " + message);
    }
}
