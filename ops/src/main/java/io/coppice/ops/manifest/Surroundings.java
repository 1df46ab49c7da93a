package io.coppice.ops.manifest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who asks, and on which machine.
 *
 * @param environment the caller's variables
 * @param uid the caller's user
 * @param userName that user's name
 * @param home that user's home directory, absolute
 * @param systemRoot the directory below which {@code /proc}, {@code /sys}, {@code /run} and {@code /var} are looked up:
 *     {@code /} but in tests
 */
public record Surroundings(
        SortedMap<String, String> environment, long uid, String userName, Path home, Path systemRoot) {
    public Surroundings {
        TreeMap<String, String> sorted = new TreeMap<>();
        sorted.putAll(environment);
        environment = Collections.unmodifiableSortedMap(sorted);
    }

    /** This process and this machine. */
    public static Surroundings ofThisProcess() {
        return of(System.getenv(), ownUid(), Path.of("/"));
    }

    private static Surroundings of(Map<String, String> environment, long uid, Path systemRoot) {
        String home = environment.getOrDefault("HOME", "");
        return new Surroundings(
                new TreeMap<>(environment),
                uid,
                environment.getOrDefault("USER", System.getProperty("user.name", "")),
                Path.of(home.startsWith("/") ? home : System.getProperty("user.home", "/")),
                systemRoot);
    }

    /** The same user and machine with other variables. */
    Surroundings withEnvironment(Map<String, String> variables) {
        return of(variables, uid, systemRoot);
    }

    /** A file of the system, such as {@code /proc/meminfo}. */
    Path system(String absolutePath) {
        return systemRoot.resolve(absolutePath.substring(1));
    }

    private static long ownUid() {
        try {
            // The JDK has no getuid; the kernel makes a process's directory in /proc its user's own.
            return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot tell which user this is: /proc/self is not readable.", e);
        }
    }
}
