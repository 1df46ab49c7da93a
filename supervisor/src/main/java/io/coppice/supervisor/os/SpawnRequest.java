package io.coppice.supervisor.os;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program to start, held. What is refused here would otherwise be cut or misread by C.
 *
 * <p>The child gets descriptors 0, 1, 2 and perhaps 3 and, until it is admitted, 4, and no others:
 *
 * <ul>
 *   <li>1 and 2 are a stream of its own to {@code journal} if there is one, and else {@code logFile}, opened for appending,
 *       made with mode 0600 if missing. Nobody but the child holds either, so its output needs no root that lives;
 *   <li>{@code holdOnStdin}: 0 is the hold pipe, 3 the notify pipe if there is one (workers);
 *   <li>otherwise 3 is the hold pipe and 0 is /dev/null (plain commands, behind the shell line that waits on 3).
 * </ul>
 *
 * @param token comes back with the result
 * @param argv the program and its arguments, at least one. A program without a slash is looked up in the PATH of {@code
 *     environment}, the child's own, or in {@code /bin:/usr/bin} if that has none; the root's own PATH plays no part. A
 *     program with a slash, and a relative entry of PATH, is relative to {@code workingDirectory}. The child sees {@code
 *     argv[0]} as given.
 * @param environment the child's whole environment, {@code NAME=VALUE} each; nothing of the root's is added
 * @param workingDirectory absolute
 * @param logFile absolute; a symbolic link in its last place is refused
 * @param journal null for none; if it cannot be reached, {@code logFile} takes its place
 * @param holdReadFd the end that the child waits on; {@link Spawner#submit} takes a copy
 * @param notifyWriteFd the end that the child notifies through, likewise; -1 for none, and so for plain commands
 * @param holdOnStdin where the hold pipe goes, see above
 * @param preparation may change {@code argv} at the last moment; null for none
 * @param admission what the child waits for, which must begin with {@link Admission#AWAIT}; null for none, and else descriptor 3 is taken
 * @param restriction what the child may not do, from before it executes its program; null for none. Its log and /dev/null are
 *     opened for it and need no rule; the program, its interpreter and its loader do
 */
public record SpawnRequest(
        long token,
        List<String> argv,
        List<String> environment,
        String workingDirectory,
        String logFile,
        @Nullable JournalStream journal,
        int holdReadFd,
        int notifyWriteFd,
        boolean holdOnStdin,
        @Nullable ArgvPreparation preparation,
        @Nullable Admission admission,
        @Nullable Restricting restriction) {

    /**
     * Copies the lists and checks every component.
     *
     * @throws IllegalArgumentException naming the component and what was expected
     */
    public SpawnRequest {
        argv = List.copyOf(argv);
        environment = List.copyOf(environment);
        expect(!argv.isEmpty() && !argv.get(0).isEmpty(), "argv", "a program first");
        for (String argument : argv) {
            expect(argument.indexOf('\0') < 0, "argv", "no NUL in '" + argument.replace("\0", "\\0") + "'");
        }
        for (String entry : environment) {
            expect(entry.indexOf('=') > 0, "environment", "NAME=VALUE, not '" + entry + "'");
            expect(entry.indexOf('\0') < 0, "environment", "no NUL in '" + entry.replace("\0", "\\0") + "'");
        }
        expect(isAbsolute(workingDirectory), "workingDirectory", "an absolute path, not '" + workingDirectory + "'");
        expect(isAbsolute(logFile), "logFile", "an absolute path, not '" + logFile + "'");
        expect(holdReadFd >= 0, "holdReadFd", "a descriptor, not " + holdReadFd);
        expect(notifyWriteFd >= -1, "notifyWriteFd", "a descriptor or -1, not " + notifyWriteFd);
        expect(admission == null || !holdOnStdin || notifyWriteFd >= 0, "admission", "none without a notify pipe");
        expect(holdOnStdin || notifyWriteFd == -1, "notifyWriteFd", "-1 when the hold pipe takes descriptor 3");
    }

    /** Unrestricted, and waiting for nothing. */
    public SpawnRequest(
            long token,
            List<String> argv,
            List<String> environment,
            String workingDirectory,
            String logFile,
            @Nullable JournalStream journal,
            int holdReadFd,
            int notifyWriteFd,
            boolean holdOnStdin,
            @Nullable ArgvPreparation preparation) {
        this(
                token,
                argv,
                environment,
                workingDirectory,
                logFile,
                journal,
                holdReadFd,
                notifyWriteFd,
                holdOnStdin,
                preparation,
                null,
                null);
    }

    /** Unrestricted, with output that goes to {@code logFile}, and arguments that stay as they are. */
    public SpawnRequest(
            long token,
            List<String> argv,
            List<String> environment,
            String workingDirectory,
            String logFile,
            int holdReadFd,
            int notifyWriteFd,
            boolean holdOnStdin) {
        this(token, argv, environment, workingDirectory, logFile, null, holdReadFd, notifyWriteFd, holdOnStdin, null);
    }

    private static boolean isAbsolute(String path) {
        return path.startsWith("/") && path.indexOf('\0') < 0;
    }

    private static void expect(boolean condition, String component, String expected) {
        if (!condition) {
            throw new IllegalArgumentException(component + ": expected " + expected);
        }
    }
}
