package io.coppice.supervisor.os;

import java.util.List;

/**
 * Finds the program that a request names, in the child's PATH instead of the root's, and tells in words what is wrong
 * when it cannot be started: posix_spawn(3) returns one number for five files. Reads the file system, so it may block.
 */
final class ProgramSearch {
    /** What glibc's execvp uses when there is no PATH (confstr _CS_PATH). */
    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    private ProgramSearch() {}

    /** A path with a slash if the program was found, and otherwise why not. */
    record Found(String path, int errno) {
        boolean ok() {
            return errno == 0;
        }
    }

    static Found find(SpawnRequest request) {
        String program = request.argv().get(0);
        if (program.indexOf('/') >= 0) {
            return new Found(program, executable(within(request.workingDirectory(), program)));
        }
        int errno = Errno.ENOENT;
        for (String directory : searchPath(request.environment()).split(":", -1)) {
            String candidate =
                    within(request.workingDirectory(), directory.isEmpty() ? "." : directory) + "/" + program;
            int refused = executable(candidate);
            if (refused == 0) {
                return new Found(candidate, 0);
            }
            if (refused == Errno.EACCES) {
                errno = refused; // as execvp: one that may not be executed is told of if no other is found
            }
        }
        return new Found(program, errno);
    }

    /** One line on why posix_spawn returned {@code errno} for this request. */
    static String explain(SpawnRequest request, Found program, int errno) {
        String what = "Cannot start '" + request.argv().get(0) + "'";
        String directory = request.workingDirectory();
        if (errno == Errno.EMFILE || errno == Errno.ENFILE) {
            return what + ": " + Fds.exhausted("no descriptor is left", errno).getMessage();
        }
        if (!isDirectory(directory)) {
            return what + ": working directory " + directory + ": " + describeDirectory(directory)
                    + ". Create it, or correct `working_dir`";
        }
        if (!program.ok()) {
            return what + ": " + Errno.describe(errno) + ". " + adviceOnMissing(request, errno);
        }
        String logDirectory =
                request.logFile().substring(0, Math.max(1, request.logFile().lastIndexOf('/')));
        if (!isDirectory(logDirectory)) {
            return what + ": log directory " + logDirectory + ": " + describeDirectory(logDirectory);
        }
        return switch (errno) {
            case Errno.ENOENT ->
                what + ": the interpreter or loader that " + program.path() + " names does not exist ("
                        + Errno.describe(errno) + "). Look at its first line";
            case Errno.ENOEXEC ->
                what + ": " + program.path() + " is no program of this machine: " + Errno.describe(errno)
                        + ". A script needs a #! line";
            case Errno.E2BIG ->
                what + ": arguments and environment are too long: " + Errno.describe(errno)
                        + ". One string may have 128 KiB, all together a quarter of the stack limit";
            case Errno.ELOOP ->
                what + ": log file " + request.logFile() + " is a symbolic link: " + Errno.describe(errno)
                        + ". Remove the link";
            case Errno.EAGAIN, Errno.ENOMEM ->
                what + ": " + Errno.describe(errno)
                        + ". The limit of processes (ulimit -u, TasksMax=) or the memory is used up";
            default ->
                what + " (" + program.path() + " in " + directory + ", log " + request.logFile() + "): "
                        + Errno.describe(errno);
        };
    }

    private static String adviceOnMissing(SpawnRequest request, int errno) {
        String program = request.argv().get(0);
        String searched = program.indexOf('/') >= 0
                ? within(request.workingDirectory(), program)
                : "PATH of the child, " + searchPath(request.environment());
        return switch (errno) {
            case Errno.ENOENT -> "Looked in " + searched;
            case Errno.EACCES -> "Looked in " + searched + ": expected a file that may be executed";
            default -> "Looked in " + searched;
        };
    }

    private static String searchPath(List<String> environment) {
        for (String entry : environment) {
            if (entry.startsWith("PATH=")) {
                return entry.substring("PATH=".length());
            }
        }
        return DEFAULT_PATH;
    }

    private static String within(String directory, String path) {
        return path.startsWith("/") ? path : directory + "/" + path;
    }

    /** 0 for a file that may be executed, or the error number that executing it would give. */
    private static int executable(String path) {
        int errno = PathCalls.executable(path);
        return errno == 0 && isDirectory(path) ? Errno.EACCES : errno;
    }

    private static boolean isDirectory(String path) {
        return openDirectory(path) == 0;
    }

    private static String describeDirectory(String path) {
        return Errno.describe(openDirectory(path));
    }

    private static int openDirectory(String path) {
        int fd = PathCalls.open(path, Kernel.O_PATH | Kernel.O_DIRECTORY, 0);
        if (fd < 0) {
            return -fd;
        }
        Fds.close(fd);
        return 0;
    }
}
