package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.StartPrefix;
import io.coppice.supervisor.plan.WorkerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What workers and roots start from: whoever could write there would have his own code run as a peer, the next time that one starts.
 */
public final class StartFiles {
    private StartFiles() {}

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
     * The JDKs and the class paths of an instance's workers, and further class paths.
     *
     * @param own class paths of the root itself, entries between colons
     * @return absolute paths; nobody has looked whether they are there
     */
    public static Set<Path> of(List<ChildPlan> children, List<String> own) {
        Set<Path> files = new TreeSet<>();
        own.forEach(classPath -> add(classPath, files));
        for (ChildPlan child : children) {
            List<String> argv = StartPrefix.without(child.argv());
            int at = argv.indexOf(WorkerOptions.CLASS_PATH);
            if (child.kind().hasSegment() && at > 0 && at + 1 < argv.size()) {
                add(argv.get(at + 1), files);
                Path programs = Path.of(argv.get(0)).getParent();
                if (programs != null && programs.endsWith("bin") && programs.getNameCount() > 2) {
                    files.add(programs.getParent());
                }
            }
        }
        return files;
    }

    private static void add(String classPath, Set<Path> files) {
        for (String entry : classPath.split(":", -1)) {
            Path path = Path.of(entry).toAbsolutePath().normalize();
            // An empty entry is a directory that anybody is in, and a hidden one keeps it all.
            if (!entry.isEmpty() && path.getNameCount() > 0) {
                files.add(path);
            }
        }
    }
}
