package io.coppice.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;

/** A daemon under runit's {@code runsv}: its {@code run} becomes the daemon's JVM, which is released as by a root. */
final class RunsvService {
    private RunsvService() {}

    /**
     * Starts it.
     *
     * @param directory of the service, which is made; where scripts can be executed
     * @param counter file that keeps the daemon's incarnation; in memory
     * @param incarnation of its last process
     */
    static void start(
            Path runsv, Path directory, Path counter, long incarnation, WorkerLaunch launch, Path log, Guests guests)
            throws IOException {
        Files.createDirectory(directory);
        Files.writeString(counter, incarnation + "\n");
        Path run = directory.resolve("run");
        Files.writeString(run, script(launch.command(), counter));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        guests.start(launch.builder(List.of(runsv.toString(), directory.toString()), log));
    }

    /** Shell built-ins only, so that nothing is started but the daemon. */
    static String script(List<String> command, Path counter) {
        String file = quoted(counter.toString());
        return "#!/bin/sh\nread -r n <" + file + "\nn=$((n + 1))\necho $n >" + file + "\nexec "
                + command.stream().map(RunsvService::quoted).collect(Collectors.joining(" "))
                + " <<EOF\ngo $n none 0 - 0\nEOF\n";
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
