package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.StartPrefix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which programs are run for a child, and what a JVM among them loads as far as its command line tells. Of what a program reads besides, a script
 * or a file of settings, nothing is known. One thread at a time.
 */
final class Programs {
    /** What glibc's execvp uses when there is no PATH (confstr _CS_PATH). */
    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    private static final Set<String> CLASS_PATHS =
            Set.of("-cp", "-classpath", "--class-path", "-jar", "-p", "--module-path", "--upgrade-module-path");
    private static final List<String> WITH_A_FILE = List.of(
            "-javaagent:",
            "-agentpath:",
            "-Xbootclasspath/a:",
            "-XX:VMOptionsFile=",
            "-XX:Flags=",
            "--class-path=",
            "--module-path=",
            "--upgrade-module-path=",
            "@");
    private static final Set<String> WITH_A_VALUE = Set.of(
            "--add-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--limit-modules",
            "--patch-module",
            "--enable-native-access",
            "--source");
    private static final String ALL_JARS = "*";

    /** A name to be looked for, which many children may have alike. */
    private record Search(String program, String path, Path workingDirectory) {}

    private final Set<Path> named = new TreeSet<>();
    private final Set<Path> files = new TreeSet<>();
    private final Set<Search> searches = new LinkedHashSet<>();

    /** Of each child its own, and what asks it to end, and whether it is well. Looks at no file. */
    Programs(List<ChildPlan> children) {
        for (ChildPlan child : children) {
            add(child, child.argv());
            add(child, child.shutdown().command());
            Probes probes = child.probes();
            for (Probe probe : Arrays.asList(probes.startup(), probes.readiness(), probes.liveness())) {
                if (probe != null && probe.check() instanceof ProbeCheck.Exec exec) {
                    add(child, exec.argv());
                }
            }
        }
    }

    private void add(ChildPlan child, List<String> argv) {
        add(argv, child.environment().getOrDefault("PATH", DEFAULT_PATH), Path.of(child.workingDirectory()));
    }

    /** Adds what a command line runs. */
    void add(List<String> argv, String searchPath, Path directory) {
        List<String> words = StartPrefix.without(argv);
        if (words.isEmpty()) {
            return;
        }
        String program = words.get(0);
        if (program.indexOf('/') >= 0) {
            named.add(directory.resolve(program));
        } else {
            searches.add(new Search(program, searchPath, directory));
        }
        if (program.equals("java") || program.endsWith("/java")) {
            addLoaded(words, directory);
        }
    }

    /** What is loaded; absolute paths, as they are named. */
    Set<Path> files() {
        return files;
    }

    /**
     * Looks for what is run.
     *
     * @param before takes the directories in which a program would be found first
     * @return absolute paths, as they are named
     */
    Set<Path> find(Set<Path> before) {
        Set<Path> found = new TreeSet<>(named);
        searches.forEach(search -> find(search, found, before));
        return found;
    }

    private static void find(Search search, Set<Path> found, Set<Path> before) {
        List<Path> passed = new ArrayList<>();
        for (String entry : search.path().split(":", -1)) {
            Path directory = search.workingDirectory().resolve(entry);
            Path candidate = directory.resolve(search.program());
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                found.add(candidate);
                before.addAll(passed);
                return;
            }
            passed.add(directory);
        }
    }

    /** Up to the class that it runs, whose arguments are its own. */
    private void addLoaded(List<String> words, Path directory) {
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (CLASS_PATHS.contains(word)) {
                i++;
                addPaths(i < words.size() ? words.get(i) : "", directory);
                if (word.equals("-jar")) {
                    return;
                }
            } else if (WITH_A_VALUE.contains(word)) {
                i++;
            } else if (!word.startsWith("-") && !word.startsWith("@")) {
                return;
            } else {
                addNamed(word, directory);
            }
        }
    }

    private void addNamed(String word, Path directory) {
        for (String option : WITH_A_FILE) {
            if (word.startsWith(option)) {
                String value = word.substring(option.length());
                int arguments = option.endsWith("agent:") || option.endsWith("path:") ? value.indexOf('=') : -1;
                addPaths(arguments < 0 ? value : value.substring(0, arguments), directory);
            }
        }
    }

    private void addPaths(String paths, Path directory) {
        for (String entry : paths.split(":", -1)) {
            Path path = directory.resolve(entry);
            if (path.endsWith(ALL_JARS)) {
                path = path.resolveSibling(".");
            }
            if (!entry.isEmpty() && path.normalize().getNameCount() > 0) {
                files.add(path);
            }
        }
    }
}
