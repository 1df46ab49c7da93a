package io.coppice.ops.demo;

import io.coppice.ops.hosted.HostedSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a demo is asked to do, and with what.
 *
 * @param input the file to count, absolute; empty for text of the JDK's
 * @param kills how many
 * @param seed of the kill plan
 * @param state size of the daemon's segment, as a size of the manifest
 * @param standbys of the daemon
 * @param output where to write the counts, absolute
 * @param host what hosts it
 * @param javaHome of the JDK to take text from and to recount with
 * @param classPath where the daemon's and the recounter's classes are
 */
record DemoSettings(
        Optional<Path> input,
        int kills,
        long seed,
        String state,
        int standbys,
        Optional<Path> output,
        HostedSettings host,
        Path javaHome,
        List<Path> classPath) {
    /** Enough for the daemon, and with the state less than the text it counts by default. */
    static final String HEAP = "16MiB";

    DemoSettings {
        classPath = List.copyOf(classPath);
    }
}
