package io.coppice.supervisor.root;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.ChildMark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Children of an instance that are alive and of which there is no record: somebody removed it. Told by the mark in their environment,
 * and by being what we launch: the leader of a process group of its own. So what they have started themselves is counted if it has made
 * itself a group: without a record nobody can tell that it is no child.
 */
final class Strays {
    private Strays() {}

    /** For people: {@code web (pid 12)} each. Reads all of /proc. */
    static List<String> find(Path directory, ProcessTable processes) throws OsException {
        List<String> strays = new ArrayList<>();
        for (MarkedLeaders.Leader leader :
                MarkedLeaders.find(processes, leader -> childOf(leader, directory) != null)) {
            strays.add(childOf(leader, directory) + " (pid " + leader.pid() + ")");
        }
        return strays;
    }

    private static @Nullable String childOf(MarkedLeaders.Leader leader, Path directory) {
        for (String entry : leader.environment()) {
            String child = ChildMark.childIn(entry, directory.toString());
            if (child != null) {
                return child;
            }
        }
        return null;
    }
}
