package io.coppice.supervisor.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a worker in a sandbox finds segments. A plan has the paths at which they are kept; its own segment and lock such a process finds in a
 * <em>folder</em> of its own, those that it may read in a <em>view</em>, by the same file names. Pure.
 */
public final class SandboxPaths {
    private static final Set<String> OWN = Set.of("--segment", "--lock", "--segments", "--locks");
    private static final Set<String> OWN_OF_AGENT = Set.of("segment", "lock");
    private static final Set<String> READ_BY_NAME = Set.of("--peer", "--slot");
    private static final String READ = "--requests";

    private SandboxPaths() {}

    /** The name of the view that the processes of a child have; those of all slots of a daemon have one. */
    public static String viewName(String child) {
        return SlotName.logName(child) + ".view";
    }

    /** The file names of the segments that a child's processes read. */
    public static Set<String> read(ChildPlan child) {
        Set<String> names = new LinkedHashSet<>();
        List<String> argv = StartPrefix.without(child.argv());
        for (int i = WorkerOptions.begin(argv); i < WorkerOptions.end(argv); i += 2) {
            String value = argv.get(i + 1);
            if (READ_BY_NAME.contains(argv.get(i)) || argv.get(i).equals(READ)) {
                names.add(fileName(value));
            }
        }
        return names;
    }

    /**
     * The command line of a child with a segment, for one process.
     *
     * @param folder of that process, absolute
     * @param view of the child, absolute
     * @param ownDirectory of the child, absolute
     */
    public static List<String> argv(ChildPlan child, String folder, String view, String ownDirectory) {
        int prefix = StartPrefix.lengthIn(child.argv());
        List<String> argv = new ArrayList<>(child.argv());
        List<String> own = argv.subList(prefix, argv.size());
        if (AgentOption.isOf(child)) {
            own.set(1, AgentOption.with(own.get(1), argument -> ofAgent(argument, folder)));
            return argv;
        }
        int end = WorkerOptions.end(own);
        for (int i = WorkerOptions.begin(own); i < end; i += 2) {
            String option = own.get(i);
            String value = own.get(i + 1);
            if (OWN.contains(option)) {
                own.set(i + 1, folder + "/" + fileName(value));
            } else if (READ_BY_NAME.contains(option)) {
                own.set(i + 1, value.substring(0, value.indexOf('=') + 1) + view + "/" + fileName(value));
            } else if (option.equals(READ)) {
                own.set(i + 1, view + "/" + fileName(value));
            }
        }
        if (child.kind() == ChildPlan.Kind.DAEMON) {
            own.addAll(end, List.of("--own", ownDirectory));
        }
        return argv;
    }

    private static String ofAgent(String argument, String folder) {
        int equals = argument.indexOf('=');
        return OWN_OF_AGENT.contains(argument.substring(0, Math.max(0, equals)))
                ? argument.substring(0, equals + 1) + AgentOption.encoded(folder + "/") + fileName(argument)
                : argument;
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
