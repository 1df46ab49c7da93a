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
 * Which programs and scripts are run for a child, and what a JVM among them loads, as far as command lines tell ({@link CommandWords}). Of what a
 * program reads besides nothing is known. One thread at a time.
 */
final class Programs {
    /** What glibc's execvp uses when there is no PATH (confstr _CS_PATH). */
    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    private static final String PATCH = "--patch-module";
    private static final Set<String> CLASS_PATHS =
            Set.of("-cp", "-classpath", "--class-path", "-jar", "-p", "--module-path", "--upgrade-module-path");
    private static final List<String> WITH_A_FILE = List.of(
            "-javaagent:",
            "-agentpath:",
            "-Djava.library.path=",
            "-Djffi.boot.library.path=",
            "-Dcoppice.launcher=",
            "-Xbootclasspath/a:",
            "-XX:VMOptionsFile=",
            "-XX:Flags=",
            "--class-path=",
            "--module-path=",
            "--upgrade-module-path=",
            PATCH + "=",
            "@");
    private static final Set<String> WITH_A_VALUE = Set.of(
            "--add-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--limit-modules",
            "--enable-native-access",
            "--source");
    private static final String ALL_JARS = "*";

    /** A name to be looked for, which many children may have alike. */
    private record Search(String program, String path, Path workingDirectory) {}

    /** A file that may be there. */
    private record Word(Path path, boolean ofAnyMode) {}

    private final Set<Path> named = new TreeSet<>();
    private final Set<Path> files = new TreeSet<>();
    private final Set<Search> searches = new LinkedHashSet<>();
    private final Set<Word> words = new LinkedHashSet<>();

    /** Of each child its own, and what asks it to end, and whether it is well. Looks at no file. */
    Programs(List<ChildPlan> children) {
        for (ChildPlan child : children) {
            if (child.kind() == ChildPlan.Kind.COMMAND) {
                add(child, child.argv(), false);
            } else {
                addWorker(child);
            }
            add(child, child.shutdown().command(), true);
            Probes probes = child.probes();
            for (Probe probe : Arrays.asList(probes.startup(), probes.readiness(), probes.liveness())) {
                if (probe != null && probe.check() instanceof ProbeCheck.Exec exec) {
                    add(child, exec.argv(), true);
                }
            }
        }
    }

    /** What is behind its class are arguments of its own, and may be files that it writes. */
    private void addWorker(ChildPlan child) {
        List<String> java = StartPrefix.without(child.argv());
        Path directory = Path.of(child.workingDirectory());
        addProgram(java.get(0), searchPath(child), directory);
        addLoaded(java, directory);
    }

    private void add(ChildPlan child, List<String> argv, boolean all) {
        add(argv, all, searchPath(child), Path.of(child.workingDirectory()));
    }

    private static String searchPath(ChildPlan child) {
        return child.environment().getOrDefault("PATH", DEFAULT_PATH);
    }

    /**
     * Adds what a command line runs.
     *
     * @param all whether all files count that it names, and not programs and scripts only
     */
    void add(List<String> argv, boolean all, String searchPath, Path directory) {
        List<String> line = StartPrefix.without(argv);
        if (line.isEmpty()) {
            return;
        }
        addProgram(line.get(0), searchPath, directory);
        CommandWords found = CommandWords.of(line, all);
        for (String program : found.programs()) {
            if (program.indexOf('/') < 0) {
                addProgram(program, searchPath, directory);
            } else {
                words.add(new Word(directory.resolve(program), true));
            }
        }
        found.scripts().forEach(word -> words.add(new Word(directory.resolve(word), true)));
        found.others().forEach(word -> words.add(new Word(directory.resolve(word), false)));
        found.jvms().forEach(java -> addLoaded(java, directory));
    }

    private void addProgram(String program, String searchPath, Path directory) {
        if (program.indexOf('/') >= 0) {
            named.add(directory.resolve(program));
        } else {
            searches.add(new Search(program, searchPath, directory));
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
        for (Word word : words) {
            // Not what is a directory: a program may be to write there.
            if (Files.isRegularFile(word.path()) && (word.ofAnyMode() || Files.isExecutable(word.path()))) {
                found.add(word.path());
            }
        }
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
            } else if (word.equals(PATCH)) {
                i++;
                addPatch(i < words.size() ? words.get(i) : "", directory);
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
                if (option.startsWith(PATCH)) {
                    addPatch(value, directory);
                    return;
                }
                int arguments = option.endsWith("agent:") || option.endsWith("path:") ? value.indexOf('=') : -1;
                addPaths(arguments < 0 ? value : value.substring(0, arguments), directory);
            }
        }
    }

    /** MODULE=PATHS. */
    private void addPatch(String patch, Path directory) {
        addPaths(patch.substring(patch.indexOf('=') + 1), directory);
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
