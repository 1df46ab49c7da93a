package io.coppice.ops.cli;

import io.coppice.ops.view.Clocks;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Who called a command and from where: all that a command takes from its surroundings, so that tests can be the caller.
 *
 * @param environment variables
 * @param workingDirectory absolute
 * @param in standard input
 * @param out standard output, unbuffered
 * @param outKind what standard output is
 * @param err standard error, unbuffered
 * @param proc {@code /proc}
 * @param uid of this process
 * @param clocks the machine's, or fixed ones
 */
public record Caller(
        Map<String, String> environment,
        Path workingDirectory,
        InputStream in,
        OutputStream out,
        OutputKind outKind,
        OutputStream err,
        Path proc,
        long uid,
        Clocks clocks) {

    private static final Path PROC = Path.of("/proc");

    /** The caller of this process. */
    public static Caller ofThisProcess() {
        return new Caller(
                System.getenv(),
                Path.of("").toAbsolutePath(),
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                OutputKind.of(PROC.resolve("self/fd/1")),
                new FileOutputStream(FileDescriptor.err),
                PROC,
                uidOf(PROC.resolve("self")),
                Clocks.system());
    }

    boolean onTerminal() {
        return outKind == OutputKind.TERMINAL;
    }

    /** Whether lines can be drawn again in place. */
    boolean canRedraw() {
        return onTerminal() && !variable("TERM").equals("dumb");
    }

    /** The value of a variable that is set and not empty, or "". */
    String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    private static long uidOf(Path path) {
        try {
            return ((Integer) Files.getAttribute(path, "unix:uid")).longValue() & 0xffff_ffffL;
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "Cannot find out the user of this process: " + path + ": " + e.getMessage()
                            + "\n  /proc must be mounted.");
        }
    }

    /** What standard output leads to; told by its link in /proc, since the JDK's own answer also asks for a terminal on input. */
    public enum OutputKind {
        /** A terminal: colours and live redraw are welcome. */
        TERMINAL,
        /** A pipe or socket, whose reader may leave at any time. */
        PIPE,
        /** A file or device, where a write that fails is an error. */
        FILE;

        static OutputKind of(Path descriptorLink) {
            String target;
            try {
                target = Files.readSymbolicLink(descriptorLink).toString();
            } catch (IOException e) {
                return FILE; // Closed, or no /proc: nothing to decorate.
            }
            if (target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console")) {
                return TERMINAL;
            }
            return target.startsWith("pipe:") || target.startsWith("socket:") ? PIPE : FILE;
        }
    }
}
