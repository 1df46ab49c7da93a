package io.coppice.supervisor.archive;

import io.coppice.supervisor.plan.StartPrefix;
import io.coppice.supervisor.plan.WorkerOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a worker's command line decides which classes it loads, and how: workers of one profile share an archive, whatever their
 * names, segments and arguments are.
 *
 * @param java the program
 * @param options the JVM's, in order, without those that only concern what is outside it
 * @param classPath its entries
 * @param main the JVM's main class
 * @param daemon the daemon's class; empty for a transaction's JVM that is not told whose tasks it may be given
 * @param arguments of the main class
 */
record LaunchProfile(
        String java, List<String> options, List<String> classPath, String main, String daemon, List<String> arguments) {
    private static final String DAEMON = "--main";
    private static final String NOT_TOLD = "";

    /** Who writes one of these has made a choice of their own. */
    private static final List<String> OWN_CHOICE = List.of(
            "-Xshare",
            "-XX:SharedArchiveFile",
            "-XX:ArchiveClassesAtExit",
            "-XX:+AutoCreateSharedArchive",
            "-XX:SharedClassListFile",
            "-XX:DumpLoadedClassList",
            "-XX:+UseSharedSpaces",
            "-XX:-UseSharedSpaces",
            "-XX:+RequireSharedSpaces",
            "-XX:AOT",
            "-XX:+AOT",
            "-XX:-AOT");

    /** Classes from elsewhere, or other classes than the jars hold: what hashes of the jars say nothing of. */
    private static final List<String> UNSEEN = List.of(
            "-javaagent",
            "-agentlib",
            "-agentpath",
            "-Xrun",
            "-Xdebug",
            "-Xbootclasspath",
            "--module-path",
            "-p",
            "--upgrade-module-path",
            "--patch-module",
            "--limit-modules",
            "-Djava.system.class.loader");

    /**
     * Files, ports and programs, which a second JVM must leave alone: a log would be rotated under the daemon's feet. What touches
     * all of the heap costs a training memory and does nothing for it.
     */
    private static final List<String> OUTSIDE = List.of(
            "-Xlog",
            "-verbose",
            "-XX:LogFile",
            "-XX:+LogVMOutput",
            "-XX:ErrorFile",
            "-XX:OnError",
            "-XX:OnOutOfMemoryError",
            "-XX:HeapDumpPath",
            "-XX:StartFlightRecording",
            "-XX:FlightRecorderOptions",
            "-XX:+AlwaysPreTouch",
            "-Dcom.sun.management.");

    LaunchProfile {
        options = List.copyOf(options);
        classPath = List.copyOf(classPath);
        arguments = List.copyOf(arguments);
    }

    /**
     * Why a command line can have no archive, whatever the files are that it names.
     *
     * @param launched with a {@link StartPrefix} or without
     * @return one clause for people; null if it can
     */
    static @Nullable String obstacle(List<String> launched) {
        List<String> argv = StartPrefix.without(launched);
        int at = argv.indexOf(WorkerOptions.CLASS_PATH);
        if (at < 1 || at + 2 >= argv.size() || daemonOf(argv.subList(at + 2, argv.size())) == null) {
            return "it is no command line of a worker";
        }
        for (String option : argv.subList(1, at)) {
            if (startsWithOneOf(option, OWN_CHOICE)) {
                return option + " already says which archive to use";
            }
            if (startsWithOneOf(option, UNSEEN)) {
                return "with " + option + " its classes are not only those of the class path";
            }
        }
        return null;
    }

    /** @throws IllegalArgumentException if there is an {@link #obstacle} */
    static LaunchProfile of(List<String> launched) {
        List<String> argv = StartPrefix.without(launched);
        String obstacle = obstacle(argv);
        int at = argv.indexOf(WorkerOptions.CLASS_PATH);
        String daemon = obstacle == null ? daemonOf(argv.subList(at + 2, argv.size())) : null;
        if (daemon == null) {
            throw new IllegalArgumentException(obstacle);
        }
        List<String> options = new ArrayList<>();
        for (String option : argv.subList(1, at)) {
            if (!startsWithOneOf(option, OUTSIDE)) {
                options.add(option);
            }
        }
        return new LaunchProfile(
                argv.get(0),
                options,
                List.of(argv.get(at + 1).split(":", -1)),
                argv.get(at + 2),
                daemon,
                argv.subList(at + 3, argv.size()));
    }

    /** The command line of a JVM of this profile with more options. */
    List<String> argv(List<String> more) {
        List<String> argv = new ArrayList<>();
        argv.add(java);
        argv.addAll(options);
        argv.addAll(more);
        argv.add(WorkerOptions.CLASS_PATH);
        argv.add(String.join(":", classPath));
        argv.add(main);
        argv.addAll(arguments);
        return argv;
    }

    /** @param arguments those of the JVM's main class, behind its name */
    private static @Nullable String daemonOf(List<String> arguments) {
        for (int i = 1; i + 1 < arguments.size() && !arguments.get(i).equals("--"); i += 2) {
            if (arguments.get(i).equals(DAEMON)) {
                return arguments.get(i + 1);
            }
        }
        return arguments.get(0).equals(WorkerOptions.TRANSACTION_MAIN_CLASS) ? NOT_TOLD : null;
    }

    private static boolean startsWithOneOf(String option, List<String> beginnings) {
        for (String beginning : beginnings) {
            if (option.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }
}
