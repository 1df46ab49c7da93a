package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What workers and roots start from: whoever could write there would have his own code run as a peer, the next time that one starts.
 *
 * <p>Making one looks at no file. {@link #fixed} does, and looks through directories for links once, as long as their names lead to the same
 * ones: what is linked from within one later counts from the next root or reload on.
 */
public final class StartFiles {
    /** Nothing. */
    public static final StartFiles NONE = new StartFiles(List.of(), Set.of());

    /**
     * Of the other instances.
     *
     * @param segments directories of segments
     * @param fixed what nobody may change, real paths
     */
    record Others(Set<Path> segments, Set<Path> fixed) {}

    private final Programs programs;
    private final Set<Path> own;
    private final OtherInstances others = new OtherInstances();
    private final JarsBehindJars jars = new JarsBehindJars();

    /** By the real path of a directory. */
    private final Map<Path, Set<Path>> linked = new HashMap<>();

    private StartFiles(List<ChildPlan> children, Set<Path> own) {
        this.programs = new Programs(children);
        this.own = own;
    }

    /** The JDK and the class path of this process, and the directory that its launcher is in: a checkout, or what was unpacked or installed. */
    public static List<String> own() {
        List<String> own =
                new ArrayList<>(List.of(System.getProperty("java.home"), System.getProperty("java.class.path", "")));
        Path launcher = Path.of(System.getProperty("coppice.launcher", "")).getParent();
        if (launcher != null) {
            own.add(launcher.toString());
        }
        return own;
    }

    /**
     * The JDKs and the class paths of an instance's workers, the programs of its commands, of their probes and of their shutdown, and further
     * class paths.
     *
     * @param own class paths of the root itself, entries between colons
     */
    public static StartFiles of(List<ChildPlan> children, List<String> own) {
        Set<Path> named = new TreeSet<>();
        own.forEach(classPath -> add(classPath, named));
        return new StartFiles(children, named);
    }

    /** The same of a whole instance: with the program that is told of restarts that have run out, which its root runs. */
    public static StartFiles of(Plan plan, List<String> own) {
        StartFiles files = of(plan.children(), own);
        Path directory = Path.of(plan.manifest()).getParent();
        if (directory != null) {
            files.programs.add(
                    plan.notice().command(), true, Objects.requireNonNullElse(System.getenv("PATH"), ""), directory);
        }
        return files;
    }

    private static void add(String classPath, Set<Path> files) {
        for (String entry : classPath.split(":", -1)) {
            Path path = Path.of(entry).toAbsolutePath();
            // An empty entry is a directory that anybody is in, and a hidden one keeps it all.
            if (!entry.isEmpty() && path.normalize().getNameCount() > 0) {
                files.add(path);
            }
        }
    }

    /**
     * What nobody may change: the files and directories, each symbolic link on the way to them, and what directories among them have as links
     * to elsewhere. Any thread that may block, for the longer the first time.
     *
     * @return real paths
     * @throws IOException if it cannot be told; with a message for people
     */
    synchronized Set<Path> fixed() throws IOException {
        Set<Path> named = named();
        named.addAll(jars.of(named));
        Set<Path> run = programs.find(named);
        LinkTrail trail = new LinkTrail();
        Set<Path> fixed = new TreeSet<>();
        for (Path path : named) {
            addReal(trail.follow(path), fixed);
        }
        for (Path program : run) {
            Path real = trail.follow(program);
            addReal(real, fixed);
            for (Path java : List.of(program.normalize(), real)) {
                Path directory = java.getParent();
                if (java.endsWith("bin/java") && directory != null && directory.getNameCount() > 2) {
                    addReal(trail.follow(directory.resolveSibling(".")), fixed);
                }
            }
        }
        fixed.addAll(trail.links());
        return fixed;
    }

    /**
     * What these have that others had not, nor what is above it: a process whose rules were made of the others may change it, where its user may.
     * Blocks as {@link #fixed} does.
     *
     * @throws IOException if it cannot be told; with a message for people
     */
    public List<Path> beyond(StartFiles others) throws IOException {
        Set<Path> known = others.fixed();
        return fixed().stream()
                .filter(path -> !Outside.isOfTheSystem(path) && known.stream().noneMatch(path::startsWith))
                .toList();
    }

    /**
     * Files with further names (hard links): by one of these a process may change them, since rules are made for the names that are known. Not
     * those in directories of which all is protected. Blocks as {@link #fixed} does.
     *
     * @return how many names each has, by its real path
     * @throws IOException if it cannot be told; with a message for people
     */
    public SortedMap<Path, Integer> withFurtherNames() throws IOException {
        SortedMap<Path, Integer> found = new TreeMap<>();
        for (Path path : fixed()) {
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && !Outside.isOfTheSystem(path)) {
                int names = (Integer) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
                if (names > 1) {
                    found.put(path, names);
                }
            }
        }
        return found;
    }

    /** What is named without being looked for, if no more can be told. */
    Set<Path> named() {
        Set<Path> named = new TreeSet<>(own);
        named.addAll(programs.files());
        return named;
    }

    /**
     * What the other instances below a base directory start from, and where their segments are: with what was read of them before.
     *
     * @param own the directory of this one
     */
    synchronized Others others(Path own) throws IOException {
        others.look(own);
        return new Others(Set.copyOf(others.segments()), Set.copyOf(others.fixed()));
    }

    private void addReal(Path real, Set<Path> fixed) throws IOException {
        if (real.getNameCount() == 0 || !fixed.add(real) || !Files.isDirectory(real)) {
            return;
        }
        Set<Path> elsewhere = linked.get(real);
        if (elsewhere == null) {
            elsewhere = LinkedFiles.of(real);
            linked.put(real, elsewhere);
        }
        fixed.addAll(elsewhere);
    }
}
